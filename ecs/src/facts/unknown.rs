//! What could not be known, by the check that lacks it.

use super::Facts;
use crate::doctor::CheckId;

/// Something that is not known.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The check that lacks it.
    pub check: CheckId,
    /// Why.
    pub why: String,
    /// What the check can say without it.
    pub extent: Extent,
}

/// What a check can say without something that is not known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    /// All the same: it is taken for granted, and hides no failure.
    Assumed,
    /// What stands on the rest. It may hide a failure.
    Part,
    /// Nothing.
    Whole,
}

impl Facts {
    /// Notes what a check lacks, once.
    pub fn note_unknown(&mut self, check: CheckId, extent: Extent, why: impl Into<String>) {
        let why = why.into();
        let mut all = self.unknown.iter();
        if !all.any(|it| (it.check, it.extent) == (check, extent) && it.why == why) {
            self.unknown.push(Unknown { check, why, extent });
        }
    }

    /// Notes that nothing is known of the task definition. What keeps tasks from starting is for a part in the service.
    pub fn lack_definition(&mut self, why: &str) {
        self.lacks_definition = true;
        let of_image = [
            CheckId::ImageExists,
            CheckId::ImageName,
            CheckId::ContainerPort,
        ];
        for check in of_image {
            self.note_unknown(check, Extent::Whole, why);
        }
        self.note_unknown(CheckId::Tasks, Extent::Part, why);
    }

    /// What a check lacks, if that may hide a failure, and why.
    pub fn unknown_to(&self, check: CheckId) -> impl Iterator<Item = &str> {
        let lacking = self.lacking(check);
        let lacking = lacking.filter(|it| it.extent != Extent::Assumed);
        lacking.map(|it| it.why.as_str())
    }

    /// All that a check lacks.
    pub fn lacking(&self, check: CheckId) -> impl Iterator<Item = &Unknown> {
        self.unknown.iter().filter(move |it| it.check == check)
    }

    /// If a check lacks something to this extent.
    pub fn lacks(&self, check: CheckId, extent: Extent) -> bool {
        self.lacking(check).any(|it| it.extent == extent)
    }
}
