//! The signals that end a server.

use super::Stop;
use std::io;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM, as ECS and `docker stop` send it, and SIGINT, as a terminal does.
///
/// Registered before anything else happens: as PID 1, a process without a handler ignores both.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes both signals over, for the rest of the process's life.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    ///
    /// # Panics
    ///
    /// If called from outside of a tokio runtime.
    pub fn register() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The next signal, as a way to stop.
    pub async fn stop(&mut self) -> Stop {
        tokio::select! {
            _ = self.terminate.recv() => Stop::LameDuck,
            _ = self.interrupt.recv() => Stop::Drain,
        }
    }

    /// The next signal, as the code to exit with at once: 128 and the signal's number, as in a shell.
    pub async fn exit(&mut self) -> ExitCode {
        tokio::select! {
            _ = self.terminate.recv() => ExitCode::from(128 + 15),
            _ = self.interrupt.recv() => ExitCode::from(128 + 2),
        }
    }
}
