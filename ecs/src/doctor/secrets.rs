//! The part of check 6 that looks at secrets which the tasks' own region or account does not have.

use super::{Finding, Part};
use crate::aws::Arn;
use crate::facts::{Container, Facts, Home, Secret};
use crate::stand_in::has_any_account;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let home = facts.home();
    let containers = facts.definition.container_definitions.iter();
    let secrets = containers.flat_map(Container::all_secrets);
    let mut told = BTreeSet::new();
    let once = secrets.filter(|secret| told.insert((&secret.name, &secret.value_from)));
    let once: Vec<&Secret> = once.collect();
    let findings = once.iter().filter_map(|secret| {
        // In a file, one account stands for any.
        let is_open = !facts.is_made && has_any_account(&secret.value_from);
        let mut home = home.clone();
        home.account = home.account.filter(|_| !is_open);
        elsewhere(secret, &home)
    });
    let mut findings: Vec<Finding> = findings.collect();
    if home.region.is_none() {
        let of = |home: Home| home.region;
        let fix = "check again with --region and the region of the tasks";
        findings.extend(unplaced(&once, of, "").map(|it| it.fix(fix)));
    }
    if home.account.is_none() {
        findings.extend(unplaced(&once, |home| home.account, "the account "));
    }
    findings.into_iter().map(|it| it.at(Part::Tasks)).collect()
}

/// What the ARNs say of secrets' places, where nothing says it of the tasks': of two that differ, one is elsewhere.
fn unplaced(
    secrets: &[&Secret],
    of: impl Fn(Home) -> Option<String>,
    kind: &str,
) -> Option<Finding> {
    let mut places: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for secret in secrets {
        if let Some(place) = of(Home::of_arn(&secret.value_from)) {
            places.entry(place).or_default().insert(&secret.name);
        }
    }
    let each = places.iter().map(|(place, names)| {
        let names: Vec<&str> = names.iter().copied().collect();
        format!("{} is of {kind}{place}", values_of(&names))
    });
    let each: Vec<String> = each.collect();
    let text = each.join(", ");
    match each.len() {
        0 => None,
        1 => Some(Finding::unknown(format!(
            "{text}; whether the tasks are there is unknown"
        ))),
        _ => Some(Finding::warn(format!(
            "{text}: at least one is not where the tasks are"
        ))),
    }
}

fn values_of(names: &[&str]) -> String {
    format!("the value of {}", names.join(" and of "))
}

/// A parameter's name alone is of the same region and account.
fn elsewhere(secret: &Secret, home: &Home) -> Option<Finding> {
    let own = Home::of_arn(&secret.value_from);
    let other = |own: Option<String>, home: &Option<String>| {
        let (own, home) = (own?, home.clone()?);
        (own != home).then_some((own, home))
    };
    let name = &secret.name;
    let is_of_account = own.account.is_none() || own.account == home.account;
    let region = other(own.region, &home.region).map(|(own, region)| {
        // What is somebody else's, only they can copy.
        let arn = Arn::parse(&secret.value_from);
        let fix = match arn.and_then(|arn| arn.secret()).filter(|_| is_of_account) {
            Some(id) => format!(
                "name the ARN of its replica, which this makes: aws secretsmanager replicate-secret-to-regions \
                 --region {own} --secret-id {id} --add-replica-regions Region={region}"
            ),
            None => format!("keep a copy of it in {region}, and name that"),
        };
        let text = format!(
            "the value of {name} is of {own}, and the tasks are in {region}: they start only while both are up"
        );
        (text, fix)
    });
    let account = other(own.account, &home.account).map(|(own, account)| {
        let text = format!(
            "the value of {name} is of the account {own}, and the tasks are of {account}: they start only if that \
             account lets their execution role read it"
        );
        let fix = "let its resource policy and its key's let the execution role in, or keep it in this account";
        (text, fix.to_owned())
    });
    let (texts, fixes): (Vec<String>, Vec<String>) = region.into_iter().chain(account).unzip();
    (!texts.is_empty()).then(|| Finding::warn(texts.join("; ")).fix(fixes.join(", and ")))
}
