//! Answers in files that were edited by hand, or that somebody else has written.

use super::{FLASK, Repository};

/// The defaults that a repository begins with.
fn with_defaults(defaults: &str) -> Repository {
    Repository::new(&[("Dockerfile", FLASK), ("ecs/ecs.toml", defaults)])
}

#[test]
fn what_ecs_toml_says_goes_before_what_is_found() {
    let shop = with_defaults(
        "service = \"till\"\n\n[parameters]\nPort = 8080\nHealthPath = \"/up\"\nCpu = 512\nMemory = \"1024\"\nArchitecture = \"X86_64\"\n",
    );
    let (out, err) = shop.init(&[]);
    for line in [
        "service till (ecs/ecs.toml)",
        "port 8080 (ecs/ecs.toml)",
        "health path /up (ecs/ecs.toml)",
    ] {
        assert!(err.contains(line), "{line}: {err}");
    }
    let file = shop.text("ecs/task-definition.json");
    for text in [
        "\"family\": \"till\"",
        "\"containerPort\": 8080",
        "\"cpu\": \"512\"",
        "\"memory\": \"1024\"",
        "\"cpuArchitecture\": \"X86_64\"",
    ] {
        assert!(file.contains(text), "{text}: {file}");
    }
    assert!(out.contains("--platform linux/amd64"), "{out}");
    shop.assert_sound();
}

#[test]
fn a_value_that_cannot_be_is_named_with_its_file() {
    for (defaults, why) in [
        (
            "service = \"my shop\"",
            "ecs/ecs.toml: service \"my shop\": a stack's name is ",
        ),
        (
            "[parameters]\nPort = 70000",
            "ecs/ecs.toml: port \"70000\": a port is a number",
        ),
        (
            "[parameters]\nHealthPath = \"up\"",
            "ecs/ecs.toml: health path \"up\": ",
        ),
        (
            "[parameters]\nCpu = 300",
            "ecs/ecs.toml: Fargate has no task of that size; the nearest is ",
        ),
        ("[parameters]\nMemory = \"much\"", "ecs/ecs.toml: "),
        (
            "[parameters]\nArchitecture = \"RISCV\"",
            "ecs/ecs.toml: architecture \"RISCV\": ARM64 or X86_64",
        ),
    ] {
        let error = with_defaults(defaults).refused(&[]);
        assert!(error.contains(why), "{defaults}: {error}");
    }
    // An option goes before it.
    with_defaults("[parameters]\nPort = 70000").init(&["--port", "80"]);
}

#[test]
fn a_guess_that_cannot_be_is_an_error_with_the_option_that_answers_it() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.git(&["remote", "set-url", "origin", "git@github.com:Ann/a.-b.git"]);
    let error = shop.refused(&[]);
    assert!(
        error.contains("the git remote: repository for images \"ghcr.io/ann/a.-b\": ")
            && error.contains("--image ghcr.io/me/shop"),
        "{error}"
    );
    let error = shop.refused(&["--image", "shop"]);
    assert!(
        error.contains("on Docker Hub write it as OWNER/shop"),
        "{error}"
    );
}

#[test]
fn sizes_are_taken_as_ecs_writes_them() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.init(&[]);
    let file = shop.text("ecs/task-definition.json");
    let file = file
        .replace("\"cpu\": \"256\"", "\"cpu\": \"1 vCPU\"")
        .replace("\"memory\": \"512\"", "\"memory\": \"2 GB\"");
    let shop = Repository::new(&[("Dockerfile", FLASK), ("ecs/task-definition.json", &file)]);
    shop.init(&[]);
    assert_eq!(shop.parameter("Cpu"), "1024");
    assert_eq!(shop.parameter("Memory"), "2048");
}

#[test]
fn a_parameter_that_is_named_without_its_arn_can_be_read() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.init(&["--secret", "A", "--secret", "B"]);
    let file = shop.text("ecs/task-definition.json");
    let own = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-a";
    let other = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-b";
    assert!(file.contains(own) && file.contains(other), "{file}");
    let file = file.replace(own, "/shop/a").replace(other, "shop.b");
    let shop = Repository::new(&[("Dockerfile", FLASK), ("ecs/task-definition.json", &file)]);
    let (out, _) = shop.init(&[]);
    let stack = shop.text("ecs/stack.yaml");
    for line in [
        "- { Name: \"A\", ValueFrom: \"/shop/a\" }\n",
        "Action: ssm:GetParameters\n",
        "- !Sub \"arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/shop/a\"\n",
        "- !Sub \"arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/shop.b\"\n",
    ] {
        assert!(stack.contains(line), "{line}: {stack}");
    }
    assert!(!stack.contains("SecretA:") && !out.contains("put-secret-value"));
    shop.assert_sound();
    shop.put(
        "ecs/task-definition.json",
        &file.replace("shop.b", "what is it?"),
    );
    let error = shop.refused(&[]);
    assert!(
        error.contains(
            "ecs/task-definition.json: the secret B has neither an ARN nor the name of a parameter"
        ),
        "{error}"
    );
}
