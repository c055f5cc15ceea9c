//! How long a call to AWS or a registry may take: an option of every command.

use crate::http::Limit;
use clap::Args;
use std::time::Duration;

/// How long to wait for an answer.
#[derive(Args, Debug)]
pub(super) struct ApiTimeout {
    /// How many seconds a call to AWS or a registry may go unanswered, repeats included
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = Limit::DEFAULT.0.as_secs(),
        value_parser = super::number(1..=3600, "seconds")
    )]
    api_timeout: u64,
}

impl ApiTimeout {
    pub(super) fn limit(&self) -> Limit {
        Limit(Duration::from_secs(self.api_timeout))
    }
}
