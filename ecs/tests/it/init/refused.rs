//! Repositories, and options, that nothing can be made of: a clear line, and nothing half-made.

use super::{FLASK, Repository};
use crate::cli::stderr;
use std::fs;
use std::path::Path;

#[test]
fn without_a_dockerfile_it_says_what_to_do() {
    let shop = Repository::new(&[("app.py", "")]);
    let error = shop.refused(&["--yes"]);
    assert!(
        error.contains("no Dockerfile in ") && error.contains("name it with --dockerfile"),
        "{error}"
    );
}

#[test]
fn of_several_dockerfiles_one_has_to_be_chosen() {
    let shop = Repository::new(&[("api/Dockerfile", FLASK), ("web/Dockerfile", FLASK)]);
    let error = shop.refused(&[]);
    assert!(
        error.contains("several Dockerfiles: api/Dockerfile, web/Dockerfile; choose one, such as --dockerfile api/Dockerfile"),
        "{error}"
    );
    shop.init(&["--dockerfile", "web/Dockerfile"]);
}

#[test]
fn all_that_nothing_tells_is_asked_for_at_once() {
    let shop = Repository::without_git(&[("Dockerfile", "FROM a")]);
    for arguments in [&[][..], &["--yes"]] {
        let error = shop.refused(arguments);
        let line = "nothing in the repository tells the repository for images and the port; set --image ghcr.io/me/shop and \
                    --port 8080, with your own";
        assert!(error.contains(line), "{error}");
    }
}

#[test]
fn a_dockerfile_that_is_none_is_named_with_the_line() {
    for (text, why) in [
        ("", "invalid Dockerfile Dockerfile: it has no FROM"),
        (
            "RUN x\nFROM a",
            "invalid Dockerfile Dockerfile: line 1: RUN before the first FROM",
        ),
        ("FROM a\nRUN <<X\n", "the here-document has no end \"X\""),
    ] {
        let shop = Repository::new(&[("Dockerfile", text)]);
        let error = shop.refused(&[]);
        assert!(error.contains(why), "{error}");
    }
    let shop = Repository::new(&[("Dockerfile/x", "")]);
    assert!(shop.refused(&[]).contains("no Dockerfile in "));
    let error = shop.refused(&["--dockerfile", "Dockerfile"]);
    assert!(
        error.contains("Dockerfile is a folder; name the Dockerfile in it"),
        "{error}"
    );
    fs::write(shop.root().join("Dockerfile.bin"), b"FROM \xff").unwrap();
    let error = shop.refused(&["--dockerfile", "Dockerfile.bin"]);
    assert!(
        error.contains("Dockerfile.bin is not text in UTF-8"),
        "{error}"
    );
}

#[test]
fn a_path_that_is_not_there_or_elsewhere_is_named() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let error = shop.refused(&["--dockerfile", "api/Dockerfile"]);
    assert!(
        error.contains("cannot find api/Dockerfile: No such file"),
        "{error}"
    );
    let error = shop.refused(&["--dockerfile", "/dev/null"]);
    assert!(error.contains("/dev/null is not in "), "{error}");
    let error = shop.refused(&["--target", "prod"]);
    assert!(
        error.contains("it has no stage \"prod\"; its stages have no names"),
        "{error}"
    );
}

#[test]
fn options_that_cannot_be_are_refused_without_their_secrets() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    for (arguments, why) in [
        (&["--name", "my_shop"][..], "such as my-shop"),
        (
            &["--image", "me/shop:latest"],
            "each commit is a tag of its own",
        ),
        (&["--port", "0"], "a number from 1 to 65535"),
        (&["--health-path", "up"], "begins with /"),
        (&["--cpu", "300"], "the nearest is --cpu 512 --memory 1024"),
        (&["--memory", "1"], "the nearest is --cpu 256 --memory 512"),
        (
            &["--env", "A=b", "--secret", "A"],
            "A is a variable and a secret",
        ),
        (
            &["--secret", "A=hunter2"],
            "stands the ARN of a secret or parameter, not its value",
        ),
        (&["--service", "shop", "--port", "1"], "cannot be used with"),
    ] {
        let error = shop.refused(arguments);
        assert!(error.contains(why), "{arguments:?}: {error}");
    }
}

#[test]
fn secrets_that_the_stack_could_not_tell_apart_are_refused() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let error = shop.refused(&["--secret", "A_B", "--secret", "A__B"]);
    let said = "the secrets A_B and A__B would both be SecretAB in the stack; rename one of them";
    assert!(error.contains(said), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let shop = Repository::new(&[]);
    let pipe = shop.root().join("Dockerfile");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    // What compares the files before and after would wait for it itself.
    let output = shop.run(&["init", "--dockerfile", "Dockerfile"]);
    assert!(!output.status.success());
    let error = stderr(&output);
    assert!(error.contains("a pipe, a socket or a device"), "{error}");
}

#[test]
fn a_file_in_the_way_leaves_nothing_behind() {
    let shop = Repository::new(&[("Dockerfile", FLASK), ("ecs", "a file")]);
    let error = shop.refused(&[]);
    assert!(
        error.contains("ecs/stack.yaml; nothing was made"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_written_outside_of_the_repository() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), shop.root().join("ecs")).unwrap();
    let error = shop.refused(&[]);
    assert!(
        error.contains("ecs leads out of the repository, to "),
        "{error}"
    );
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn defaults_that_cannot_be_read_are_named_with_the_line() {
    let shop = Repository::new(&[("Dockerfile", FLASK), ("ecs/ecs.toml", "service = shop")]);
    let error = shop.refused_in(Path::new(""), &[]);
    assert!(error.contains("ecs/ecs.toml:1: "), "{error}");
}
