//! The HTTP clients, for registries and for AWS, and how long their calls may take.

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use std::time::Duration;

/// For the connection alone.
const CONNECT: Duration = Duration::from_secs(5);
/// How many attempts to read something fit into a call's time.
const ATTEMPTS: u32 = 3;

/// How long a call may go without its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub Duration);

impl Limit {
    /// For those who do not choose.
    pub const DEFAULT: Self = Self(Duration::from_secs(30));

    /// For one attempt. What changes something is not repeated, and gets all the time for its only one.
    pub(crate) fn of_attempt(self, is_read: bool) -> Duration {
        if is_read { self.0 / ATTEMPTS } else { self.0 }
    }

    /// If an attempt that begins so late to read something is over in time.
    pub(crate) fn allows(self, late: Duration) -> bool {
        late + self.of_attempt(true) <= self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Makes the client for registries. TLS is rustls with ring, which builds in a fraction of aws-lc's time.
///
/// # Errors
///
/// If the machine's certificates cannot be read.
pub fn client(limit: Limit) -> Result<reqwest::Client, reqwest::Error> {
    builder(limit).build()
}

/// The same for AWS, which sends nobody elsewhere: who does would get a request with a session's token.
///
/// # Errors
///
/// If the machine's certificates cannot be read.
pub fn aws_client(limit: Limit) -> Result<reqwest::Client, reqwest::Error> {
    builder(limit).redirect(Policy::none()).build()
}

fn builder(limit: Limit) -> ClientBuilder {
    // Fails if there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let attempt = limit.of_attempt(true);
    reqwest::Client::builder()
        .user_agent(concat!("cargo-ecs/", env!("CARGO_PKG_VERSION")))
        .timeout(attempt)
        .connect_timeout(CONNECT.min(attempt))
}
