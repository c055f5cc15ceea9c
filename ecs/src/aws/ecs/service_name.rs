//! What names a service.

/// A service in its cluster.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServiceName<'a> {
    /// The cluster's name or ARN.
    pub cluster: &'a str,
    /// The service's name.
    pub service: &'a str,
}

impl ServiceName<'_> {
    /// What names it to a command of this tool.
    pub fn arguments(self) -> String {
        let Self { cluster, service } = self;
        if cluster == service {
            format!("--service {service}")
        } else {
            format!("--service {service} --cluster {cluster}")
        }
    }
}
