//! Every finding beside the others: none hides behind another one, and the five classic mistakes hide none.

use super::breaks::{self, Break};
use super::{broken, report, tasks, text};
use ecs::doctor::{CheckId, Report, Status};
use ecs::facts::Facts;

/// What is to be found beside the classic mistakes, and what is said.
fn all() -> impl Iterator<Item = (Break, &'static str)> {
    let failures = tasks::BREAKS.iter().chain(tasks::ALONE);
    let failures = failures.map(|(_, breaks, said)| (*breaks, *said));
    failures.chain(tasks::WARNINGS.iter().copied())
}

/// Where a break alone is told, and if that is about a target group.
fn told_alone(breaks: Break, said: &str) -> (CheckId, bool) {
    let report = report(&broken(&[breaks]));
    for check in &report.checks {
        let mut findings = check.findings.iter();
        if let Some(finding) = findings.find(|it| it.text.contains(said)) {
            return (check.id, finding.group.is_some());
        }
    }
    panic!("{said}: {}", text(&report))
}

/// If it is told in any words, or stands on what is told to be broken.
fn is_told(report: &Report, (id, is_of_group): (CheckId, bool)) -> bool {
    let check = report.check(id);
    let is_attached = !text(report).contains("is attached to no load balancer");
    check.status == Status::Skipped
        || check.findings.iter().any(|it| it.status != Status::Pass)
        || (is_of_group && !is_attached)
}

#[test]
fn with_one_of_the_classic_mistakes_each_is_told_as_well() {
    for (name, classic) in breaks::CLASSIC {
        for (breaks, said) in all() {
            let report = report(&broken(&[breaks, *classic]));
            assert!(!report.ok, "{name}, {said}");
            assert!(
                is_told(&report, told_alone(breaks, said)),
                "{name}, {said}: {}",
                text(&report)
            );
        }
    }
}

#[test]
fn with_all_of_the_classic_mistakes_each_is_told_as_well() {
    let classic = |facts: &mut Facts| breaks::CLASSIC.iter().for_each(|(_, breaks)| breaks(facts));
    for (breaks, said) in all() {
        let mut facts = broken(&[breaks]);
        classic(&mut facts);
        let report = report(&facts);
        assert_eq!(report.cause, Some(CheckId::ImageExists));
        assert!(
            is_told(&report, told_alone(breaks, said)),
            "{said}: {}",
            text(&report)
        );
    }
}

#[test]
fn of_any_two_both_are_told() {
    let all: Vec<_> = all()
        .map(|(breaks, said)| (breaks, said, told_alone(breaks, said)))
        .collect();
    for (index, (first, said_first, told_first)) in all.iter().enumerate() {
        for (second, said_second, told_second) in &all[index + 1..] {
            let report = report(&broken(&[*first, *second]));
            for told in [*told_first, *told_second] {
                assert!(
                    is_told(&report, told),
                    "{said_first}, {said_second}: {}",
                    text(&report)
                );
            }
        }
    }
}

#[test]
fn every_fix_can_be_pasted_and_names_what_is_there() {
    let classic = breaks::CLASSIC.iter().map(|(_, breaks)| *breaks);
    let others = breaks::BREAKS
        .iter()
        .chain(breaks::ALONE)
        .map(|(_, breaks, _)| *breaks);
    let warnings = breaks::WARNINGS.iter().map(|(breaks, _)| *breaks);
    let all = all()
        .map(|(breaks, _)| breaks)
        .chain(classic)
        .chain(others)
        .chain(warnings);
    for breaks in all {
        let report = report(&broken(&[breaks]));
        let findings = report.checks.iter().flat_map(|check| &check.findings);
        for fix in findings.filter_map(|finding| finding.fix.as_deref()) {
            // A redirection, a second command, or what the shell puts in.
            assert!(!fix.contains(['<', '>', '`', '$', '(', ';']), "{fix}");
            assert!(!fix.contains("  ") && !fix.ends_with(' '), "{fix}");
        }
    }
}
