//! What is found out of a repository, and the files that it makes.

use super::{FLASK, Repository};
use ecs::files::{Template, definition_json};
use serde_json::json;

#[test]
fn a_service_that_is_not_ours_gets_a_sound_deployment_of_what_its_dockerfile_tells() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let (out, err) = shop.init(&[]);
    for file in [
        "stack.yaml",
        "task-definition.json",
        "ecs.toml",
        "github-oidc.yaml",
    ] {
        assert!(out.contains(&format!("made        ecs/{file}\n")), "{out}");
    }
    assert!(
        err.contains("port 5000 (EXPOSE in Dockerfile); --port for another one"),
        "{err}"
    );
    assert!(
        err.contains("health path / (a guess, since nothing tells one: it has to answer 200)"),
        "{err}"
    );
    let container = shop.container();
    assert_eq!(container["image"], "ghcr.io/ann/shop:COMMIT");
    assert_eq!(
        container["portMappings"],
        json!([{ "containerPort": 5000, "protocol": "tcp" }])
    );
    assert_eq!(container["user"], "1000");
    assert_eq!(shop.parameter("HealthPath"), "\"/\"");
    // Nothing of the server that it does not have.
    for field in ["healthCheck", "secrets", "readonlyRootFilesystem"] {
        assert_eq!(container.get(field), None, "{field}");
    }
    let stack = shop.text("ecs/stack.yaml");
    assert!(!stack.contains("DUALRUN_") && !stack.contains("#%") && !stack.contains("bin-fargate"));
    shop.assert_sound();
}

#[test]
fn what_comes_next_can_be_pasted() {
    let shop = Repository::new(&[("api/Dockerfile", FLASK)]);
    let (out, _) = shop.init(&[
        "--context",
        ".",
        "--architecture",
        "amd64",
        "--secret",
        "API_TOKEN",
    ]);
    for command in [
        "cargo ecs doctor --offline\n",
        "git add ecs/stack.yaml ecs/task-definition.json ",
        "docker buildx build --platform linux/amd64 --tag \"ghcr.io/ann/shop:$(git rev-parse HEAD)\" --push \
         --file api/Dockerfile .\n",
        "cargo ecs up --image \"ghcr.io/ann/shop:$(git rev-parse HEAD)\"\n",
        "--logical-resource-id SecretApiToken ",
        "--parameter-overrides Repository=Ann/shop Service=shop ",
    ] {
        assert!(out.contains(command), "{command}\n{out}");
    }
    assert!(!out.contains('<'), "{out}");
}

#[test]
fn variables_and_secrets_are_in_both_definitions_and_the_role_may_read_them() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
    let key = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key";
    let (database, api) = (
        format!("DATABASE_URL={arn}:url::"),
        format!("API_KEY={key}"),
    );
    let (_, err) = shop.init(&[
        "--env",
        "GREETING=a \"b\": #{c}, 'd'",
        "--env",
        "DB_PASSWORD=hunter2",
        "--secret",
        "SESSION_KEY",
        "--secret",
        &database,
        "--secret",
        &api,
    ]);
    assert!(
        err.contains("warning: DB_PASSWORD looks like a secret"),
        "{err}"
    );
    assert!(!err.contains("hunter2"), "{err}");
    let container = shop.container();
    assert_eq!(
        container["environment"][0],
        json!({ "name": "GREETING", "value": "a \"b\": #{c}, 'd'" })
    );
    let secrets = container["secrets"].as_array().unwrap();
    assert_eq!(secrets[1]["valueFrom"], json!(format!("{arn}:url::")));
    assert_eq!(secrets[2]["valueFrom"], json!(key));
    let stack = Template::parse(&shop.text("ecs/stack.yaml")).unwrap();
    let of_stack = definition_json(&stack, &[("Image", "a/b:c")]).unwrap();
    assert_eq!(
        of_stack["containerDefinitions"][0]["environment"],
        container["environment"]
    );
    let resources = stack.resources(&[("Image", "a/b:c")]).unwrap();
    assert!(resources.contains_key("SecretSessionKey"));
    let statements =
        &resources["ExecutionRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let may = |action: &str| {
        let mut all = statements.as_array().unwrap().iter();
        all.find(|it| it["Action"] == action).unwrap()["Resource"].to_string()
    };
    assert!(may("secretsmanager:GetSecretValue").contains(&format!("{arn}\"")));
    assert_eq!(may("ssm:GetParameters"), json!([key]).to_string());
    shop.assert_sound();
}

#[test]
fn a_health_check_of_the_image_becomes_that_of_the_task() {
    let file = FLASK.replace(
        "CMD [",
        "HEALTHCHECK --interval=1s --start-period=20s \\\n  CMD curl -f http://localhost:5000/healthz || exit 1\nCMD [",
    );
    let shop = Repository::new(&[("Dockerfile", &file)]);
    shop.init(&[]);
    assert_eq!(shop.parameter("HealthPath"), "\"/healthz\"");
    assert_eq!(
        shop.container()["healthCheck"],
        json!({
            "command": ["CMD-SHELL", "curl -f http://localhost:5000/healthz || exit 1"],
            "interval": 5, "timeout": 30, "retries": 3, "startPeriod": 20,
        })
    );
    shop.assert_sound();
}

#[test]
fn a_service_on_dualrun_keeps_its_options_and_its_own_health_check() {
    let file =
        "FROM scratch\nCOPY target/release/api /api\nUSER 65532:65532\nENTRYPOINT [\"/api\"]";
    for manifest in [
        "[dependencies]\ndualrun = \"0.1\"",
        "[workspace.dependencies]\nrun = { package = \"dualrun\", version = \"0.1\" }",
    ] {
        let shop = Repository::new(&[("Dockerfile", file), ("Cargo.toml", manifest)]);
        shop.init(&["--env", "LOG_LEVEL=info"]);
        let container = shop.container();
        assert_eq!(
            container["healthCheck"]["command"],
            json!(["CMD", "/api", "healthcheck"])
        );
        assert_eq!(container["readonlyRootFilesystem"], true);
        let names = |list: &str| -> Vec<String> {
            let all = container[list].as_array().unwrap().iter();
            all.map(|it| it["name"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            names("environment"),
            ["APP_NAME", "ENVIRONMENT", "LOG_LEVEL"]
        );
        assert_eq!(names("secrets"), ["SECRET_KEY"]);
        assert_eq!(shop.parameter("AppName"), "\"shop\"");
        assert_eq!(
            (shop.parameter("Port"), shop.parameter("HealthPath")),
            ("8000".into(), "\"/health\"".into())
        );
        assert!(shop.text("ecs/stack.yaml").contains("DUALRUN_ADDR"));
        shop.assert_sound();
    }
}

#[test]
fn the_port_is_found_wherever_it_is_told() {
    for (name, files, port) in [
        (
            "PORT",
            &[("Dockerfile", "FROM a\nENV PORT 3000\nCMD npm start")][..],
            "3000",
        ),
        (
            "an address",
            &[(
                "Dockerfile",
                "FROM a\nENV ASPNETCORE_URLS=http://+:8081\nENTRYPOINT [\"dotnet\", \"a.dll\"]",
            )],
            "8081",
        ),
        (
            "the command",
            &[(
                "Dockerfile",
                "FROM a\nCMD flask run --host 0.0.0.0 --port 5001",
            )],
            "5001",
        ),
        (
            "Compose",
            &[
                ("Dockerfile", "FROM a\nEXPOSE 80 443"),
                (
                    "compose.yaml",
                    "services: { web: { build: ., ports: [\"8080:443\"] } }",
                ),
            ],
            "443",
        ),
    ] {
        let shop = Repository::new(files);
        shop.init(&[]);
        assert_eq!(shop.parameter("Port"), port, "{name}");
        shop.assert_sound();
    }
}

#[test]
fn the_dockerfile_of_the_folder_counts_and_the_files_go_to_the_root() {
    let shop = Repository::new(&[
        ("Dockerfile", "FROM a\nEXPOSE 1111"),
        ("api/Dockerfile", FLASK),
    ]);
    let mut command = shop.command(&["init"]);
    let output = command
        .current_dir(shop.root().join("api"))
        .output()
        .unwrap();
    assert!(output.status.success());
    let err = crate::cli::stderr(&output);
    assert!(
        err.contains("the files go to the repository's root"),
        "{err}"
    );
    assert!(
        err.contains("of Dockerfile, api/Dockerfile, api/Dockerfile is taken"),
        "{err}"
    );
    assert_eq!(shop.parameter("Port"), "5000");
    assert!(!shop.root().join("api/ecs").exists());
}

#[test]
fn workflows_build_with_the_dockerfile_and_log_in_where_the_images_are() {
    for (image, login) in [
        ("ghcr.io/ann/shop", "docker login ghcr.io"),
        ("ann/shop", "DOCKERHUB_TOKEN"),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop",
            "get-login-password",
        ),
    ] {
        let shop = Repository::new(&[("api/Dockerfile", FLASK)]);
        shop.init(&["--image", image, "--context", ".", "--name", "till"]);
        let text = shop.text(".github/workflows/image.yml");
        assert!(text.contains(login), "{text}");
        assert_eq!(text.matches("--file api/Dockerfile .").count(), 2, "{text}");
        assert!(
            text.contains("\nname: Image\n") && text.contains("group: image-"),
            "{text}"
        );
        // The service's own tests are for its own workflow.
        assert!(!text.contains(".ci/run"), "{text}");
        let deploy = shop.text(".github/workflows/deploy.yml");
        assert!(deploy.contains("vars.ECS_SERVICE || 'till'"), "{deploy}");
        for file in [
            "workflows/image.yml",
            "workflows/deploy.yml",
            "workflows/ops.yml",
            "actions/tool/action.yml",
        ] {
            let text = shop.text(&format!(".github/{file}"));
            assert!(!text.contains("#%") && !text.contains("<%"), "{text}");
            serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&text).unwrap();
        }
        let name = std::process::Command::new(shop.root().join(".github/image-name"))
            .output()
            .unwrap();
        assert_eq!(crate::cli::stdout(&name).trim(), image);
    }
}

#[test]
fn a_registry_that_no_workflow_knows_gets_none() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let (out, _) = shop.init(&["--image", "registry.example/shop"]);
    assert!(
        out.contains("no workflows were made: they can push images to "),
        "{out}"
    );
    assert!(!shop.root().join(".github").exists());
}

#[test]
fn a_stage_can_be_chosen_and_its_platform_is_the_tasks() {
    let file = "FROM a AS web\nEXPOSE 1111\nFROM --platform=linux/amd64 web AS prod\nFROM a AS dev\nEXPOSE 2222";
    let shop = Repository::new(&[("Dockerfile", file)]);
    let (out, _) = shop.init(&["--target", "prod"]);
    assert_eq!(shop.parameter("Port"), "1111");
    assert_eq!(shop.parameter("Architecture"), "\"X86_64\"");
    assert!(
        out.contains("--platform linux/amd64") && out.contains("--target prod ."),
        "{out}"
    );
}

#[test]
fn a_platform_is_read_as_docker_reads_it() {
    for platform in ["amd64", "x86_64", "linux/x86_64"] {
        let file = format!("FROM --platform={platform} a\nEXPOSE 1111");
        let shop = Repository::new(&[("Dockerfile", &file)]);
        shop.init(&[]);
        assert_eq!(shop.parameter("Architecture"), "\"X86_64\"", "{platform}");
    }
}

#[test]
fn it_works_without_git_and_says_what_that_leaves_unknown() {
    let shop = Repository::without_git(&[("Dockerfile", FLASK)]);
    let (out, err) = shop.init(&["--image", "me/shop"]);
    assert!(err.contains("no git repository here"), "{err}");
    assert!(
        out.contains("the repository's name on GitHub is unknown: --github OWNER/NAME"),
        "{out}"
    );
    assert!(out.contains("git init\n"), "{out}");
    shop.assert_sound();
}

#[test]
fn a_repository_that_is_elsewhere_gets_nothing_of_githubs() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.git(&[
        "remote",
        "set-url",
        "origin",
        "https://ann:hunter2@gitlab.com/group/sub/shop.git",
    ]);
    let (out, err) = shop.init(&[]);
    assert!(
        err.contains("registry.gitlab.com/group/sub/shop (the git remote)"),
        "{err}"
    );
    assert!(!shop.root().join("ecs/github-oidc.yaml").exists());
    assert!(out.contains("the repository is not on GitHub"), "{out}");
    assert!(!format!("{out}{err}").contains("hunter2"));
    shop.assert_sound();
}

#[test]
fn what_will_not_work_is_said_before() {
    let file = FLASK
        .replace("COPY app.py .", "COPY . .")
        .replace("0.0.0.0", "127.0.0.1");
    let shop = Repository::new(&[("Dockerfile", &file), (".env", "SECRET=1")]);
    let (_, err) = shop.init(&[]);
    assert!(
        err.contains("warning: the command in Dockerfile has \"127.0.0.1:5000\""),
        "{err}"
    );
    assert!(
        err.contains("warning: Dockerfile copies .env into the image"),
        "{err}"
    );
    let shop = Repository::new(&[
        ("Dockerfile", &file),
        (".env", ""),
        (".dockerignore", ".env\n"),
    ]);
    assert!(!shop.init(&[]).1.contains("copies .env"));
}
