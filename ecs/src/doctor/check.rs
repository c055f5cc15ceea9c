//! What a check says: a status, and what was found.

use schemars::JsonSchema;
use serde::Serialize;

/// From good to bad.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Pass,
    /// It may work, or could not be looked at.
    Warn,
    /// It cannot work, or lets in whom it should not.
    Fail,
    /// Not looked at, since an earlier check has failed.
    Skipped,
}

/// One of the five.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Check {
    /// Its place in the debug order, from 1.
    pub number: u8,
    /// What it is about.
    pub name: &'static str,
    /// The worst of its findings.
    pub status: Status,
    /// The check that has to be mended first, if this one was skipped.
    pub blocked_by: Option<u8>,
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
    /// What mends it: a command, or what to change.
    pub mend: Option<String>,
}

impl Check {
    pub(super) fn of(number: u8, name: &'static str, findings: Vec<Finding>) -> Self {
        let mut check = Self {
            number,
            name,
            status: Status::Pass,
            blocked_by: None,
            findings,
        };
        check.update();
        check
    }

    pub(super) fn blocked(number: u8, name: &'static str, by: u8) -> Self {
        Self {
            number,
            name,
            status: Status::Skipped,
            blocked_by: Some(by),
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.update();
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
    pub(super) fn pass(text: impl Into<String>) -> Self {
        Self {
            status: Status::Pass,
            text: text.into(),
            mend: None,
        }
    }

    pub(super) fn warn(text: impl Into<String>) -> Self {
        Self {
            status: Status::Warn,
            text: text.into(),
            mend: None,
        }
    }

    pub(super) fn fail(text: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            status: Status::Fail,
            text: text.into(),
            mend: Some(mend.into()),
        }
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}
