//! The NAT gateways that the tasks' subnets have a route to.

use crate::aws::xml::{members, text};
use crate::aws::{ApiError, Cloud, EC2, read_xml};
use roxmltree::Node;
use std::collections::BTreeSet;

/// The gateways that tasks go out by.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Gateways {
    /// How many there are.
    pub count: u32,
    /// Their public addresses.
    pub addresses: u32,
}

/// A route table: the subnets that name it, if it is the network's own for all others, and its gateways.
struct Table {
    subnets: Vec<String>,
    is_main: bool,
    gateways: Vec<String>,
}

/// The gateways of these subnets.
///
/// # Errors
///
/// If the routes or the gateways may not be read.
pub(super) async fn gateways(
    cloud: &impl Cloud,
    vpc: &str,
    subnets: &[String],
) -> Result<Gateways, ApiError> {
    let parameters = [
        ("Filter.1.Name".to_owned(), "vpc-id".to_owned()),
        ("Filter.1.Value.1".to_owned(), vpc.to_owned()),
    ];
    let tables = read_xml(
        cloud,
        EC2,
        "DescribeRouteTables",
        vpc,
        &parameters,
        |root| -> Vec<Table> {
            let tables = members(root, "routeTableSet").into_iter();
            tables.map(table).collect()
        },
    );
    let tables = tables.await?;
    let of_subnet = |subnet: &String| {
        let named = tables.iter().find(|it| it.subnets.contains(subnet));
        named.or_else(|| tables.iter().find(|it| it.is_main))
    };
    let used = subnets.iter().filter_map(of_subnet);
    let ids: BTreeSet<&String> = used.flat_map(|table| &table.gateways).collect();
    if ids.is_empty() {
        return Ok(Gateways::default());
    }
    let numbered = ids.iter().enumerate();
    let parameters: Vec<(String, String)> = numbered
        .map(|(index, id)| (format!("NatGatewayId.{}", index + 1), (*id).clone()))
        .collect();
    read_xml(
        cloud,
        EC2,
        "DescribeNatGateways",
        vpc,
        &parameters,
        |root| {
            let mut all = Gateways::default();
            for gateway in members(root, "natGatewaySet") {
                // One that is deleted stays in the routes.
                if text(gateway, "state").as_deref() == Some("available") {
                    all.count += 1;
                    let addresses = members(gateway, "natGatewayAddressSet").into_iter();
                    let public = addresses.filter_map(|it| text(it, "publicIp"));
                    all.addresses += public.map(|_| 1).sum::<u32>();
                }
            }
            all
        },
    )
    .await
}

fn table(node: Node<'_, '_>) -> Table {
    let associations = members(node, "associationSet");
    let all = |list: &[Node<'_, '_>], name: &str| -> Vec<String> {
        list.iter().filter_map(|it| text(*it, name)).collect()
    };
    Table {
        subnets: all(&associations, "subnetId"),
        is_main: all(&associations, "main").contains(&"true".to_owned()),
        gateways: all(&members(node, "routeSet"), "natGatewayId"),
    }
}
