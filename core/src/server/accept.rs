//! Accepts connections, whatever goes wrong with some of them.

use super::listener::Listener;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::sleep;

/// How long to wait when the system has no room for a connection: descriptors come back as others close.
const BACK_OFF: Duration = Duration::from_millis(100);

/// The next connection. Can be dropped at any point without losing one.
pub(super) async fn accept<L: Listener>(listener: &mut L) -> (L::Handshake, IpAddr) {
    let mut is_first_failure = true;
    loop {
        match poll_fn(|cx| listener.poll_accept(cx)).await {
            Ok(accepted) => return accepted,
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                if is_first_failure {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "cannot accept connections"
                    );
                    is_first_failure = false;
                }
                sleep(BACK_OFF).await;
            }
        }
    }
}

/// The connections that the system has accepted already.
pub(super) fn waiting<L: Listener>(listener: &mut L) -> Option<(L::Handshake, IpAddr)> {
    loop {
        match listener.try_accept() {
            Ok(accepted) => return Some(accepted),
            Err(error) if concerns_one_connection(&error) => {}
            Err(_) => return None,
        }
    }
}

/// Errors of a connection that was lost before it was accepted. Linux hands network errors of the new
/// socket to `accept` too, accept(2).
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted,
        NetworkDown, NetworkUnreachable, TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | NetworkDown
            | NetworkUnreachable
            | TimedOut
    )
}
