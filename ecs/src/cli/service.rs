//! Arguments that name a service, and the account behind them.

use super::api_timeout::limit;
use super::aws_options::whereabouts;
use super::error::CliError;
use super::say;
use crate::aws::{Aws, Cloud, Identity, Retrying, identity};
use crate::chain::chain;
use crate::image::{Credentials, Registry};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use std::time::Duration;
use tokio::time::timeout;

/// How long it may take to learn whose account it is.
const IDENTITY: Duration = Duration::from_secs(3);

/// A service of ECS.
#[derive(Args, Clone, Debug)]
pub(super) struct ServiceArgs {
    /// The service
    #[arg(long, value_name = "NAME", env = "ECS_SERVICE", value_parser = NonEmptyStringValueParser::new())]
    pub(super) service: String,

    /// Its cluster [default: the service's name]
    #[arg(long, value_name = "NAME", env = "ECS_CLUSTER")]
    cluster: Option<String>,
}

impl ServiceArgs {
    pub(super) fn cluster(&self) -> &str {
        // A variable that a workflow does not have comes as an empty one.
        let own = self
            .cluster
            .as_deref()
            .filter(|cluster| !cluster.is_empty());
        own.unwrap_or(&self.service)
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
        Registry::new(client, credentials).within(limit())
    }
}

/// The account, and the client that it is asked with.
pub(super) async fn access() -> Result<(Retrying<Aws>, reqwest::Client), CliError> {
    let client = crate::http::client(limit())?;
    let aws = Aws::load(client.clone(), limit(), whereabouts()).await?;
    Ok((Retrying(aws), client))
}

/// The same for what changes something: whose account that is, and which region, is told first. Not to know it ends
/// nothing, and keeps nobody waiting.
pub(super) async fn access_to_change() -> Result<(Retrying<Aws>, reqwest::Client), CliError> {
    let (aws, client) = access().await?;
    let region = aws.region();
    let asked = timeout(IDENTITY, identity(&aws.0)).await;
    match asked {
        Ok(Ok(Identity { account, arn })) => {
            say::err(format_args!("account {account}, region {region}, as {arn}"));
        }
        Ok(Err(error)) => say::err(format_args!(
            "region {region}, account unknown: {}",
            chain(&error)
        )),
        Err(_) => say::err(format_args!(
            "region {region}, account unknown: no answer from STS"
        )),
    }
    Ok((aws, client))
}
