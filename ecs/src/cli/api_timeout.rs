//! How long a call to AWS or a registry may take: an option of every command.

use crate::http::Limit;
use clap::Args;
use std::sync::OnceLock;
use std::time::Duration;

/// Of this run of the program.
static CHOSEN: OnceLock<Limit> = OnceLock::new();

/// How long to wait for an answer.
#[derive(Args, Debug)]
pub(super) struct ApiTimeout {
    /// How many seconds a call to AWS or a registry may go unanswered, repeats included
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = Limit::DEFAULT.0.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    api_timeout: u64,
}

impl ApiTimeout {
    /// For all calls from now on.
    pub(super) fn choose(&self) {
        let limit = Limit(Duration::from_secs(self.api_timeout));
        CHOSEN.get_or_init(|| limit);
    }
}

/// What was chosen.
pub(super) fn limit() -> Limit {
    CHOSEN.get().copied().unwrap_or_default()
}
