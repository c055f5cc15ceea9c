//! Services that are called as something else is: a folder of the image, a package among the dependencies, a word of the
//! templates.

use super::files::{choices, text};
use ecs::new::answers::{Answers, Image};
use ecs::new::project::files;
use serde_json::Value;

/// Folders of the base image, programs in them, and packages among the dependencies.
const COMMON: [&str; 12] = [
    "app",
    "bin",
    "bin-fargate",
    "contract",
    "cp",
    "etc",
    "home",
    "log",
    "proc",
    "run",
    "src",
    "usr",
];

fn called(name: &str, has_database: bool) -> Answers {
    let name = name.parse().unwrap();
    Answers {
        image: Image::new(&name, None, None).unwrap(),
        name,
        has_database,
        ..choices().remove(0)
    }
}

#[test]
fn a_service_may_be_called_as_a_folder_of_the_image_or_a_dependency() {
    for name in COMMON {
        let files = files(&called(name, false)).unwrap();
        let dockerfile = text(&files, "Dockerfile");
        let program = format!("/app/{name}");
        for line in [
            format!("COPY --from=build {program} {program}\n"),
            format!("    && install -D target/*/release/{name} {program} \\\n"),
            format!("    && {program} contract > /contract.json\n"),
            format!("CMD [\"{program}\", \"healthcheck\"]\n"),
            format!("ENTRYPOINT [\"{program}\"]\n"),
        ] {
            assert!(dockerfile.contains(&line), "{line}: {dockerfile}");
        }
        // A name may be that of several packages, a folder is that of one.
        assert!(!dockerfile.contains("--package"), "{dockerfile}");
        let builds =
            dockerfile.matches("cargo build --release --locked --manifest-path bin/Cargo.toml ");
        assert_eq!(builds.count(), 2, "{dockerfile}");
        let definition = text(&files, "ecs/task-definition.json");
        let definition: Value = serde_json::from_str(&definition).unwrap();
        let check = &definition["containerDefinitions"][0]["healthCheck"]["command"];
        assert_eq!(check[1], program);
    }
}

#[test]
fn what_a_name_has_in_common_with_that_of_this_repository_stays_in_it() {
    for name in [
        "secret-key-vault",
        "secret-key",
        "dualrun-vault",
        "bin-fargate-2",
    ] {
        let definition = text(
            &files(&called(name, true)).unwrap(),
            "ecs/task-definition.json",
        );
        let definition: Value = serde_json::from_str(&definition).unwrap();
        let secrets = &definition["containerDefinitions"][0]["secrets"];
        for (index, end) in [(0, "secret-key"), (1, "database-url")] {
            let arn = format!("arn:aws:secretsmanager:us-east-1:111122223333:secret:{name}-{end}");
            assert_eq!(secrets[index]["valueFrom"], arn);
        }
        assert_eq!(definition["family"], name);
    }
}
