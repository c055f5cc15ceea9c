//! The checks on facts: each broken alone and in pairs, and nothing to complain about where all is sound.

mod breaks;
mod change;
mod combined;
mod contract;
mod health;
mod in_files;
mod networks;
mod open;
mod picture;
mod sound;
mod sound_tasks;
mod stop;
mod strategies;
mod tasks;
mod templates;

use breaks::{ALONE, Break};
use ecs::doctor::{CheckId, Report, Status, examine};
use ecs::facts::{Extent, Facts};
use sound::{files, live};

fn all_breaks() -> impl Iterator<Item = &'static (CheckId, Break, &'static str)> {
    breaks::BREAKS.iter().chain(tasks::BREAKS)
}

fn report(facts: &Facts) -> Report {
    examine(std::slice::from_ref(facts), "service shop in cluster shop")
}

fn text(report: &Report) -> String {
    anstream::adapter::strip_str(&report.to_string()).to_string()
}

#[test]
fn a_sound_set_up_has_nothing_to_complain_about() {
    let others = breaks::SOUND.iter().chain(sound_tasks::SOUND);
    let others = others.map(|otherwise| broken(&[*otherwise]));
    for facts in [files(), live()].into_iter().chain(others) {
        let report = report(&facts);
        assert!(report.ok);
        for check in &report.checks {
            assert_eq!(check.status, Status::Pass, "{}", text(&report));
            assert!(
                !check.findings.is_empty(),
                "{} gives no evidence",
                check.name
            );
        }
    }
}

#[test]
fn each_check_that_is_broken_alone_is_named_as_the_cause() {
    for (id, breaks, said) in all_breaks().chain(ALONE).chain(tasks::ALONE) {
        let facts = broken(&[*breaks]);
        let report = report(&facts);
        let text = text(&report);
        assert_eq!(report.cause, Some(*id), "{said}: {text}");
        assert!(text.contains(said), "{said}: {text}");
        for finding in report.check(*id).failures() {
            let fix = finding.fix.as_deref();
            let fix = fix.unwrap_or_else(|| panic!("{} says no way to fix it", finding.text));
            // A shell would make a file of it.
            assert!(!fix.contains(['<', '>']), "{fix}");
        }
    }
}

#[test]
fn of_two_that_are_broken_the_first_is_the_cause_and_the_second_is_still_told() {
    for (first, breaks_first, _) in all_breaks() {
        for (second, breaks_second, said) in all_breaks().filter(|(second, ..)| second > first) {
            let report = report(&broken(&[*breaks_first, *breaks_second]));
            let text = text(&report);
            // That no task is there is no cause where it is known what keeps them from starting.
            let is_symptom = text.contains("no task is registered") && said.contains("log group");
            let cause = if is_symptom { second } else { first };
            assert_eq!(report.cause, Some(*cause), "{said}: {text}");
            let check = report.check(*second);
            let is_told = match check.status {
                Status::Skipped => check.blocked_by == Some(*first),
                // By what an earlier break has changed, it may be no more than a warning.
                status => status != Status::Pass,
            };
            assert!(is_told, "{said}: {text}");
        }
    }
}

fn broken(breaks: &[fn(&mut Facts)]) -> Facts {
    let mut facts = live();
    for breaks in breaks {
        breaks(&mut facts);
    }
    facts
}

/// The classic failures, as the doctor prints them and `docs/checklist.md` shows them.
#[test]
fn the_classic_failures_read_well() {
    let page = include_str!("../../../../docs/checklist.md");
    for (name, breaks) in breaks::CLASSIC {
        let report = report(&broken(&[*breaks]));
        insta::assert_snapshot!(*name, text(&report));
        let findings = report.checks.iter().flat_map(|check| &check.findings);
        for finding in findings.filter(|finding| finding.status == Status::Fail) {
            assert!(page.contains(&finding.text), "{}", finding.text);
        }
    }
    insta::assert_snapshot!("sound", text(&report(&live())));
}

#[test]
fn what_could_not_be_read_is_unknown_and_neither_sound_nor_broken() {
    type Forget = fn(&mut Facts);
    let reads: [(CheckId, Forget); 4] = [
        (CheckId::ImageName, |facts| facts.running.clear()),
        (CheckId::Attachment, |facts| {
            facts.target_groups.clear();
            facts.balancers.clear();
        }),
        (CheckId::Attachment, |facts| facts.balancers.clear()),
        (CheckId::SecurityGroups, |facts| facts.groups.clear()),
    ];
    for (check, forget) in reads {
        let mut facts = live();
        forget(&mut facts);
        facts.note_unknown(check, Extent::Part, "what it needs was refused");
        let report = report(&facts);
        assert!(report.ok, "{}", text(&report));
        assert_eq!(report.check(check).status, Status::Unknown);
        assert!(text(&report).contains("what it needs was refused"));
        // Without its balancer, there is no chain to be looked at.
        let chain = report.check(CheckId::SecurityGroups);
        assert_ne!(
            chain.status == Status::Pass,
            facts.balancers.is_empty() || check == CheckId::SecurityGroups
        );
    }
}

#[test]
fn a_parked_service_is_not_ill() {
    let mut facts = live();
    facts.service.desired_count = Some(0);
    facts.service.load_balancers.clear();
    facts.target_groups.clear();
    facts.balancers.clear();
    let report = report(&facts);
    assert!(report.ok, "{}", text(&report));
    assert!(text(&report).contains("the service is parked"));
    assert_eq!(
        report.check(CheckId::SecurityGroups).blocked_by,
        Some(CheckId::Attachment)
    );
}

#[test]
fn what_is_only_unknown_or_may_work_does_not_fail() {
    for (breaks, said) in breaks::WARNINGS.iter().chain(tasks::WARNINGS) {
        let report = report(&broken(&[*breaks]));
        let text = text(&report);
        assert!(report.ok, "{text}");
        assert!(
            text.contains(said) && (text.contains("WARN") || text.contains("UNKNOWN")),
            "{said}: {text}"
        );
    }
}
