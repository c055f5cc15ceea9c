//! Real texts and their names, texts that must not be taken for anything, and which of several texts counts.

mod reasons;
mod words;

use super::row::lower;
use super::{CERTAIN, Cause, health, log, of};
use crate::deploy::evidence::Evidence;
use reasons::REASONS;
use words::{HARMLESS, WORDS};

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn reasons(texts: &[&str]) -> Evidence {
    Evidence {
        reasons: owned(texts),
        ..Evidence::default()
    }
}

fn died(code: i64, log: &[&str]) -> Evidence {
    Evidence {
        reasons: owned(&["Essential container in task exited"]),
        exit_codes: vec![code],
        log: owned(log),
        ..Evidence::default()
    }
}

fn name(evidence: &Evidence) -> String {
    of(evidence).map_or_else(String::new, |cause| cause.name)
}

#[test]
fn what_ecs_says_has_a_name_as_a_reason_and_as_an_event() {
    for (text, wanted) in REASONS {
        let reason = of(&reasons(&[text])).unwrap();
        assert_eq!(
            (reason.name.as_str(), reason.evidence.as_str()),
            (*wanted, *text)
        );
        let event = Evidence {
            events: owned(&[text]),
            ..Evidence::default()
        };
        assert_eq!(of(&event).unwrap(), reason);
    }
}

#[test]
fn last_words_have_a_name() {
    for (words, wanted) in WORDS {
        let cause = of(&died(255, &["starting", words, "", "bye"])).unwrap();
        assert_eq!(
            (cause.name.as_str(), cause.evidence.as_str()),
            (*wanted, *words)
        );
    }
}

#[test]
fn harmless_words_have_none() {
    for words in HARMLESS {
        assert_eq!(
            name(&died(1, &["starting", words])),
            "the program ended with 1",
            "{words}"
        );
    }
}

#[test]
fn each_row_is_reached_by_a_text() {
    let fixes: Vec<(String, String)> = REASONS
        .iter()
        .map(|(text, _)| of(&reasons(&[text])))
        .chain(WORDS.iter().map(|(words, _)| of(&died(1, &[words]))))
        .chain([health_of("Target.FailedHealthChecks")])
        .map(|cause| cause.map(|cause| (cause.name, cause.fix)).unwrap())
        .collect();
    let tables = CERTAIN
        .iter()
        .copied()
        .chain(health::TABLES.iter().copied());
    for row in tables.chain([log::ROWS]).flatten() {
        let reached = fixes
            .iter()
            .any(|(name, fix)| (name.as_str(), fix.as_str()) == (row.name, row.fix));
        assert!(reached, "{}: {}", row.name, row.fix);
        for needle in row.any.iter().copied().flatten() {
            assert_eq!(*needle, lower(needle), "texts are read in small letters");
        }
    }
}

#[test]
fn a_secret_that_is_to_be_deleted_is_restored_by_its_arn() {
    let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-a1b2c3";
    for behind in ["", ":key::"] {
        let text = format!(
            "ResourceInitializationError: unable to retrieve secret from asm: failed to fetch secret {arn}{behind} from secrets \
             manager: InvalidRequestException: the secret was marked for deletion."
        );
        let fix = of(&reasons(&[&text])).unwrap().fix;
        let command = format!("aws secretsmanager restore-secret --secret-id {arn}");
        assert!(fix.ends_with(&command), "{fix}");
    }
}

/// A command of another program with nothing behind its operation does nothing but fail.
#[test]
fn a_command_in_a_fix_has_its_arguments() {
    let tables = CERTAIN
        .iter()
        .copied()
        .chain(health::TABLES.iter().copied());
    for row in tables.chain([log::ROWS]).flatten() {
        for command in row.fix.split("aws ").skip(1) {
            let words = command.split_whitespace();
            let options = words.filter(|word| word.starts_with("--")).count();
            assert!(!command.contains('-') || options > 0, "{}", row.fix);
        }
    }
}

fn health_of(code: &str) -> Option<Cause> {
    let mut evidence = reasons(&["Task failed ELB health checks in (target-group arn:x)"]);
    evidence.targets = owned(&[code]);
    of(&evidence)
}

#[test]
fn the_code_of_a_target_makes_its_health_check_more_precise_and_nothing_else() {
    let wanted = [
        ("Target.Timeout", "wrong port or blocked"),
        ("Target.FailedHealthChecks", "wrong port or blocked"),
        ("Target.ResponseCodeMismatch", "wrong answer"),
    ];
    for (code, end) in wanted {
        assert!(health_of(code).unwrap().name.ends_with(end), "{code}");
    }
    let mut pull = reasons(&["CannotPullContainerError: x: not found"]);
    pull.targets = owned(&["Target.Timeout"]);
    assert_eq!(name(&pull), "image not found");
    let only = Evidence {
        targets: owned(&["Target.Timeout"]),
        events: owned(&["(service shop) has started 1 tasks: (task 1)."]),
        ..Evidence::default()
    };
    assert_eq!(of(&only).unwrap().evidence, "Target.Timeout");
}

#[test]
fn missing_variables_come_first_each_by_its_name_and_without_the_logs_format() {
    let lines = [
        "Missing required environment variables: APP_NAME, SECRET_KEY",
        "  Missing required environment variables: APP_NAME, SECRET_KEY\n",
        r#"{"message":"Missing required environment variables: APP_NAME, SECRET_KEY\nPORT is blank"}"#,
        "2026-11-26T10:00:00Z ERROR Missing required environment variables: APP_NAME, SECRET_KEY",
    ];
    for line in lines {
        let mut evidence = died(
            1,
            &["exec format error", line, "PORT is blank: give it a value"],
        );
        evidence.reasons = owned(&["Task failed ELB health checks in (target-group arn:x)"]);
        let cause = of(&evidence).unwrap();
        assert_eq!(
            (
                cause.name.as_str(),
                cause.evidence.as_str(),
                cause.fix.as_str()
            ),
            (
                "missing variable",
                "Missing required environment variables: APP_NAME, SECRET_KEY",
                "set APP_NAME, SECRET_KEY in environment or secrets of the task definition",
            ),
            "{line}"
        );
    }
}

#[test]
fn the_log_is_heard_before_a_health_check_and_after_what_ecs_knows_for_certain() {
    let line = "java.lang.OutOfMemoryError: Java heap space";
    let mut evidence = died(137, &[line]);
    evidence.reasons = owned(&["Task failed ELB health checks in (target-group arn:x)"]);
    assert_eq!(name(&evidence), "out of heap memory");
    evidence.reasons = owned(&["OutOfMemoryError: Container killed due to memory usage"]);
    assert_eq!(name(&evidence), "out of memory");
}

#[test]
fn the_log_of_a_program_that_was_stopped_in_order_is_not_heard() {
    for code in [0, 143] {
        let mut evidence = died(code, &["FATAL:  database \"shop\" does not exist"]);
        evidence.reasons = owned(&["Task failed ELB health checks in (target-group arn:x)"]);
        assert_eq!(
            name(&evidence),
            "health check of the load balancer",
            "{code}"
        );
    }
}

#[test]
fn a_panic_is_told_with_its_message_and_a_particular_cause_before_it() {
    let place = "thread 'main' panicked at src/main.rs:5:10:";
    let cause = of(&died(
        101,
        &[place, "no orders today", "note: run with RUST_BACKTRACE=1"],
    ));
    assert_eq!(cause.unwrap().evidence, format!("{place} no orders today"));
    let why = "Err value: Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }";
    let cause = of(&died(101, &[place, why])).unwrap();
    assert_eq!(
        (cause.name.as_str(), cause.evidence.as_str()),
        ("port in use", why)
    );
}

#[test]
fn a_program_that_fails_by_itself_is_told_by_its_last_words_before_events_of_health_checks() {
    let mut evidence = died(1, &["starting", "cannot connect to the warehouse\n", " "]);
    evidence.events =
        owned(&["(service shop) is unhealthy in (target-group arn:x) due to (reason x)"]);
    let cause = of(&evidence).unwrap();
    assert_eq!(
        (cause.name.as_str(), cause.evidence.as_str()),
        (
            "the program ended with 1",
            "cannot connect to the warehouse"
        )
    );
}

#[test]
fn what_runtimes_add_behind_an_error_is_not_its_text() {
    let logs: [&[&str]; 4] = [
        &[
            "^",
            "",
            "Error: no config",
            "    at main (/app/index.js:3:7)",
            "",
            "Node.js v20.11.0",
        ],
        &[
            "Error: no config",
            "note: run with `RUST_BACKTRACE=1` environment variable",
        ],
        &[
            "Error: no config",
            "\tat com.example.Shop.main(Shop.java:3)",
            "\t... 12 more",
        ],
        &["\u{1b}[31mError: no config\u{1b}[0m"],
    ];
    for log in logs {
        assert_eq!(of(&died(1, log)).unwrap().evidence, "Error: no config");
    }
    assert_eq!(
        of(&died(1, &["Node.js v20.11.0"])).unwrap().evidence,
        "Node.js v20.11.0"
    );
}

#[test]
fn exit_codes_have_names() {
    let codes: [(&[i64], &str); 9] = [
        (&[0], "the program ended by itself"),
        (&[126], "program not executable"),
        (&[127], "program cannot be started"),
        (&[132], "crashed (SIGILL)"),
        (&[137], "killed (SIGKILL)"),
        (&[139], "crashed (SIGSEGV)"),
        (&[143], "stopped (SIGTERM)"),
        (&[143, 0, 3], "the program ended with 3"),
        (&[143, 0], "the program ended by itself"),
    ];
    for (codes, wanted) in codes {
        let evidence = Evidence {
            exit_codes: codes.to_vec(),
            ..Evidence::default()
        };
        let cause = of(&evidence).unwrap();
        assert_eq!(cause.name, wanted);
        assert!(cause.evidence.starts_with("exit code "));
    }
}

#[test]
fn what_ecs_says_whatever_the_cause_is_no_evidence() {
    let events = [
        "(service shop) has reached a steady state.",
        "(service shop) has started 1 tasks: (task 1).",
        "(service shop) registered 1 targets in (target-group arn:x)",
        "(service shop) (deployment ecs-svc/2) deployment failed: tasks failed to start.",
    ];
    let mut evidence = Evidence {
        events: owned(&events[..3]),
        ..Evidence::default()
    };
    assert_eq!(of(&evidence), None);
    evidence.events = owned(&events);
    let cause = of(&evidence).unwrap();
    assert_eq!(
        (cause.name.as_str(), cause.evidence.as_str()),
        ("unknown", events[3])
    );
}

#[test]
fn a_long_reason_is_read_to_its_end_and_shown_without_its_middle() {
    let arn = "arn:aws:secretsmanager:us-east-1:1:secret:shop/é ".repeat(20);
    let reason = format!(
        "ResourceInitializationError: unable to retrieve secret from asm:\n{arn}did not contain json key SECRET_KEY"
    );
    let cause = of(&reasons(&[&reason])).unwrap();
    assert_eq!(cause.name, "key missing from the secret");
    assert_eq!(cause.evidence, reason);
    let excerpt = cause.excerpt();
    assert_eq!(excerpt.chars().count(), 399);
    assert!(
        excerpt
            .starts_with("ResourceInitializationError: unable to retrieve secret from asm: arn:")
    );
    assert!(excerpt.contains(" […] "));
    assert!(excerpt.ends_with("did not contain json key SECRET_KEY"));
}

#[test]
fn an_excerpt_is_one_line_without_control_characters() {
    let cause = Cause {
        name: String::new(),
        evidence: "  a\r\n\u{1b}[31mb\t c\n".into(),
        fix: String::new(),
    };
    assert_eq!(cause.excerpt(), "a [31mb c");
}

#[test]
fn json_has_the_whole_evidence_and_the_fix() {
    let reason = format!("OutOfMemoryError: {}", "x".repeat(1000));
    let json = serde_json::to_value(of(&reasons(&[&reason]))).unwrap();
    let fix = "raise memory in the task definition, or find what grows";
    assert_eq!(
        json,
        serde_json::json!({ "name": "out of memory", "evidence": reason, "fix": fix })
    );
}
