//! Ctrl-C, and SIGTERM, by which workflows and container engines end what they have started.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// Ctrl-C: somebody is there.
    Interrupt,
    /// SIGTERM: nobody waits for an answer.
    Terminate,
}

/// Both, from when it is made on.
pub(super) struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Signals {
    /// Takes them away from the system, which would end the program. One that cannot be had is never received.
    pub(super) fn listen() -> Self {
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    pub(super) async fn next(&mut self) -> Received {
        tokio::select! {
            () = received(&mut self.interrupt) => Received::Interrupt,
            () = received(&mut self.terminate) => Received::Terminate,
        }
    }
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
