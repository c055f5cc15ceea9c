//! What is there before a test asks.

use super::{Changed, FakeCloudFormation, Status, Whose};
use std::cell::RefCell;

impl FakeCloudFormation {
    pub(crate) fn without_stack() -> Self {
        Self {
            status: None,
            parameters: vec![("Image", "me/shop:1"), ("DesiredCount", "2")],
            change_set_fails: None,
            others: Vec::new(),
            is_change_set_made: true,
            changes: vec![("Modify", "AWS::ECS::Service", "", "Conditional")],
            weights: Vec::new(),
            script: vec![
                (10, Status::Event("Service", "CREATE_COMPLETE", "")),
                (20, Status::Stack("CREATE_COMPLETE")),
            ],
            tagged: Vec::new(),
            deleted: Vec::new(),
            desired_count: None,
            is_protected: false,
            template: include_str!("../../../../stack.yaml"),
            refused: &[],
            garbled: None,
            begun: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    pub(crate) fn with_stack(status: &'static str) -> Self {
        Self {
            status: Some(status),
            ..Self::without_stack()
        }
    }

    pub(crate) fn whose_change_set_fails(mut self, why: &'static str) -> Self {
        self.change_set_fails = Some(why);
        self
    }

    pub(crate) fn whose_change_set_is_never_made(mut self) -> Self {
        self.is_change_set_made = false;
        self
    }

    /// Others have made change sets of these names.
    pub(crate) fn planned_as(mut self, names: &[&'static str]) -> Self {
        self.others = names.to_vec();
        self
    }

    pub(crate) fn with_parameters(mut self, parameters: &[(&'static str, &'static str)]) -> Self {
        self.parameters = parameters.to_vec();
        self
    }

    pub(crate) fn whose_change_set_has(mut self, changes: &[Changed]) -> Self {
        self.changes = changes.to_vec();
        self
    }

    /// With a service whose deployments shift requests between the groups One and Two, by a rule with these weights.
    pub(crate) fn with_weights(mut self, one: u32, two: u32) -> Self {
        self.weights = vec![("One", one), ("Two", two)];
        self
    }

    pub(crate) fn ending_in(mut self, script: &[(u64, Status)]) -> Self {
        self.script = script.to_vec();
        self
    }

    pub(crate) fn with_tagged(self, arns: &[&'static str]) -> Self {
        self.with_tags_of(Whose::Stack, arns)
    }

    pub(crate) fn with_tags_of(mut self, whose: Whose, arns: &[&'static str]) -> Self {
        self.tagged.extend(arns.iter().map(|arn| (*arn, whose)));
        self
    }

    /// Where stacks of this name were, which ended then and whose tags had these keys.
    pub(crate) fn having_deleted(mut self, stacks: &[(&'static str, &'static str)]) -> Self {
        self.deleted = stacks.to_vec();
        self
    }

    /// With a service that wants so many tasks.
    pub(crate) fn wanting(mut self, count: u32) -> Self {
        self.desired_count = Some(count);
        self
    }

    pub(crate) fn protected(mut self) -> Self {
        self.is_protected = true;
        self
    }

    pub(crate) fn with_template(mut self, template: &'static str) -> Self {
        self.template = template;
        self
    }

    /// These operations are not allowed.
    pub(crate) fn refusing(mut self, operations: &'static [&'static str]) -> Self {
        self.refused = operations;
        self
    }

    /// This operation is answered by a web page.
    pub(crate) fn garbling(mut self, operation: &'static str) -> Self {
        self.garbled = Some((operation, None));
        self
    }

    /// The same only once the change has begun, for so many seconds.
    pub(crate) fn garbling_at_first(mut self, operation: &'static str, seconds: u64) -> Self {
        self.garbled = Some((operation, Some(seconds)));
        self
    }
}
