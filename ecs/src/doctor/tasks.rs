//! Check 6: what else keeps tasks from starting, from living, or from being replaced.

use super::fargate::{self, Wrong};
use super::{
    CheckId, Finding, Part, contract, logs, names, refused, replaced, secrets, stop, timing,
};
use crate::facts::Facts;
use crate::placeholder;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let is_known = !facts.lacks_definition;
    let of_fargate = size(facts).into_iter().chain(network(facts));
    let of_fargate = of_fargate.filter(|_| is_known);
    let of_fargate = of_fargate.map(|it| it.at(Part::Tasks));
    let mut findings: Vec<Finding> = of_fargate.collect();
    findings.extend(refused::findings(facts));
    findings.extend(contract::findings(facts));
    findings.extend(names::findings(facts));
    findings.extend(logs::findings(facts));
    findings.extend(secrets::findings(facts));
    findings.extend(timing::findings(facts));
    findings.extend(stop::findings(facts));
    findings.extend(replaced::findings(facts));
    let is_faulty = facts.faults.iter().any(|it| it.check == CheckId::Tasks);
    if findings.is_empty() && !is_faulty && is_known {
        findings.push(Finding::pass("nothing else speaks against it"));
    }
    findings
}

/// Fargate has no machine whose network a task could use.
fn network(facts: &Facts) -> Option<Finding> {
    let mode = facts.definition.network_mode.as_deref();
    let is_open = mode.is_some_and(|mode| placeholder::first(mode).is_some());
    if !facts.is_on_fargate() || is_open || mode == Some("awsvpc") {
        return None;
    }
    let text = match mode {
        Some(mode) => format!("the definition has the networkMode {mode}"),
        None => "the definition has no networkMode, which means bridge".into(),
    };
    let text = format!("{text}, and Fargate runs tasks with awsvpc alone");
    Some(Finding::fail(text, "set networkMode to awsvpc").definition())
}

fn size(facts: &Facts) -> Option<Finding> {
    let definition = &facts.definition;
    if !facts.is_on_fargate() {
        return None;
    }
    let (Some(cpu), Some(memory)) = (&definition.cpu, &definition.memory) else {
        let text = "the definition gives the task no cpu or no memory, which Fargate asks for";
        return Some(Finding::fail(text, "set cpu to 256 and memory to 512, or more").definition());
    };
    let is_open = |text: &str| placeholder::first(text).is_some();
    if is_open(cpu) || is_open(memory) {
        return None;
    }
    let asked = format!("task of cpu {cpu} and memory {memory}");
    match fargate::size(cpu, memory) {
        Ok(()) => None,
        Err(Wrong::NoSize(text)) => Some(Finding::unknown(format!(
            "invalid size {text:?}, or one that only AWS can resolve"
        ))),
        Err(Wrong::Nearest(units, mib)) => Some(
            Finding::fail(
                format!("Fargate has no {asked}"),
                format!("the nearest is cpu {units} with memory {mib}"),
            )
            .definition(),
        ),
        Err(Wrong::Larger) => Some(Finding::unknown(format!(
            "whether Fargate has a {asked} is unknown: that is larger than all that this tool knows"
        ))),
    }
}
