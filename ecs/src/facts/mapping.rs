//! Ports of a container that can be reached.

use serde::Deserialize;
use std::ops::RangeInclusive;

/// A port, or several in a row, that can be reached.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortMapping {
    /// In the container.
    pub container_port: Option<u16>,
    /// Several in the place of one, such as `8000-8010`.
    pub container_port_range: Option<String>,
    /// On the task's address; with awsvpc the same.
    pub host_port: Option<u16>,
    /// `tcp` if nothing else is said.
    pub protocol: Option<String>,
}

impl PortMapping {
    /// Its ports in the container; none if they are not known, or not written as ECS takes them.
    pub fn ports(&self) -> Option<RangeInclusive<u16>> {
        if let Some(port) = self.container_port {
            return Some(port..=port);
        }
        self.range()
    }

    /// The ports of its range, as above: at least two.
    pub fn range(&self) -> Option<RangeInclusive<u16>> {
        let (first, last) = self.container_port_range.as_deref()?.split_once('-')?;
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (0 < first && first < last).then_some(first..=last)
    }
}

/// Ports as they read in a sentence.
pub fn in_words(ports: &[RangeInclusive<u16>]) -> String {
    let ports = ports
        .iter()
        .map(|ports| match (ports.start(), ports.end()) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        });
    ports.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_numbers_and_what_is_none_has_no_ports() {
        for (range, ports) in [
            ("8000-8010", Some(8000..=8010)),
            ("1-65535", Some(1..=65535)),
            ("8010-8000", None),
            ("8000-8000", None),
            ("0-8000", None),
            ("8000", None),
            ("8000-", None),
            ("0-70000", None),
            ("{{parameter Ports}}", None),
        ] {
            let mapping = PortMapping {
                container_port_range: Some(range.into()),
                ..PortMapping::default()
            };
            assert_eq!(mapping.ports(), ports, "{range}");
        }
    }
}
