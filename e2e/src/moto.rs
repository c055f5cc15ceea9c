//! moto, which plays the APIs of AWS and runs nothing.

use crate::aws::Aws;
use crate::local::Program;
use crate::venv;
use std::process::Command;

/// A server, killed on drop.
pub struct Moto {
    /// Where it is asked.
    pub aws: Aws,
    _server: Program,
}

impl Moto {
    /// Starts one on a free port.
    ///
    /// # Panics
    ///
    /// If it does not answer within a minute.
    pub fn start() -> Self {
        let aws = Aws::on_free_port();
        let mut server = Command::new(venv::program("moto_server"));
        server
            .args(["--port", &aws.addr.port().to_string()])
            .env("MOTO_ECS_SERVICE_RUNNING", "1");
        let server = Program::start(&mut server);
        aws.wait_listening();
        Self {
            aws,
            _server: server,
        }
    }
}
