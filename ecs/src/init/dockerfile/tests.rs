//! What is read of Dockerfiles, also of odd ones.

use super::*;

fn last(text: &str) -> Stage {
    let file = Dockerfile::parse(text).unwrap();
    file.stage(None).unwrap().clone()
}

fn ports(text: &str) -> Vec<u16> {
    last(text).ports.into_iter().collect()
}

#[test]
fn the_last_stage_counts_with_what_it_takes_over() {
    let text = "FROM node AS base\nENV PORT=3000\nUSER node\nEXPOSE $PORT\n\
                FROM base AS test\nEXPOSE 9229\nCMD [\"npm\", \"test\"]\n\
                FROM --platform=linux/amd64 base\nENTRYPOINT [\"npm\"]\nCMD [\"start\"]";
    let stage = last(text);
    assert_eq!(stage.ports.iter().copied().collect::<Vec<_>>(), [3000]);
    assert_eq!(stage.user.as_deref(), Some("node"));
    assert_eq!(stage.environment["PORT"], "3000");
    assert_eq!(stage.platform.as_deref(), Some("linux/amd64"));
    assert_eq!(stage.program.entrypoint, ["npm"]);
    assert_eq!(stage.program.command, ["start"]);
}

#[test]
fn a_target_is_a_stages_name_or_number() {
    let file = Dockerfile::parse("FROM a AS Base\nEXPOSE 1\nFROM b\nEXPOSE 2\nFROM c AS dev\n");
    let file = file.unwrap();
    let ports = |target| {
        file.stage(Some(target))
            .map(|stage| stage.ports.first().copied())
    };
    assert_eq!(ports("base"), Ok(Some(1)));
    assert_eq!(ports("1"), Ok(Some(2)));
    let error = ports("prod").unwrap_err().to_string();
    assert_eq!(error, "it has no stage \"prod\"; its stages are Base, dev");
}

#[test]
fn arguments_are_put_in_as_far_as_their_values_stand_in_the_file() {
    let text = "ARG P=8080\nARG BASE=python:3\nFROM ${BASE}\nARG P\nEXPOSE ${P}/tcp";
    assert_eq!(ports(text), [8080]);
    assert_eq!(ports("FROM a\nARG P\nEXPOSE $P"), [] as [u16; 0]);
    assert_eq!(ports("ARG P=1\nFROM a\nEXPOSE $P"), [] as [u16; 0]);
    // The image's own variable counts before an argument.
    assert_eq!(ports("FROM a\nENV P=2\nARG P=1\nEXPOSE $P"), [2]);
}

#[test]
fn exposed_are_tcp_ports() {
    assert_eq!(
        ports("FROM a\nEXPOSE 80 53/udp 443/TCP\nEXPOSE 0 70000 x"),
        [80, 443]
    );
    assert_eq!(ports("FROM a\nEXPOSE 7000-7002"), [7000, 7002]);
}

#[test]
fn a_health_check_is_a_list_or_a_line_with_times() {
    let check = |text: &str| last(&format!("FROM a\nHEALTHCHECK {text}")).health_check;
    let it = check("--interval=1m30s --timeout=500ms --retries=2 CMD curl -f  http://x/ || exit 1");
    let it = it.unwrap();
    assert_eq!(it.command, ["CMD-SHELL", "curl -f http://x/ || exit 1"]);
    let options: Vec<_> = it
        .options
        .iter()
        .map(|(name, it)| (name.as_str(), *it))
        .collect();
    assert_eq!(
        options,
        [("interval", 90.0), ("retries", 2.0), ("timeout", 0.5)]
    );
    let it = check("CMD [\"/app\", \"healthcheck\"]").unwrap();
    assert_eq!(it.command, ["CMD", "/app", "healthcheck"]);
    assert_eq!(check("NONE"), None);
    assert_eq!(check("--interval=nonsense CMD x").unwrap().options.len(), 0);
}

#[test]
fn a_copy_of_the_environments_file_is_noticed() {
    for (line, is_all) in [
        ("COPY . /app", true),
        ("COPY --chown=a ./ /app", true),
        ("ADD . .", true),
        ("COPY / /app", true),
        ("COPY [\".\", \"/app\"]", true),
        ("COPY --link [\"src\", \"./\", \"/app\"]", true),
        ("COPY app.py .env ./", true),
        ("COPY app.py .", false),
        ("COPY [\"src\", \".\"]", false),
        ("COPY --chown=a --from=build . /app", false),
        ("COPY src /app", false),
    ] {
        assert_eq!(
            last(&format!("FROM a\n{line}")).copies_env,
            is_all,
            "{line}"
        );
    }
}

#[test]
fn what_is_no_dockerfile_is_refused_with_the_line() {
    for (text, error) in [
        ("", "it has no FROM"),
        ("# nothing\n", "it has no FROM"),
        ("ARG A\n", "it has no FROM"),
        ("<html>\n<body>", "line 1: <HTML> before the first FROM"),
        ("\nRUN x\nFROM a", "line 2: RUN before the first FROM"),
        (
            "FROM a\nRUN <<X\ny",
            "line 2: the here-document has no end \"X\"",
        ),
    ] {
        assert_eq!(Dockerfile::parse(text).unwrap_err().to_string(), error);
    }
}

#[test]
fn instructions_that_docker_may_learn_are_passed_over() {
    assert_eq!(
        ports("FROM a\nFUTURE x\nONBUILD EXPOSE 1\nSHELL [\"x\"]\nEXPOSE 2"),
        [2]
    );
}
