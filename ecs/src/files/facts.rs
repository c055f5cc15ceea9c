//! Facts from the resources of `stack.yaml`, and what those of other templates have in common with it.

use super::plan::is_address;
use super::{Template, TemplateError, subnets, way_in};
use crate::aws::without_nulls;
use crate::facts::{Balancer, Facts, Listener, Peer, Rule, SecurityGroup, Service, TargetGroup};
use crate::typed::Misfit;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

/// Seconds between two health checks of a target group, and the failures that it takes, where a template says nothing
/// (Elastic Load Balancing, API reference, "CreateTargetGroup").
const INTERVAL: u32 = 30;
const THRESHOLD: u32 = 2;

/// Why files tell nothing.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// Of the template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A part that does not have the form that AWS takes.
    #[error("invalid {what} in the template: {why}")]
    Form {
        /// Which part.
        what: &'static str,
        /// The field, and what is wrong with it.
        why: Misfit,
    },
    /// A field that does not have the form that AWS takes.
    #[error("the template's resource {resource} is invalid: {why}")]
    Field {
        /// Its name in the template.
        resource: String,
        /// The field, and what is wrong with it.
        why: Misfit,
    },
    /// A resource that has to be there.
    #[error("the template has no resource of type {0}")]
    Missing(&'static str),
    /// Nothing to check.
    #[error("the template has no AWS::ECS::Service and no AWS::ECS::TaskDefinition{elsewhere}")]
    Nothing {
        /// Where they may be.
        elsewhere: String,
    },
    /// One of several is meant.
    #[error("the template has several {what}: {names}; name one with --resource")]
    Several {
        /// Of what.
        what: &'static str,
        /// Their names in the template.
        names: String,
    },
    /// What is wanted is not there.
    #[error("the template has no service or task definition {name}; it has {others}")]
    NoSuch {
        /// What is wanted.
        name: String,
        /// What there is.
        others: String,
    },
}

impl FilesError {
    /// The file, with line and column where the error is about a resource.
    pub(super) fn place_in(&self, template: &Template, file: &Path) -> String {
        match self {
            Self::Field { resource, why } => template.place_in(resource, &why.steps()),
            Self::Template(TemplateError::Properties(resource)) => template.place_in(resource, &[]),
            _ => file.display().to_string(),
        }
    }
}

/// What a template says with these parameters.
///
/// # Errors
///
/// If it cannot be understood, or has no service or definition.
pub fn facts_of(template: &Template, parameters: &[(&str, &str)]) -> Result<Facts, FilesError> {
    let resources = Resources(template.resources(parameters)?);
    let (_, definition) = resources.one("AWS::ECS::TaskDefinition")?;
    let (_, service) = resources.one("AWS::ECS::Service")?;
    let service: Service = typed("service", service)?;
    let target_groups = resources.of("AWS::ElasticLoadBalancingV2::TargetGroup");
    let balancers = resources.of("AWS::ElasticLoadBalancingV2::LoadBalancer");
    let mut facts = Facts {
        is_of_files: true,
        definition: typed("task definition", definition)?,
        free_addresses: subnets::addresses(&resources, &service),
        service,
        target_groups: target_groups
            .map(|(name, group)| target_group(name, group))
            .collect(),
        balancers: balancers
            .map(|(name, it)| balancer(name, it, resources.listeners(name)))
            .collect(),
        groups: resources.security_groups(),
        ..Facts::default()
    };
    if !facts.service.load_balancers.is_empty() {
        way_in::follow(&mut facts, &resources);
    }
    Ok(facts)
}

/// A template's task definition in the form that `aws ecs register-task-definition --cli-input-json` takes.
///
/// # Errors
///
/// If the template cannot be understood, or has none.
pub fn definition_json(
    template: &Template,
    parameters: &[(&str, &str)],
) -> Result<Value, FilesError> {
    let resources = Resources(template.resources(parameters)?);
    let (_, definition) = resources.one("AWS::ECS::TaskDefinition")?;
    Ok(lower(definition))
}

pub(super) struct Resources(pub(super) BTreeMap<String, Value>);

impl Resources {
    pub(super) fn of(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let all = self
            .0
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind);
        all.map(|(name, resource)| (name.as_str(), &resource["Properties"]))
    }

    fn one(&self, kind: &'static str) -> Result<(&str, &Value), FilesError> {
        self.of(kind).next().ok_or(FilesError::Missing(kind))
    }

    /// The listeners of a load balancer, with what their rules forward to.
    pub(super) fn listeners(&self, balancer: &str) -> Vec<Listener> {
        let kind = "AWS::ElasticLoadBalancingV2::Listener";
        let own = self
            .of(kind)
            .filter(|(_, listener)| listener["LoadBalancerArn"] == balancer);
        let listeners = own.map(|(name, listener)| {
            let rules = self.of("AWS::ElasticLoadBalancingV2::ListenerRule");
            let rules = rules.filter(|(_, rule)| rule["ListenerArn"] == name);
            let by_rules = rules.flat_map(|(_, rule)| forwarded(&rule["Actions"]));
            let mut listener = Listener {
                arn: name.to_owned(),
                ..listens(listener)
            };
            listener.forwards_to.extend(by_rules);
            listener
        });
        listeners.collect()
    }

    pub(super) fn security_groups(&self) -> Vec<SecurityGroup> {
        let groups = self.of("AWS::EC2::SecurityGroup").map(|(name, group)| {
            let rules = |key: &str| {
                group[key]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(rule)
                    .collect()
            };
            let mut ingress: Vec<Rule> = rules("SecurityGroupIngress");
            let mut egress: Vec<Rule> = rules("SecurityGroupEgress");
            ingress.extend(self.apart("AWS::EC2::SecurityGroupIngress", name));
            egress.extend(self.apart("AWS::EC2::SecurityGroupEgress", name));
            if egress.is_empty() && !is_address(name) {
                // What EC2 gives a group that has no rule of its own. Terraform takes it away.
                egress.push(Rule {
                    protocol: "-1".into(),
                    ports: None,
                    peer: everyone(),
                });
            }
            SecurityGroup {
                id: name.to_owned(),
                name: name.to_owned(),
                ingress,
                egress,
                vpc_id: None,
            }
        });
        groups.collect()
    }

    /// Rules that are resources of their own.
    fn apart(&self, kind: &str, group: &str) -> Vec<Rule> {
        let rules = self.of(kind).filter(|(_, rule)| rule["GroupId"] == group);
        rules.map(|(_, properties)| rule(properties)).collect()
    }
}

fn everyone() -> Peer {
    Peer::Network(ipnet::Ipv4Net::default().into())
}

fn rule(properties: &Value) -> Rule {
    let text = |key: &str| properties[key].as_str();
    let port = |key: &str| number(&properties[key]);
    let group = text("SourceSecurityGroupId").or(text("DestinationSecurityGroupId"));
    let list = text("SourcePrefixListId").or(text("DestinationPrefixListId"));
    let network = text("CidrIp")
        .or(text("CidrIpv6"))
        .and_then(|network| network.parse().ok());
    let peer = match (group, list, network) {
        (Some(id), _, _) => Peer::Group(id.into()),
        (None, Some(id), _) => Peer::PrefixList(id.into()),
        (None, None, Some(network)) => Peer::Network(network),
        // A network that is none is refused by AWS; until then it counts as the widest.
        (None, None, None) => everyone(),
    };
    Rule {
        protocol: text("IpProtocol").unwrap_or("-1").to_ascii_lowercase(),
        ports: port("FromPort").zip(port("ToPort")),
        peer,
    }
}

/// A number, which CloudFormation takes as such and as a text.
fn number<T: FromStr + TryFrom<u64>>(value: &Value) -> Option<T> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => T::try_from(value.as_u64()?).ok(),
    }
}

pub(super) fn target_group(name: &str, properties: &Value) -> TargetGroup {
    let text = |key: &str| properties[key].as_str().map(str::to_owned);
    // What is there and no number is not known.
    let or = |key: &str, default| match &properties[key] {
        Value::Null => Some(default),
        value => number(value),
    };
    TargetGroup {
        arn: name.to_owned(),
        target_type: text("TargetType").unwrap_or_else(|| "instance".into()),
        // By gRPC it names a method, which has no page to compare with.
        health_path: text("HealthCheckPath")
            .filter(|_| properties["ProtocolVersion"] != "GRPC")
            .or_else(|| default_health_path(properties)),
        health_port: number(&properties["HealthCheckPort"]),
        protocol: text("Protocol"),
        health_protocol: text("HealthCheckProtocol").or_else(|| text("Protocol")),
        health_interval: or("HealthCheckIntervalSeconds", INTERVAL),
        health_timeout: or("HealthCheckTimeoutSeconds", default_timeout(properties)),
        unhealthy_threshold: or("UnhealthyThresholdCount", THRESHOLD),
        ..TargetGroup::default()
    }
}

/// Seconds, as Elastic Load Balancing has them where a template says nothing (user guides, "Health checks for target groups").
fn default_timeout(properties: &Value) -> u32 {
    let is = |key: &str, protocols: &[&str]| {
        let own = properties[key].as_str();
        own.is_some_and(|own| protocols.contains(&own))
    };
    if is("Protocol", &["HTTP", "HTTPS"]) {
        5
    } else if is("HealthCheckProtocol", &["HTTP"]) {
        6
    } else {
        10
    }
}

/// What Elastic Load Balancing asks where a template does not say it.
fn default_health_path(properties: &Value) -> Option<String> {
    let protocol = properties["HealthCheckProtocol"]
        .as_str()
        .or(properties["Protocol"].as_str());
    let is_http = matches!(protocol, Some("HTTP" | "HTTPS"));
    (is_http && properties["ProtocolVersion"] != "GRPC").then(|| "/".into())
}

pub(super) fn balancer(name: &str, properties: &Value, listeners: Vec<Listener>) -> Balancer {
    let strings = |key: &str| -> Vec<String> {
        let items = properties[key].as_array().into_iter().flatten();
        items
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    Balancer {
        arn: name.to_owned(),
        name: name.to_owned(),
        kind: properties["Type"]
            .as_str()
            .unwrap_or("application")
            .to_owned(),
        state: None,
        is_public: properties["Scheme"] != "internal",
        zones: strings("Subnets").len(),
        security_groups: strings("SecurityGroups"),
        listeners,
    }
}

fn listens(properties: &Value) -> Listener {
    let port = number(&properties["Port"]);
    Listener {
        port: port.unwrap_or_default(),
        forwards_to: forwarded(&properties["DefaultActions"]),
        ..Listener::default()
    }
}

/// Every target group that actions name: each its one, or several with weights.
pub(super) fn forwarded(actions: &Value) -> Vec<String> {
    let actions = actions.as_array().into_iter().flatten();
    let groups = actions.flat_map(|action| {
        let weighted = action["ForwardConfig"]["TargetGroups"].as_array();
        weighted.into_iter().flatten().chain([action])
    });
    let arns = groups.filter_map(|group| group["TargetGroupArn"].as_str());
    arns.map(str::to_owned).collect()
}

/// A resource's properties in the form of ECS's API, which spells the same names with a small first letter.
fn typed<T: DeserializeOwned>(what: &'static str, properties: &Value) -> Result<T, FilesError> {
    let properties = without_nulls(lower(properties));
    crate::typed::typed(&properties).map_err(|why| FilesError::Form { what, why })
}

pub(super) fn lower(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(lower).collect(),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect(), lower(value))
            });
            Value::Object(entries.collect::<Map<String, Value>>())
        }
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ports_are_numbers_or_texts() {
        for port in [json!(8000), json!("8000")] {
            let properties = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port });
            assert_eq!(rule(&properties).ports, Some((8000, 8000)));
            assert_eq!(listens(&json!({ "Port": port })).port, 8000);
        }
    }

    #[test]
    fn an_action_forwards_to_one_group_or_to_several_with_weights() {
        let actions = json!([
            { "Type": "forward", "TargetGroupArn": "One" },
            { "Type": "forward", "ForwardConfig": { "TargetGroups": [
                { "TargetGroupArn": "Two", "Weight": 100 },
                { "TargetGroupArn": "Three", "Weight": 0 },
            ] } },
            { "Type": "redirect" },
        ]);
        assert_eq!(forwarded(&actions), ["One", "Two", "Three"]);
    }

    #[test]
    fn a_health_check_by_http_asks_the_root_unless_it_says_otherwise() {
        let path = |properties: Value| target_group("TargetGroup", &properties).health_path;
        let asked = path(json!({ "Protocol": "HTTP", "HealthCheckPath": "/status" }));
        assert_eq!(asked.as_deref(), Some("/status"));
        assert_eq!(path(json!({ "Protocol": "HTTP" })).as_deref(), Some("/"));
        let network = json!({ "Protocol": "TCP", "HealthCheckProtocol": "HTTP" });
        assert_eq!(path(network).as_deref(), Some("/"));
        assert_eq!(path(json!({ "Protocol": "TCP" })), None);
        let grpc = json!({ "Protocol": "HTTP", "ProtocolVersion": "GRPC" });
        assert_eq!(path(grpc), None);
        let method = json!({ "Protocol": "HTTP", "ProtocolVersion": "GRPC", "HealthCheckPath": "/shop.Shop/Check" });
        assert_eq!(path(method), None);
    }
}
