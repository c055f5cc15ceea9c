//! Where tasks run, as far as that is known.

use super::TaskDefinition;
use std::collections::BTreeSet;

/// A region and an account. What is not known is left out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Home {
    /// Such as `us-east-1`.
    pub region: Option<String>,
    /// Twelve digits.
    pub account: Option<String>,
}

impl Home {
    /// What an ARN says. Placeholders, and parts that are empty as an IAM role's region, say nothing.
    pub fn of_arn(arn: &str) -> Self {
        // arn:partition:service:region:account:…
        let mut parts = arn
            .strip_prefix("arn:")
            .into_iter()
            .flat_map(|rest| rest.split(':').skip(2));
        let known = |part: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            (!part.is_empty() && part.chars().all(is_plain)).then(|| part.to_owned())
        };
        Self {
            region: parts.next().and_then(known),
            account: parts.next().and_then(known),
        }
    }

    /// What a definition in a file says of itself: the account of its roles, and the one region of its logs.
    pub fn stated_by(definition: &TaskDefinition) -> Self {
        let containers = definition.container_definitions.iter();
        let regions = containers.filter_map(|container| {
            let region = container.log_option("awslogs-region")?;
            // Read as an ARN's, for its placeholders.
            Self::of_arn(&format!("arn:aws:logs:{region}:")).region
        });
        let regions: BTreeSet<String> = regions.collect();
        let mut roles = [
            definition.execution_role(),
            definition.task_role_arn.as_deref(),
        ]
        .into_iter()
        .flatten();
        Self {
            region: regions.first().filter(|_| regions.len() == 1).cloned(),
            account: roles.find_map(|role| Self::of_arn(role).account),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_says_what_it_names_and_placeholders_say_nothing() {
        let home = |region: Option<&str>, account: Option<&str>| Home {
            region: region.map(str::to_owned),
            account: account.map(str::to_owned),
        };
        for (arn, expected) in [
            (
                "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
                home(Some("eu-west-1"), Some("111122223333")),
            ),
            (
                "arn:aws:iam::111122223333:role/shop",
                home(None, Some("111122223333")),
            ),
            (
                "arn:aws:ecs:${Region}:<ACCOUNT>:cluster/shop",
                home(None, None),
            ),
            ("/shop/key", home(None, None)),
            ("", home(None, None)),
        ] {
            assert_eq!(Home::of_arn(arn), expected, "{arn}");
        }
    }
}
