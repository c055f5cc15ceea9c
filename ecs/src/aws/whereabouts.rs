//! Where AWS is asked and as whom, where that is said in other places than those of the SDKs.

use super::error::ApiError;
use crate::http::Limit;
use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::profile::{ProfileFileCredentialsProvider, load};
use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::os_shim_internal::{Env, Fs};

/// Where AWS is asked and as whom. What is absent is as the SDKs find it.
#[derive(Clone, Debug, Default)]
pub struct Whereabouts {
    /// The profile.
    pub profile: Option<Profile>,
    /// The region.
    pub region: Option<String>,
    /// In the place of every API's own.
    pub endpoint: Option<String>,
}

/// A profile of the files that the SDKs and the `aws` command read.
#[derive(Clone, Debug)]
pub enum Profile {
    /// Its credentials and no others, as with `aws --profile`: keys in the environment would be another account's.
    Asked(String),
    /// Its credentials unless there are some in the environment, as with `AWS_PROFILE`.
    Usual(String),
}

impl Profile {
    /// Its name.
    pub fn name(&self) -> &str {
        let (Self::Asked(name) | Self::Usual(name)) = self;
        name
    }
}

impl Whereabouts {
    /// The region, as far as this, variables and the profile's file tell it. Nobody is asked.
    pub(crate) async fn usual_region(&self) -> Option<String> {
        let mut file = ProfileFileRegionProvider::builder();
        if let Some(Profile::Asked(name) | Profile::Usual(name)) = &self.profile {
            file = file.profile_name(name);
        }
        let said = self.region.clone().map(Region::new);
        let usual = RegionProviderChain::first_try(said)
            .or_else(EnvironmentVariableRegionProvider::new())
            .or_else(file.build());
        usual.region().await.map(|region| region.to_string())
    }

    /// Profile, credentials, region and endpoints: as the SDKs find them, but for what is said here.
    /// Credentials may come from an API too, which is asked within the limit.
    pub(super) async fn configuration(&self, limit: Limit) -> SdkConfig {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls)
            .build_https();
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(limit.of_attempt(true))
            .operation_timeout(limit.0)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.clone())
            .timeout_config(timeouts);
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile.name());
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        let config = loader.load().await;
        let Some(Profile::Asked(name)) = &self.profile else {
            return config;
        };
        let provider = ProviderConfig::without_region()
            .with_http_client(http)
            .with_region(config.region().cloned());
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&provider)
            .profile_name(name)
            .build();
        let provider = SharedCredentialsProvider::new(provider);
        let config = config.into_builder().credentials_provider(provider);
        config.build()
    }

    /// That the profile which is meant is not there, if that is so.
    pub(super) async fn missing_profile(&self) -> Option<ApiError> {
        let env = Env::real();
        let name = match &self.profile {
            Some(profile) => profile.name().to_owned(),
            None => env
                .get("AWS_PROFILE")
                .ok()
                .filter(|name| !name.is_empty())?,
        };
        // Files that cannot be read are told where their credentials are looked for.
        let profiles = load(&Fs::real(), &env, &Default::default(), None).await;
        let profiles = profiles.ok()?;
        let mut others: Vec<&str> = profiles.profiles().collect();
        if others.contains(&name.as_str()) {
            return None;
        }
        others.sort_unstable();
        let others = if others.is_empty() {
            "there are no profiles, neither in ~/.aws/config nor in ~/.aws/credentials".into()
        } else {
            format!("there are {}", others.join(", "))
        };
        Some(ApiError::NoProfile { name, others })
    }
}
