//! An AWS on this machine, which has nothing to do with what the environment says of an account.

use super::client::Aws;
use super::credentials::Kept;
use super::whereabouts::Whereabouts;
use crate::http::Limit;
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

impl Aws {
    /// An emulator at this endpoint. Nothing is taken from variables and files.
    pub fn emulated(http: reqwest::Client, limit: Limit, endpoint: &str) -> Self {
        let region = "us-east-1".to_owned();
        let keys = Credentials::new("emulated", "emulated", None, None, "emulator");
        Self {
            config: SdkConfig::builder().build(),
            credentials: Kept::from(Some(SharedCredentialsProvider::new(keys))),
            whereabouts: Whereabouts {
                endpoint: Some(endpoint.to_owned()),
                region: Some(region.clone()),
                profile: None,
            },
            region,
            http,
            limit,
            notice: None,
        }
    }
}
