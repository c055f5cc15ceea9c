//! Arguments that name a service, and the account behind them.

use super::chosen::{Chosen, Subject, chosen};
use super::error::CliError;
use super::say;
use super::service_id::ServiceId;
use crate::aws::ecs::ServiceName;
use crate::aws::{Aws, Retrying};
use crate::image::{Credentials, Registry};
use clap::Args;

/// A service of ECS.
#[derive(Args, Clone, Debug)]
pub(super) struct ServiceArgs {
    /// The service, or its ARN, which names the cluster and the region too
    #[arg(long, value_name = "NAME", env = "ECS_SERVICE", value_parser = ServiceId::parser())]
    service: ServiceId,

    /// Its cluster [default: the service's name]
    #[arg(long, value_name = "NAME", env = "ECS_CLUSTER")]
    cluster: Option<String>,
}

impl ServiceArgs {
    pub(super) fn cluster(&self) -> &str {
        self.service.cluster(self.cluster.as_deref())
    }

    pub(super) fn name(&self) -> ServiceName<'_> {
        ServiceName {
            cluster: self.cluster(),
            service: &self.service.name,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::Service {
            cluster: self.cluster().to_owned(),
            service: self.service.name.clone(),
            region: self.service.region.clone(),
        }
    }
}

/// For each of them: a heading of the whole would go on to the options behind them.
const REGISTRY: &str = "Registry options";

/// Credentials for a private registry.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct RegistryArgs {
    /// The user for a private registry; without one, what `docker login` has kept
    #[arg(
        long,
        env = "REGISTRY_USERNAME",
        requires = "registry_password",
        help_heading = REGISTRY
    )]
    registry_username: Option<String>,

    /// The password or access token
    #[arg(
        long,
        env = "REGISTRY_PASSWORD",
        hide_env_values = true,
        requires = "registry_username",
        help_heading = REGISTRY
    )]
    registry_password: Option<String>,

    /// The registry that gets them, such as ghcr.io [default: Docker Hub]
    #[arg(long, value_name = "HOST", env = "REGISTRY_HOST", help_heading = REGISTRY)]
    registry_host: Option<String>,
}

impl RegistryArgs {
    pub(super) fn registry(&self, client: reqwest::Client) -> Registry {
        let pair = self
            .registry_username
            .clone()
            .zip(self.registry_password.clone());
        // A variable that a workflow does not have comes as an empty one.
        let pair = pair.filter(|(username, _)| !username.is_empty());
        let host = self.registry_host.as_deref().unwrap_or_default();
        let credentials =
            pair.map(|(username, password)| Credentials::of(host, username, password));
        Registry::new(client, credentials).within(chosen().limit)
    }
}

/// The account, and the client that it is asked with.
pub(super) async fn access() -> Result<(Retrying<Aws>, reqwest::Client), CliError> {
    let Chosen {
        whereabouts, limit, ..
    } = chosen();
    let client = crate::http::client(*limit)?;
    let aws_client = crate::http::aws_client(*limit)?;
    let aws = Aws::load(aws_client, *limit, whereabouts.clone()).await?;
    let aws = aws.telling(|operation| {
        say::err(format_args!(
            "AWS throttles {operation}: waiting, for up to a minute"
        ));
    });
    Ok((Retrying(aws), client))
}
