//! An ECS that runs its tasks as containers: `ecs/emulator/`, which says what is the emulator's own and what is added.

use crate::aws::Aws;
use crate::docker::{docker, remove};
use crate::image::repository;
use crate::local::Program;
use crate::venv;
use std::process::Command;

/// A running emulator. It is killed on drop, and its containers are removed.
pub struct Emulator {
    /// Where it is asked; its load balancers are there too, by their names.
    pub aws: Aws,
    server: Program,
}

impl Emulator {
    /// Starts one on a free port.
    ///
    /// # Panics
    ///
    /// If it does not answer within a minute.
    pub fn start() -> Self {
        let aws = Aws::on_free_port();
        let mut server = Command::new(venv::python_of_emulator());
        server
            .arg(repository().join("ecs/emulator"))
            // No folder of compiled files in the repository.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("BIND_HOST", aws.addr.ip().to_string())
            .env("GATEWAY_PORT", aws.addr.port().to_string())
            // Part of the name by which it marks its containers as its own.
            .env("MINISTACK_HOSTNAME", "e2e");
        let server = Program::start(&mut server);
        aws.wait_listening();
        Self { aws, server }
    }

    /// A filter of Docker's for what this emulator has made.
    pub fn filter(&self) -> String {
        format!("label=ministack.instance=e2e:{}", self.aws.addr.port())
    }

    /// The host name of a load balancer, by which its requests are told from those to AWS's APIs.
    pub fn host_of(balancer: &str) -> String {
        format!("{balancer}.alb.localhost")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // First, since it would replace the tasks that it misses.
        self.server.kill();
        let made = docker(&["ps", "--all", "--quiet", "--filter", &self.filter()]);
        for container in made.lines() {
            remove(&["rm", "--force", "--volumes", container]);
        }
    }
}
