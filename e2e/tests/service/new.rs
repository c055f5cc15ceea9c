//! `cargo ecs new`, done as a stranger does it: in a folder outside of this repository, with the library as it is published, by
//! the commands that the new service's README names.
//!
//! It is built without optimization, by variables of cargo's, since nobody asks how fast it is.

use crate::account::Account;
use crate::folder::{Folder, published};
use crate::steps::Steps;
use dualrun::testing::RuntimeApi;
use e2e::cargo_ecs::binary;
use e2e::container::{Container, VARIABLES};
use e2e::docker::remove;
use e2e::front::{Plan, architecture};
use e2e::function::answer_to;
use e2e::local::Program;
use e2e::network::Network;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Instant;

/// The local name of the image, as the README has it.
const IMAGE: &str = "shop";
const PORT: u16 = 8000;
/// What the service says on its first route.
const ANSWER: &str = "shop running in production\n";

#[tokio::test]
async fn from_nothing_to_an_answered_request() {
    let mut steps = Steps::new();
    let unpacked = tempfile::tempdir().expect("a folder");
    let library = published(unpacked.path());
    // Who has the tool does not wait for it.
    binary();
    let home = Folder::new();
    steps.take("`cargo ecs new shop`", || {
        let library = library.to_str().expect("a path in UTF-8");
        let run = home.cargo_ecs(&[
            "new",
            "shop",
            "--image",
            "me/shop",
            "--library-path",
            library,
        ]);
        assert!(run.contains("next:"), "{run}");
    });
    let shop = home.below("shop");
    shop.lock();

    steps.take(
        "`cargo test --workspace`, which builds all for the first time",
        || {
            let said = shop.run("cargo", &["test", "--workspace"]);
            assert!(said.contains("5 passed"), "{said}");
        },
    );
    steps.take(
        "`cargo fmt --check` and `cargo clippy`, without a warning",
        || {
            shop.run("cargo", &["fmt", "--check"]);
            let clippy = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ];
            shop.run("cargo", &clippy);
        },
    );
    steps.take("`cargo ecs doctor --offline`, which finds nothing", || {
        shop.cargo_ecs(&["doctor", "--offline"]);
    });
    let commit = shop.commit();

    steps.take("`docker build`", || {
        shop.build_image(IMAGE, &library, &commit);
    });
    steps.take("the container as on Fargate, and an answer", || {
        let network = Network::create();
        let container = Container::of(IMAGE, &network, &VARIABLES, "0.25");
        container.wait_listening();
        assert_answer(&container.get("/hello/you"));
        container.wait_healthy();
    });

    let account = Account::make();
    steps.take(
        "the service, with a load balancer and its first task",
        || {
            let first = account.push(IMAGE, "first");
            let definition = shop.read("ecs/task-definition.json");
            let definition = in_account(&account, &definition, &first);
            account.make_service(&definition, &Plan::sound(PORT), ANSWER);
        },
    );
    steps.take(
        "`cargo ecs deploy` of the commit, and an answer through the balancer",
        || {
            account.push(IMAGE, &commit);
            let run = shop.cargo_ecs_in(&account.emulator.aws, &["deploy", &commit]);
            assert!(run.contains("shop: deployed"), "{run}");
            assert_eq!(account.answer(), ANSWER);
        },
    );
    steps.take(
        "`cargo ecs doctor --service shop`, which finds nothing",
        || {
            // The registry of a test is none that workflows push to, so it is not in the files.
            let doctor = ["doctor", "--service", "shop", "--image", &account.images()];
            let doctor = shop.cargo_ecs_in(&account.emulator.aws, &doctor);
            assert!(
                doctor.contains("PASS") && !doctor.contains("WARN"),
                "{doctor}"
            );
        },
    );
    // What ran is gone by now, so the image can be too.
    drop(account);
    remove(&["rmi", IMAGE, "dualrun-source"]);

    steps.take("`cargo lambda build`", || {
        let build = [
            "lambda",
            "build",
            "--release",
            "--bin",
            "shop",
            "--output-format",
            "zip",
        ];
        shop.run("cargo", &build);
    });
    let bootstrap = shop.unzipped("lambda/shop/bootstrap.zip");
    let mut lambda = RuntimeApi::start((Ipv4Addr::LOCALHOST, 0).into())
        .await
        .expect("an address");
    let mut command = Command::new(bootstrap);
    command.envs(lambda.variables()).envs(
        VARIABLES
            .iter()
            .filter_map(|variable| variable.split_once('=')),
    );
    let start = Instant::now();
    let _function = Program::start(&mut command);
    let answer = answer_to(&mut lambda, "/hello/you").await;
    steps.took("an event for the function, and its answer", start.elapsed());
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(
        answer["body"]
            .as_str()
            .is_some_and(|body| body.contains("Hello, you.")),
        "{answer}"
    );

    steps.end();
}

fn assert_answer(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("Hello, you."), "{answer}");
}

/// The file's definition, with what an account decides.
fn in_account(account: &Account, file: &str, image: &str) -> Value {
    let mut definition: Value = serde_json::from_str(file).expect("JSON");
    let role = account.make_role("shop");
    let secret = json!({ "Name": "shop", "SecretString": "hunter2" });
    let secret = account.emulator.aws.secrets("CreateSecret", &secret);
    definition["executionRoleArn"] = json!(role);
    definition["taskRoleArn"] = json!(role);
    definition["runtimePlatform"]["cpuArchitecture"] = json!(architecture());
    let container = &mut definition["containerDefinitions"][0];
    container["image"] = json!(image);
    container["secrets"][0]["valueFrom"] = secret["ARN"].clone();
    definition
}
