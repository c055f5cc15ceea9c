//! Registries, and the workflow that makes the image of each commit.

use super::{FLASK, Repository};
use serde_yaml_ng::Value;

const ECR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop";
const ECR_ARN: &str = "arn:aws:ecr:eu-west-1:123456789012:repository/shop";

/// The workflow of images, as GitHub reads it.
fn workflow(shop: &Repository) -> Value {
    serde_yaml_ng::from_str(&shop.text(".github/workflows/image.yml")).unwrap()
}

/// What the steps of its job run, in one text.
fn commands(workflow: &Value, job: &str) -> String {
    let steps = workflow["jobs"][job]["steps"].as_sequence().unwrap().iter();
    let commands: Vec<&str> = steps.filter_map(|step| step["run"].as_str()).collect();
    commands.join("\n")
}

#[test]
fn an_image_in_ecr_brings_the_rights_to_pull_and_push_it() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let (out, _) = shop.init(&["--image", ECR]);
    assert_eq!(shop.parameter("EcrRepositoryArn"), format!("\"{ECR_ARN}\""));
    let command = format!(
        "--parameter-overrides Repository=Ann/shop Service=shop EcrRepositoryArn={ECR_ARN} AllowPush=true "
    );
    assert!(out.contains(&command), "{out}");
    let login = "aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin \
                 123456789012.dkr.ecr.eu-west-1.amazonaws.com\n";
    assert!(out.contains(login), "{out}");
    // Where nothing else tells the region, the registry's is it.
    let log = &shop.container()["logConfiguration"]["options"];
    assert_eq!(log["awslogs-region"], "eu-west-1");
    shop.assert_sound();
    let (out, _) = shop.init(&[]);
    assert!(!out.contains("made   ") && !out.contains("kept"), "{out}");
}

#[test]
fn an_image_elsewhere_brings_none() {
    for image in ["ghcr.io/ann/shop", "ann/shop"] {
        let shop = Repository::new(&[("Dockerfile", FLASK)]);
        let (out, _) = shop.init(&["--image", image]);
        assert!(!shop.text("ecs/ecs.toml").contains("Ecr"));
        assert!(!out.contains("AllowPush"), "{out}");
    }
}

#[test]
fn the_workflow_makes_images_for_what_the_tasks_run_on_and_nothing_else() {
    let amd64 = FLASK.replace("FROM ", "FROM --platform=linux/amd64 ");
    for (file, arguments, architecture, machine) in [
        (FLASK, &[][..], "arm64", "ubuntu-24.04-arm"),
        (&amd64, &[], "amd64", "ubuntu-24.04"),
        (FLASK, &["--architecture", "amd64"], "amd64", "ubuntu-24.04"),
    ] {
        let shop = Repository::new(&[("Dockerfile", file)]);
        shop.init(arguments);
        let workflow = workflow(&shop);
        let machines = &workflow["jobs"]["image"]["strategy"]["matrix"]["include"];
        let machines = machines.as_sequence().unwrap();
        assert_eq!(machines.len(), 1, "{machines:?}");
        assert_eq!(machines[0]["architecture"], architecture);
        assert_eq!(machines[0]["machine"], machine);
        let digest = format!("\"$name@${}\"\n", architecture.to_uppercase());
        let tag = commands(&workflow, "publish");
        assert_eq!(tag.matches("\"$name@").count(), 1, "{tag}");
        assert!(tag.contains(&digest), "{tag}");
        let text = shop.text(".github/workflows/image.yml");
        assert!(!text.contains("both"), "{text}");
    }
}

#[test]
fn commits_of_the_default_branch_get_images_whatever_it_is_called() {
    for (commands, arguments, branch) in [
        // Nothing is committed, and nothing is known of the remote's.
        (
            &[&["symbolic-ref", "HEAD", "refs/heads/trunk"][..]][..],
            &[][..],
            "trunk",
        ),
        // The remote's, whatever is checked out.
        (
            &[
                &[
                    "symbolic-ref",
                    "refs/remotes/origin/HEAD",
                    "refs/remotes/origin/develop",
                ],
                &["symbolic-ref", "HEAD", "refs/heads/fix"],
            ],
            &[],
            "develop",
        ),
        (
            &[&["symbolic-ref", "HEAD", "refs/heads/main"]],
            &["--branch", "release/2"],
            "release/2",
        ),
    ] {
        let shop = Repository::new(&[("Dockerfile", FLASK)]);
        commands.iter().for_each(|command| shop.git(command));
        let (out, err) = shop.init(&[&["--image", ECR], arguments].concat());
        let pushed = &workflow(&shop)["on"]["push"]["branches"];
        assert_eq!(pushed[0], branch, "{pushed:?}");
        if arguments.is_empty() {
            assert!(err.contains(&format!("branch {branch} (")), "{err}");
        }
        let of_role = format!(" AllowPush=true Branch={branch} ");
        assert!(out.contains(&of_role), "{out}");
        // An earlier answer counts, wherever this clone is.
        shop.git(&["symbolic-ref", "HEAD", "refs/heads/other"]);
        let (out, _) = shop.init(&[]);
        assert!(!out.contains("kept"), "{out}");
    }
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    let (out, _) = shop.init(&["--image", ECR]);
    assert!(!out.contains("Branch="), "{out}");
}

#[test]
fn paths_are_in_the_workflow_as_the_shell_has_to_get_them() {
    let shop = Repository::new(&[("the api: v2/Dockerfile", FLASK)]);
    shop.init(&[]);
    let commands = commands(&workflow(&shop), "image");
    assert_eq!(commands.matches(" 'the api: v2'").count(), 2, "{commands}");
}

#[test]
fn a_path_that_github_would_take_for_an_expression_is_refused() {
    let shop = Repository::new(&[("${{ secrets.A }}/Dockerfile", FLASK)]);
    let error = shop.refused(&[]);
    assert!(
        error.contains("GitHub evaluates ${{ in workflows") && error.contains("rename"),
        "{error}"
    );
    // Where no workflow names it, nothing does.
    shop.init(&["--image", "registry.example/shop"]);
}

#[test]
fn a_project_whose_ci_makes_images_gets_no_second_workflow_for_them() {
    let shop = Repository::new(&[
        ("Dockerfile", FLASK),
        (
            ".github/workflows/ci.yml",
            "jobs: { image: { steps: [{ run: \"name=$(.github/image-name)\" }] } }\n",
        ),
    ]);
    let (out, _) = shop.init(&[]);
    assert!(!shop.root().join(".github/workflows/image.yml").exists());
    assert!(
        out.contains(".github/workflows/ci.yml makes the images, so no image.yml was made"),
        "{out}"
    );
}
