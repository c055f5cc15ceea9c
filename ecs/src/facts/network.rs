//! Security groups: what they let through.

use ipnet::{IpNet, Ipv4Net};
use std::net::Ipv4Addr;

/// Networks of which VPCs mostly are: those of RFC 1918, and the one that carriers share.
const PRIVATE: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10),
];

/// A security group.
#[derive(Clone, Debug, Default)]
pub struct SecurityGroup {
    /// Its id, or its name in the template.
    pub id: String,
    /// Its name, for sentences.
    pub name: String,
    /// The VPC that it is in; not known of files.
    pub vpc_id: Option<String>,
    /// What may come in.
    pub ingress: Vec<Rule>,
    /// What may go out.
    pub egress: Vec<Rule>,
}

/// One peer on a range of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `tcp`, a number, or `-1` for everything.
    pub protocol: String,
    /// First and last port; none for every port.
    pub ports: Option<(u16, u16)>,
    /// Who.
    pub peer: Peer,
}

/// Who is let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Addresses, of either version.
    Network(IpNet),
    /// The members of a security group.
    Group(String),
    /// A list that AWS or the account keeps.
    PrefixList(String),
}

impl Rule {
    /// If it lets TCP through on this port.
    pub fn covers(&self, port: u16) -> bool {
        match self.protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => self
                .ports
                .is_none_or(|(first, last)| (first..=last).contains(&port)),
            _ => false,
        }
    }

    /// If it is about the messages with which networks tell of too large packets and the like.
    pub fn is_icmp(&self) -> bool {
        matches!(self.protocol.as_str(), "icmp" | "1" | "icmpv6" | "58")
    }

    /// What it lets through, for sentences.
    pub fn what(&self) -> String {
        match (self.protocol.as_str(), self.ports) {
            ("-1", _) => "everything".into(),
            (protocol, None) => format!("all of {protocol}"),
            (protocol, Some((first, last))) if first == last => format!("{protocol} {first}"),
            (protocol, Some((first, last))) => format!("{protocol} {first}-{last}"),
        }
    }
}

impl Peer {
    /// If it is the whole internet, by either version of IP.
    pub fn is_everyone(&self) -> bool {
        matches!(self, Self::Network(network) if network.prefix_len() == 0)
    }

    /// If the addresses of a load balancer in the VPC may be among it.
    pub fn may_have_balancer(&self) -> bool {
        let Self::Network(IpNet::V4(network)) = self else {
            return self.is_everyone();
        };
        let mut private = PRIVATE.iter();
        private.any(|it| it.contains(network) || network.contains(it))
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(network) if network.prefix_len() == 0 => {
                write!(f, "everyone ({network})")
            }
            Self::Network(network) => write!(f, "{network}"),
            Self::Group(id) => write!(f, "{id}"),
            Self::PrefixList(id) => write!(f, "the prefix list {id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(protocol: &str, ports: Option<(u16, u16)>) -> Rule {
        let peer = Peer::Network("0.0.0.0/0".parse().unwrap());
        Rule {
            protocol: protocol.into(),
            ports,
            peer,
        }
    }

    #[test]
    fn a_port_is_covered_by_ranges_and_by_everything_but_not_by_udp() {
        assert!(rule("tcp", Some((8000, 8000))).covers(8000));
        assert!(rule("6", Some((0, 65535))).covers(8000));
        assert!(rule("tcp", None).covers(8000));
        assert!(rule("-1", None).covers(8000));
        assert!(!rule("tcp", Some((80, 443))).covers(8000));
        assert!(!rule("udp", Some((8000, 8000))).covers(8000));
    }

    #[test]
    fn a_load_balancer_may_be_in_every_network_that_has_private_addresses() {
        for (network, may) in [
            ("10.0.0.0/8", true),
            ("172.31.4.0/24", true),
            ("0.0.0.0/0", true),
            ("::/0", true),
            ("203.0.113.0/24", false),
            ("172.32.0.0/16", false),
            ("2600:1f18::/32", false),
        ] {
            let peer = Peer::Network(network.parse().unwrap());
            assert_eq!(peer.may_have_balancer(), may, "{network}");
        }
    }

    #[test]
    fn everyone_is_so_by_either_version_of_ip() {
        for (network, is_everyone) in [("0.0.0.0/0", true), ("::/0", true), ("10.0.0.0/8", false)] {
            let peer = Peer::Network(network.parse().unwrap());
            assert_eq!(peer.is_everyone(), is_everyone);
        }
    }
}
