//! What the image is built of: which folder, what is copied of it, and what in it tells of the service.

use super::{FLASK, Repository};
use crate::cli::stderr;

const DUALRUN: &str = "[dependencies]\ndualrun = \"0.1\"";

#[test]
fn a_manifest_counts_below_the_context_only_and_is_named() {
    let rust = "FROM rust AS build\nRUN cargo build\nFROM scratch\nCOPY --from=build /a /a\nENTRYPOINT [\"/a\"]";
    let said = |dockerfile: &str, arguments: &[&str]| {
        let files = [
            ("shop/Dockerfile", dockerfile),
            ("till/Cargo.toml", DUALRUN),
        ];
        let shop = Repository::new(&files);
        shop.init(&[&["--port", "80"], arguments].concat()).1
    };
    let err = said(rust, &[]);
    assert!(!err.contains("dualrun"), "{err}");
    // The build gets it, but makes nothing of it.
    let err = said(FLASK, &["--context", "."]);
    assert!(!err.contains("dualrun"), "{err}");
    let err = said(rust, &["--context", "."]);
    assert!(
        err.contains("a service on dualrun, which till/Cargo.toml depends on"),
        "{err}"
    );
    let shop = Repository::new(&[(
        "Dockerfile",
        "FROM a\nENTRYPOINT [\"/a\"]\nLABEL dualrun.contract=/c",
    )]);
    let (_, err) = shop.init(&[]);
    assert!(
        err.contains("a service on dualrun, as the label dualrun.contract in Dockerfile says"),
        "{err}"
    );
}

#[test]
fn the_context_is_composes_if_it_builds_that_dockerfile() {
    let compose = "services: { api: { build: { context: ., dockerfile: api/Dockerfile }, ports: [\"80:5000\"] } }";
    let shop = Repository::new(&[("api/Dockerfile", FLASK), ("compose.yaml", compose)]);
    let (out, err) = shop.init(&[]);
    assert!(
        err.contains("context . (compose.yaml); --context for another one"),
        "{err}"
    );
    assert!(out.contains(" --file api/Dockerfile .\n"), "{out}");
    let (out, _) = Repository::new(&[("api/Dockerfile", FLASK), ("compose.yaml", compose)])
        .init(&["--context", "api"]);
    assert!(out.contains(" --push api\n"), "{out}");
    // Also beside the Dockerfile.
    let beside = compose.replace("context: .,", "context: ..,");
    let shop = Repository::new(&[("api/Dockerfile", FLASK), ("api/compose.yml", &beside)]);
    let (_, err) = shop.init(&[]);
    assert!(err.contains("context . (api/compose.yml); "), "{err}");
    // Not one that is elsewhere, or that differs from service to service.
    for other in [
        "services: { api: { build: { context: .., dockerfile: shop/api/Dockerfile } } }",
        "services: { a: { build: ./api }, b: { build: { context: ., dockerfile: api/Dockerfile } } }",
    ] {
        let shop = Repository::new(&[("api/Dockerfile", FLASK), ("compose.yaml", other)]);
        let (out, _) = shop.init(&[]);
        assert!(out.contains(" --push api\n"), "{other}: {out}");
    }
}

#[test]
fn a_file_of_secrets_that_the_build_copies_is_warned_of() {
    let all = FLASK.replace("COPY app.py .", "COPY . .");
    let list = FLASK.replace("COPY app.py .", "COPY --chown=1000 [\".\", \"/app\"]");
    let own = FLASK.replace("COPY app.py .", "COPY app.py .env ./");
    for (file, ignored, is_warned) in [
        (all.as_str(), "", true),
        (&list, "", true),
        (&own, "", true),
        (FLASK, "", false),
        (&all, ".env\n", false),
        (&all, "# .env\n", true),
        (&all, "**/.env*\r\n", false),
        (&all, "/.e?v\n", false),
        (&all, ".*\n!.env\n", true),
        (&all, "!.env\n.env\n", false),
        (&all, "*\n!app.py\n", false),
    ] {
        // The context is the Dockerfile's folder, and so is what is left out.
        let shop = Repository::new(&[
            ("api/Dockerfile", file),
            ("api/.env", "A=1"),
            ("api/.dockerignore", ignored),
        ]);
        let (_, err) = shop.init(&[]);
        let said = "warning: api/Dockerfile copies api/.env into the image";
        assert_eq!(err.contains(said), is_warned, "{file}{ignored}: {err}");
    }
    let elsewhere = Repository::new(&[("api/Dockerfile", &all), (".env", "A=1")]);
    assert!(!elsewhere.init(&[]).1.contains(".env"));
    // One of the Dockerfile's own goes before it.
    let own = Repository::new(&[
        ("Dockerfile", &all),
        (".env", "A=1"),
        (".dockerignore", ".env"),
        ("Dockerfile.dockerignore", "target"),
    ]);
    let (_, err) = own.init(&[]);
    let said =
        "copies .env into the image, with what is secret in it; name it in Dockerfile.dockerignore";
    assert!(err.contains(said), "{err}");
}

#[test]
fn the_remote_is_that_of_the_folder_whatever_the_environment_says() {
    let other = Repository::new(&[]);
    other.git(&[
        "remote",
        "set-url",
        "origin",
        "git@github.com:Bob/other.git",
    ]);
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let mut command = shop.command(&["init"]);
    command.env("GIT_DIR", other.root().join(".git"));
    command.env("GIT_WORK_TREE", other.root());
    let output = command.output().unwrap();
    let err = stderr(&output);
    assert!(err.contains("ghcr.io/ann/shop (the git remote)"), "{err}");
}

#[test]
fn a_remote_is_what_git_makes_of_it() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.git(&["remote", "set-url", "origin", "gh:Ann/till"]);
    shop.git(&["config", "url.https://github.com/.insteadOf", "gh:"]);
    let (_, err) = shop.init(&[]);
    assert!(err.contains("ghcr.io/ann/till (the git remote)"), "{err}");
    // Or as it is written, if what git makes of it names no server, such as an alias of ssh.
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.git(&["config", "url.work:.insteadOf", "git@github.com:"]);
    let (_, err) = shop.init(&[]);
    assert!(err.contains("ghcr.io/ann/shop (the git remote)"), "{err}");
}
