//! Whose account that is and which region: told before anything changes, and beside what has changed.

use super::error::CliError;
use super::say;
use super::service::access;
use crate::aws::{Aws, Caller, Cloud, Retrying, identity};
use crate::chain::chain;
use serde::Serialize;
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;

/// How long it may take to learn it.
const IDENTITY: Duration = Duration::from_secs(3);

/// The account, the client that it is asked with, and who asks.
pub(super) struct Access {
    pub(super) aws: Retrying<Aws>,
    pub(super) client: reqwest::Client,
    pub(super) caller: Caller,
}

/// For what changes something. Not to know whose account it is ends nothing, and keeps nobody waiting.
pub(super) async fn access_to_change() -> Result<Access, CliError> {
    let (aws, client) = access().await?;
    let asked = timeout(IDENTITY, identity(&aws.0)).await;
    let region = aws.region().to_owned();
    let mut caller = Caller {
        account: None,
        region,
        arn: None,
    };
    let why = match asked {
        Ok(Ok(found)) => {
            caller.account = Some(found.account);
            caller.arn = Some(found.arn);
            String::new()
        }
        Ok(Err(error)) => chain(&error),
        Err(_) => "no answer from STS".to_owned(),
    };
    let region = &caller.region;
    match (&caller.account, &caller.arn) {
        (Some(account), Some(arn)) => {
            say::err(format_args!("account {account}, region {region}, as {arn}"));
        }
        _ => say::err(format_args!("region {region}, account unknown: {why}")),
    }
    Ok(Access {
        aws,
        client,
        caller,
    })
}

/// What has changed, in JSON with who has asked for it.
#[derive(Serialize)]
pub(super) struct ByCaller<T> {
    #[serde(flatten)]
    pub(super) result: T,
    pub(super) caller: Caller,
}

impl<T: fmt::Display> fmt::Display for ByCaller<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.result.fmt(f)
    }
}
