//! The options of all commands that ask AWS.

use super::defaults::Defaults;
use crate::aws::{Profile, Whereabouts};
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, Error};
use std::ffi::OsStr;
use url::Url;

/// Where AWS is asked, and as whom.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "AWS options")]
pub(super) struct AwsOptions {
    /// The profile whose credentials and region are used [default: AWS_PROFILE, or what ecs.toml says]
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,

    /// The region [default: AWS_REGION, or what ecs.toml or the profile says]
    #[arg(long, global = true, value_name = "REGION")]
    region: Option<String>,

    /// Ask this URL instead of AWS [default: AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL", value_parser = Endpoint)]
    endpoint: Option<String>,
}

/// `http://host:port`, or with https. A user and a password would be no use to requests that are signed, and would stand in
/// every command that is printed.
#[derive(Clone)]
struct Endpoint;

impl TypedValueParser for Endpoint {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let is_plain = |url: &Url| url.username().is_empty() && url.password().is_none();
        let is_http = |url: &Url| ["http", "https"].contains(&url.scheme()) && url.has_host();
        let text = value.to_str().filter(|text| {
            let url = Url::parse(text);
            url.is_ok_and(|url| is_http(&url) && is_plain(&url))
        });
        // Without the value, as clap has it in its own, since that may be a password.
        let why =
            "invalid --endpoint: write it as http://host:port, without a user and a password\n";
        let error = || Error::raw(ErrorKind::ValueValidation, why).with_cmd(command);
        text.map(str::to_owned).ok_or_else(error)
    }
}

impl AwsOptions {
    /// With the region that the ARN of the service names, as if that was asked for.
    pub(super) fn with_region(self, of_arn: Option<String>) -> Self {
        Self {
            region: self.region.or(of_arn),
            ..self
        }
    }

    /// The region that was asked for on the command line, which counts whatever a file says.
    pub(super) fn asked_region(&self) -> Option<String> {
        self.region.clone()
    }

    /// With what the file says where neither an option nor a variable does.
    pub(super) fn whereabouts(&self, defaults: &Defaults) -> Whereabouts {
        let asked = self.profile.clone().map(Profile::Asked);
        let usual = || defaults.unless_set("profile", &["AWS_PROFILE"]);
        let of_file = || defaults.unless_set("region", &["AWS_REGION", "AWS_DEFAULT_REGION"]);
        Whereabouts {
            profile: asked.or_else(|| usual().map(Profile::Usual)),
            region: self.region.clone().or_else(of_file),
            endpoint: self.endpoint.clone(),
        }
    }
}
