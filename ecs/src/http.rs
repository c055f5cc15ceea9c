//! The one HTTP client, for registries and for AWS.

use std::time::Duration;

/// For a whole request; the answers are small.
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes the client. TLS is rustls with ring, which builds in a fraction of aws-lc's time.
///
/// # Errors
///
/// If the machine's certificates cannot be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    // Fails if there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("cargo-ecs/", env!("CARGO_PKG_VERSION")))
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
}
