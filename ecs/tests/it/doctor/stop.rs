//! Whether ECS waits as long as the server takes to stop.

use super::sound::files;
use super::{report, text};
use ecs::facts::{Facts, Variable};

fn with(name: &str, value: &str, stop_timeout: Option<u32>) -> Facts {
    let mut facts = files();
    let app = &mut facts.definition.container_definitions[0];
    let (name, value) = (name.into(), value.into());
    app.environment.push(Variable { name, value });
    app.stop_timeout = stop_timeout;
    facts
}

#[test]
fn a_stop_that_is_longer_than_ecs_waits_is_told_with_the_time_that_it_takes() {
    let cases: [(&str, &str, Option<u32>, &str, &str); 8] = [
        (
            "DUALRUN_DRAIN_TIMEOUT",
            "27s 1ms",
            None,
            "up to 31 s to stop (DUALRUN_LAME_DUCK and DUALRUN_DRAIN_TIMEOUT together), and ECS kills it after 30 s (the default of stopTimeout)",
            "set stopTimeout of app to 32",
        ),
        (
            "DUALRUN_LAME_DUCK",
            "97s",
            Some(30),
            "up to 119 s to stop",
            "set stopTimeout of app to 120",
        ),
        (
            "DUALRUN_LAME_DUCK",
            "98s",
            Some(30),
            "up to 120 s to stop",
            "set stopTimeout of app to 120",
        ),
        (
            "DUALRUN_DRAIN_TIMEOUT",
            "10m",
            Some(120),
            "up to 603 s to stop",
            "lower DUALRUN_DRAIN_TIMEOUT, since Fargate waits 120 s at most",
        ),
        (
            "DUALRUN_LAME_DUCK",
            "200s",
            Some(120),
            "up to 222 s to stop",
            "lower DUALRUN_LAME_DUCK, since Fargate waits 120 s at most",
        ),
        // Either alone would fit.
        (
            "DUALRUN_DRAIN_TIMEOUT",
            "118s",
            Some(120),
            "up to 121 s to stop",
            "lower DUALRUN_LAME_DUCK or DUALRUN_DRAIN_TIMEOUT, since Fargate waits 120 s at most",
        ),
        (
            "DUALRUN_LAME_DUCK",
            "${LameDuck}",
            Some(30),
            "was not checked: DUALRUN_LAME_DUCK has a value that is not known here",
            "",
        ),
        // The contract's part tells of it.
        ("DUALRUN_LAME_DUCK", "soon", Some(1), "", ""),
    ];
    for (name, value, stop_timeout, said, fix) in cases {
        let text = text(&report(&with(name, value, stop_timeout)));
        assert!(text.contains(said) && text.contains(fix), "{said}: {text}");
        assert_eq!(text.contains("to stop"), said.contains("to stop"), "{text}");
    }
}

#[test]
fn only_fargate_has_a_most_that_it_waits() {
    let mut facts = with("DUALRUN_DRAIN_TIMEOUT", "10m", Some(120));
    facts.definition.requires_compatibilities.clear();
    facts.service.launch_type = Some("EC2".into());
    let text = text(&report(&facts));
    assert!(text.contains("set stopTimeout of app to 604"), "{text}");
}

#[test]
fn a_stop_as_long_as_ecs_waits_is_sound_and_so_is_any_of_another_program() {
    let mut other = with("MODE", "batch", Some(2));
    other.definition.container_definitions[0].health_check = None;
    for facts in [with("DUALRUN_DRAIN_TIMEOUT", "87s", Some(90)), other] {
        let text = text(&report(&facts));
        assert!(!text.contains("to stop"), "{text}");
    }
}
