//! What expressions refer to. Ids and ARNs of what is yet to be made are unknown in a plan, so the way to the resource that they are of
//! goes through its configuration: inputs and outputs of modules, `count` and `for_each`.

use super::planned::{Planned, Resources, items, text};
use serde_json::Value;

/// A chain of modules is hardly as long.
const DEEPEST: usize = 20;

/// Where an expression leads to.
#[derive(Default)]
pub(super) struct Targets<'r, 'a> {
    /// Resources of the kinds that are looked for, each once.
    pub(super) resources: Vec<&'r Planned<'a>>,
    /// The first reference whose way a plan does not have, such as a local value.
    pub(super) lost: Option<String>,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    module: usize,
    /// What `each` goes through there.
    each: &'a Value,
    /// So many modules more are looked into.
    left: usize,
}

/// The search for resources of some kinds.
pub(super) struct Search<'r, 'a> {
    pub(super) resources: &'r Resources<'a>,
    pub(super) kinds: &'static [&'static str],
    /// What has the expression, and so the meaning of `each`.
    pub(super) of: &'r Planned<'a>,
}

impl<'r, 'a> Search<'r, 'a> {
    pub(super) fn targets(&self, expression: &Value) -> Targets<'r, 'a> {
        let mut targets = Targets::default();
        let place = Place {
            module: self.of.module,
            each: &self.of.config["for_each_expression"],
            left: DEEPEST,
        };
        self.follow(expression, place, &mut targets);
        targets
    }

    fn follow(&self, expression: &Value, place: Place<'a>, targets: &mut Targets<'r, 'a>) {
        let Some(left) = place.left.checked_sub(1) else {
            return;
        };
        let at = |module, each| Place { module, each, left };
        for reference in most_exact(expression) {
            let mut parts = parts(reference);
            let first = parts.next().unwrap_or_default();
            let second = parts.next().unwrap_or_default();
            match first {
                "var" => {
                    let own = self.resources.module(place.module);
                    self.follow(&own.inputs[second], at(own.caller, own.each), targets);
                }
                "module" => {
                    let output = parts.next().unwrap_or_default();
                    for called in self.resources.called(place.module, second) {
                        let output = self.resources.module(called).output(output);
                        self.follow(output, at(called, &Value::Null), targets);
                    }
                }
                "each" if second == "value" => {
                    self.follow(place.each, at(place.module, &Value::Null), targets);
                }
                "count" | "each" | "path" | "self" | "terraform" => {}
                "local" | "data" => {
                    targets.lost.get_or_insert_with(|| reference.to_owned());
                }
                kind if self.kinds.contains(&kind) => {
                    self.add(place.module, &format!("{kind}.{second}"), targets);
                }
                _ => {}
            }
        }
    }

    fn add(&self, module: usize, name: &str, targets: &mut Targets<'r, 'a>) {
        let found = self.resources.named(module, name);
        // `aws_subnet.this[each.key]` is told without the key.
        let own: Vec<_> = found
            .iter()
            .filter(|it| it.index == self.of.index && !it.index.is_null())
            .copied()
            .collect();
        let meant = if own.len() == 1 && found.len() > 1 {
            own
        } else {
            found
        };
        for it in meant {
            if !targets
                .resources
                .iter()
                .any(|other| other.address == it.address)
            {
                targets.resources.push(it);
            }
        }
    }
}

/// The references of an expression, or of all in it, without those that only say less of the one before.
fn most_exact(expression: &Value) -> Vec<&str> {
    let mut exact: Vec<&str> = Vec::new();
    match expression {
        Value::Object(members) => match members.get("references") {
            Some(references) => {
                for reference in items(references).map(text) {
                    let is_less = |it: &&str| {
                        let rest = it.strip_prefix(reference);
                        rest.is_some_and(|rest| rest.starts_with(['.', '[']))
                    };
                    if !exact.last().is_some_and(is_less) && !exact.contains(&reference) {
                        exact.push(reference);
                    }
                }
            }
            None => exact.extend(members.values().flat_map(most_exact)),
        },
        Value::Array(items) => exact.extend(items.iter().flat_map(most_exact)),
        _ => {}
    }
    exact
}

/// A reference at its dots, but for those within brackets: `aws_lb.this["a.b"].arn`.
fn parts(reference: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    reference.split(move |c| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '.' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reference_is_told_with_all_that_it_is_in_and_counts_once() {
        let expression = json!({ "references": [
            "var.network", "aws_subnet.this[\"a.b\"].id", "aws_subnet.this[\"a.b\"]", "aws_subnet.this", "var.network.id",
            "var.network",
        ] });
        let exact = [
            "var.network",
            "aws_subnet.this[\"a.b\"].id",
            "var.network.id",
        ];
        assert_eq!(most_exact(&expression), exact);
        let parts: Vec<&str> = parts(exact[1]).collect();
        assert_eq!(parts, ["aws_subnet", "this[\"a.b\"]", "id"]);
    }
}
