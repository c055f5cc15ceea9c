//! Programs that run on this machine for a test, and end with it.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A running program, killed on drop. What it prints is dropped: the tests ask for what they want to know.
pub struct Program(Child);

impl Program {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn start(command: &mut Command) -> Self {
        let silent = command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(
            silent
                .spawn()
                .expect("it was built, or e2e/run has installed it"),
        )
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// Waits until `condition` holds.
///
/// # Panics
///
/// If that takes more than a minute.
pub fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "waited in vain for {what}"
        );
        sleep(Duration::from_millis(50));
    }
}
