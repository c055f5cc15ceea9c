//! What a check says: a status, and what was found.

use super::CheckId;
use crate::facts::Fault;
use schemars::JsonSchema;
use serde::Serialize;

/// From good to bad.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Pass,
    /// It may work.
    Warn,
    /// It could not be looked at, or not all of it.
    Unknown,
    /// It cannot work, or lets in whom it should not.
    Fail,
    /// Not looked at, since an earlier check has failed.
    Skipped,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Concern {
    /// It cannot work without a fix.
    #[default]
    Works,
    /// It works, but lets in whom it should not.
    Exposure,
    /// It works until a task is to be replaced.
    Replacement,
    /// AWS does not take such a definition. Of one that it has taken, that is no matter.
    Definition,
}

/// What a finding has to do with tasks that do not start.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Start {
    /// Nothing.
    #[default]
    Unrelated,
    /// It is what one sees of them, whatever keeps them from it.
    Symptom,
    /// It keeps them from it.
    Obstacle,
}

/// A part of the way from the clients to the image.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// The way from the clients to the load balancer with this ARN.
    Listeners(String),
    /// The load balancer with this ARN.
    Balancer(String),
    /// The tasks.
    Tasks,
    /// The way from the tasks to the registry.
    Pull,
    /// The image of the container of this name.
    Image(String),
}

/// One of the checks.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Check {
    /// Its place in the debug order, from 1.
    #[serde(rename = "number")]
    pub id: CheckId,
    /// What it is about.
    pub name: &'static str,
    /// The worst of its findings.
    pub status: Status,
    /// The check that has to be fixed first, if this one was skipped.
    pub blocked_by: Option<CheckId>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One thing that was found.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Finding {
    /// How it is.
    pub status: Status,
    /// The evidence, in a sentence.
    pub text: String,
    /// What fixes it: a command, or what to change.
    pub fix: Option<String>,
    /// What it is about.
    #[serde(skip)]
    pub concern: Concern,
    /// What it has to do with tasks that do not start.
    #[serde(skip)]
    pub(super) start: Start,
    /// The ARN of the target group that it is about, if it is about one.
    #[serde(skip)]
    pub group: Option<String>,
    /// The part that it is about, if that is neither the group nor the one that its check mostly looks at.
    #[serde(skip)]
    pub(super) part: Option<Part>,
}

impl Check {
    pub(super) fn of(id: CheckId, findings: Vec<Finding>) -> Self {
        let mut check = Self {
            id,
            name: id.name(),
            status: Status::Pass,
            blocked_by: None,
            findings,
        };
        check.update();
        check
    }

    pub(super) fn blocked(id: CheckId, by: CheckId) -> Self {
        Self {
            id,
            name: id.name(),
            status: Status::Skipped,
            blocked_by: Some(by),
            findings: Vec::new(),
        }
    }

    /// The findings that have failed.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.status == Status::Fail)
    }

    /// Makes warnings of the failures for which this holds.
    pub(super) fn soften(&mut self, is_no_obstacle: impl Fn(&Finding) -> bool) {
        for finding in &mut self.findings {
            if finding.status == Status::Fail && is_no_obstacle(finding) {
                finding.status = Status::Warn;
            }
        }
        self.update();
    }

    /// Leaves it out, and says why.
    pub(super) fn skip(&mut self, why: String) {
        self.findings = vec![Finding::warn(why)];
        self.status = Status::Skipped;
    }

    /// Takes over what another run has found.
    pub(super) fn merge(&mut self, other: Self) {
        for finding in other.findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        self.blocked_by = self.blocked_by.or(other.blocked_by);
        self.update();
    }

    fn update(&mut self) {
        let worst = self.findings.iter().map(|finding| finding.status).max();
        let own = if self.blocked_by.is_some() {
            Status::Skipped
        } else {
            Status::Pass
        };
        // What failed in one of two runs has failed, though the other was blocked.
        self.status = worst
            .filter(|worst| *worst == Status::Fail || own == Status::Pass)
            .unwrap_or(own);
    }
}

impl Finding {
    fn new(status: Status, text: String) -> Self {
        Self {
            status,
            text,
            fix: None,
            concern: Concern::default(),
            start: Start::default(),
            group: None,
            part: None,
        }
    }

    pub(super) fn pass(text: impl Into<String>) -> Self {
        Self::new(Status::Pass, text.into())
    }

    pub(super) fn warn(text: impl Into<String>) -> Self {
        Self::new(Status::Warn, text.into())
    }

    pub(super) fn unknown(text: impl Into<String>) -> Self {
        Self::new(Status::Unknown, text.into())
    }

    pub(super) fn fail(text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Status::Fail, text.into()).fix(fix)
    }

    /// What is wrong in a file.
    pub(super) fn of_file(fault: &Fault) -> Self {
        let status = if fault.is_failure {
            Status::Fail
        } else {
            Status::Warn
        };
        let finding = Self::new(status, fault.text.clone()).fix(&fault.fix);
        finding.definition()
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub(super) fn exposure(mut self) -> Self {
        self.concern = Concern::Exposure;
        self
    }

    pub(super) fn definition(mut self) -> Self {
        self.concern = Concern::Definition;
        self
    }

    pub(super) fn replacement(mut self) -> Self {
        self.concern = Concern::Replacement;
        self
    }

    pub(super) fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    pub(super) fn of_group(mut self, arn: &str) -> Self {
        self.group = Some(arn.to_owned());
        self
    }

    pub(super) fn at(mut self, part: Part) -> Self {
        self.part = Some(part);
        self
    }
}
