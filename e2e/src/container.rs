//! A container of the service, started the way Fargate starts a task.

use crate::docker::{docker, docker_with_stderr, remove};
use crate::image::image;
use crate::network::Network;
use dualrun::options::DEFAULT_PORT;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What Fargate allows a task of the smallest size, and what a careful task definition forbids it.
const AS_ON_FARGATE: [&str; 11] = [
    "--read-only",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--memory",
    "512m",
    // No swap: the two together are as much as the memory alone.
    "--memory-swap",
    "512m",
    "--label",
    "dualrun-e2e",
];

/// The variables of a service that starts.
pub const VARIABLES: [&str; 3] = ["APP_NAME=shop", "ENVIRONMENT=test", "SECRET_KEY=hunter2"];

/// A container, killed and removed on drop.
pub struct Container {
    id: String,
}

impl Container {
    /// Starts one with a quarter of a CPU in `network`.
    pub fn start(network: &Network) -> Self {
        Self::start_with(network, &VARIABLES, "0.25")
    }

    /// Starts one with other variables, or another share of the CPUs.
    pub fn start_with(network: &Network, variables: &[&str], cpus: &str) -> Self {
        Self::of(image(), network, variables, cpus)
    }

    /// Starts one of another image.
    pub fn of(image: &str, network: &Network, variables: &[&str], cpus: &str) -> Self {
        let mut arguments = vec![
            "run",
            "--detach",
            "--network",
            &network.name,
            "--cpus",
            cpus,
        ];
        arguments.extend(AS_ON_FARGATE);
        arguments.extend(variables.iter().flat_map(|variable| ["--env", variable]));
        arguments.push(image);
        Self {
            id: docker(&arguments),
        }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        let format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
        let ip: Ipv4Addr = self.inspect(format).parse().expect("an address");
        (ip, DEFAULT_PORT).into()
    }

    /// The answer to a GET, as it came: head and body.
    ///
    /// # Panics
    ///
    /// If there is none within a minute.
    pub fn get(&self, target: &str) -> String {
        let mut stream = TcpStream::connect(self.addr()).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a socket");
        let request = format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("an open connection");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// A detail, by a template of `docker inspect`.
    pub fn inspect(&self, format: &str) -> String {
        docker(&["inspect", "--format", format, &self.id])
    }

    /// All that it has printed.
    pub fn logs(&self) -> String {
        docker_with_stderr(&["logs", &self.id])
    }

    /// The lines of its log with this message.
    pub fn lines(&self, message: &str) -> Vec<Value> {
        let logs = self.logs();
        let lines = logs
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["message"] == message).collect()
    }

    /// Waits until `condition` holds.
    ///
    /// # Panics
    ///
    /// If that takes more than a minute.
    pub fn wait_until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !condition(self) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "never {what}: {}",
                self.logs()
            );
            sleep(Duration::from_millis(100));
        }
    }

    /// Waits until it serves.
    pub fn wait_listening(&self) {
        self.wait_until("listening", |container| {
            !container.lines("listening").is_empty()
        });
    }

    /// Waits until the drain has begun.
    pub fn wait_draining(&self) {
        self.wait_until("draining", |container| {
            !container.lines("draining").is_empty()
        });
    }

    /// What its log says in the end of what it had to cut.
    ///
    /// # Panics
    ///
    /// If it says nothing, or has not exited with 0.
    pub fn cut(&self) -> Cut {
        assert_eq!(self.exit_code(), 0);
        let lines = self.lines("stopped");
        let [line] = lines.as_slice() else {
            panic!("stopped {} times", lines.len())
        };
        let count = |field: &str| line[field].as_u64().expect("a number");
        Cut {
            connections: count("connections_cut"),
            requests: count("requests_cut"),
            tasks: count("tasks_cut"),
        }
    }

    /// Waits until Docker's health check says that it is healthy.
    pub fn wait_healthy(&self) {
        self.wait_until("healthy", |container| {
            container.inspect("{{.State.Health.Status}}") == "healthy"
        });
    }

    /// Waits until it has ended, and returns its exit code.
    pub fn exit_code(&self) -> i32 {
        docker(&["wait", &self.id]).parse().expect("an exit code")
    }

    /// Stops it as ECS does: SIGTERM, and after 30 s SIGKILL.
    pub fn stop(&self) {
        docker(&["stop", "--time", "30", &self.id]);
    }

    /// Sends it a signal.
    pub fn kill(&self, signal: &str) {
        docker(&["kill", "--signal", signal, &self.id]);
    }
}

/// What a drain did not wait for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Connections.
    pub connections: u64,
    /// Requests on them.
    pub requests: u64,
    /// Tasks of the service's own.
    pub tasks: u64,
}

impl Cut {
    /// All has ended in time.
    pub const NOTHING: Self = Self {
        connections: 0,
        requests: 0,
        tasks: 0,
    };
    /// One connection, without a request on it.
    pub const ONE_CONNECTION: Self = Self {
        connections: 1,
        ..Self::NOTHING
    };
    /// One task, and no connection.
    pub const ONE_TASK: Self = Self {
        tasks: 1,
        ..Self::NOTHING
    };
}

impl Drop for Container {
    fn drop(&mut self) {
        remove(&["rm", "--force", "--volumes", &self.id]);
    }
}
