//! What names a service on the command line: its name, or its ARN, which names its cluster and its region too.

use crate::aws::Arn;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use std::str::FromStr;

/// A service's name, with what else its ARN tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ServiceId {
    pub(super) name: String,
    pub(super) cluster: Option<String>,
    pub(super) region: Option<String>,
}

/// An ARN of something else.
#[derive(Debug, thiserror::Error)]
#[error(
    "not the ARN of a service; give the service's name, or arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME"
)]
pub(super) struct NoService;

impl FromStr for ServiceId {
    type Err = NoService;

    fn from_str(text: &str) -> Result<Self, NoService> {
        if !text.starts_with("arn:") {
            return Ok(Self {
                name: text.to_owned(),
                cluster: None,
                region: None,
            });
        }
        let arn = Arn::parse(text).filter(|arn| arn.service == "ecs");
        let arn = arn.ok_or(NoService)?;
        let path = arn.resource.strip_prefix("service/").ok_or(NoService)?;
        // Older ones have no cluster.
        let (cluster, name) = match path.split_once('/') {
            Some((cluster, name)) => (Some(cluster), name),
            None => (None, path),
        };
        let is_name = |part: &str| !part.is_empty() && !part.contains('/');
        if !is_name(name) || !cluster.is_none_or(is_name) {
            return Err(NoService);
        }
        Ok(Self {
            name: name.to_owned(),
            cluster: cluster.map(str::to_owned),
            region: arn.region.map(str::to_owned),
        })
    }
}

impl ServiceId {
    pub(super) fn parser() -> impl TypedValueParser<Value = Self> {
        NonEmptyStringValueParser::new().try_map(|text| text.parse())
    }

    /// The cluster that its ARN names, or else the one that is given, or else one of the same name.
    pub(super) fn cluster<'a>(&'a self, given: Option<&'a str>) -> &'a str {
        // A variable that a workflow does not have comes as an empty one.
        let given = given.filter(|cluster| !cluster.is_empty());
        self.cluster.as_deref().or(given).unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_the_service_its_cluster_and_its_region() {
        let arn = |path: &str| format!("arn:aws:ecs:eu-west-1:111122223333:{path}");
        for (text, name, cluster, region) in [
            ("shop".to_owned(), "shop", None, None),
            (
                arn("service/main/shop"),
                "shop",
                Some("main"),
                Some("eu-west-1"),
            ),
            (arn("service/shop"), "shop", None, Some("eu-west-1")),
        ] {
            let id: ServiceId = text.parse().unwrap();
            let told = (
                id.name.as_str(),
                id.cluster.as_deref(),
                id.region.as_deref(),
            );
            assert_eq!(told, (name, cluster, region), "{text}");
        }
        for other in ["cluster/main", "service/", "service/main/", "service/a/b/c"] {
            assert!(arn(other).parse::<ServiceId>().is_err(), "{other}");
        }
    }

    #[test]
    fn the_cluster_of_the_arn_goes_before_one_that_is_given() {
        let id = |text: &str| text.parse::<ServiceId>().unwrap();
        let of_arn = id("arn:aws:ecs:eu-west-1:111122223333:service/main/shop");
        assert_eq!(of_arn.cluster(Some("other")), "main");
        assert_eq!(id("shop").cluster(Some("other")), "other");
        assert_eq!(id("shop").cluster(Some("")), "shop");
        assert_eq!(id("shop").cluster(None), "shop");
    }
}
