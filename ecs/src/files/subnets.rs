//! Subnets of a template: how many tasks they have addresses for.

use super::facts::Resources;
use super::intrinsics::{Scope, text};
use super::template::TemplateError;
use crate::facts::Service;
use crate::placeholder::mark;
use ipnet::Ipv4Net;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const SUBNET: &str = "AWS::EC2::Subnet";

/// Addresses of each subnet that AWS keeps (VPC, user guide, "Subnet CIDR blocks").
const KEPT: u64 = 5;

/// The bits that `Fn::Cidr` leaves to hosts, where it does not say how many.
const HOST_BITS: u8 = 8;

/// The addresses of the service's subnets that AWS does not keep; none if one of them is not in the template, or has
/// addresses that are not known.
pub(super) fn addresses(resources: &Resources, service: &Service) -> Option<u32> {
    let subnets: BTreeSet<&String> = service.subnets().iter().collect();
    let each = subnets.iter().map(|name| {
        let subnet = resources.0.get(*name).filter(|it| it["Type"] == SUBNET)?;
        let block: Ipv4Net = subnet["Properties"]["CidrBlock"].as_str()?.parse().ok()?;
        Some((1_u64 << (32 - block.prefix_len())).saturating_sub(KEPT))
    });
    let each: Vec<u64> = each.collect::<Option<_>>()?;
    let all = each.iter().sum::<u64>();
    (!each.is_empty()).then(|| u32::try_from(all).unwrap_or(u32::MAX))
}

impl Scope<'_> {
    /// A subnet as far as it is looked at, if it is certain to be made. However it is written besides, no template is
    /// refused for that.
    pub(super) fn subnet(&self, resource: &Value) -> Option<Value> {
        let is_made = match resource["Condition"].as_str() {
            Some(condition) => matches!(self.holds(condition), Ok(Some(true))),
            None => true,
        };
        let block = || self.resolve(&resource["Properties"]["CidrBlock"]);
        let block = block().ok().flatten().filter(|_| is_made)?;
        Some(json!({ "Type": SUBNET, "Properties": { "CidrBlock": block } }))
    }

    /// `Fn::Cidr`: the first blocks of a network that leave so many bits to hosts.
    pub(super) fn blocks(&self, parts: &[Value]) -> Result<Value, TemplateError> {
        let part = |index: usize| {
            let resolved = self.resolve(parts.get(index).unwrap_or(&Value::Null));
            resolved.map(|it| text(&it.unwrap_or_default()))
        };
        let (network, count, bits) = (part(0)?, part(1)?, part(2)?);
        let bits = if parts.len() < 3 {
            Ok(HOST_BITS)
        } else {
            bits.parse()
        };
        let blocks = || {
            let network: Ipv4Net = network.parse().ok()?;
            let length = 32_u8.checked_sub(bits.ok()?)?;
            let blocks = network.subnets(length).ok()?;
            let blocks = blocks.take(count.parse().ok()?);
            Some(blocks.map(|block| block.to_string()).collect())
        };
        Ok(blocks().unwrap_or_else(|| mark("function Fn::Cidr").into()))
    }
}
