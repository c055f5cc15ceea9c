//! The options of all commands that ask AWS.

use super::defaults::Defaults;
use crate::aws::{Profile, Whereabouts};
use clap::Args;
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
    #[arg(long, global = true, value_name = "URL", value_parser = endpoint)]
    endpoint: Option<String>,
}

/// `http://host:port`, or with https.
fn endpoint(text: &str) -> Result<String, &'static str> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    url.map(|_| text.to_owned())
        .ok_or("write it as http://host:port")
}

impl AwsOptions {
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
