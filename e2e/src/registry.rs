//! A real registry: Debian's `docker-registry`, to which Docker speaks without TLS since it is on this machine.

use crate::docker::{docker, remove};
use crate::image::repository;
use crate::local::{Program, free_addr, wait_for};
use std::fs;
use std::net::TcpStream;
use std::process::Command;
use tempfile::TempDir;

/// A running registry. It is killed on drop, and what Docker has pulled from it is removed.
pub struct Registry {
    /// How its images' names begin.
    pub name: String,
    _server: Program,
    _data: TempDir,
}

impl Registry {
    /// Starts an empty one on a free port.
    ///
    /// # Panics
    ///
    /// If it does not listen within a minute.
    pub fn start() -> Self {
        let addr = free_addr();
        let data = tempfile::tempdir().expect("a directory");
        let config = data.path().join("config.yml");
        let root = data.path().join("data");
        let text = format!(
            "version: 0.1\n\
             storage: {{ filesystem: {{ rootdirectory: {} }}, delete: {{ enabled: true }} }}\n\
             http: {{ addr: {addr} }}\n",
            root.display()
        );
        fs::write(&config, text).expect("a file");
        let program = repository().join("e2e/target/registry/usr/bin/docker-registry");
        let server = Program::start(Command::new(program).arg("serve").arg(config));
        wait_for("a registry", || TcpStream::connect(addr).is_ok());
        Self {
            name: format!("localhost:{}", addr.port()),
            _server: server,
            _data: data,
        }
    }

    /// An image's full name.
    pub fn image(&self, repository_and_tag: &str) -> String {
        format!("{}/{repository_and_tag}", self.name)
    }

    /// Pushes an image that has such a name, and returns the digest of its manifest. Docker forgets the image, so that
    /// who wants it has to pull.
    ///
    /// # Panics
    ///
    /// If the push fails.
    pub fn push(&self, image: &str) -> String {
        let output = docker(&["push", image]);
        docker(&["rmi", image]);
        let digest = output
            .split_once("digest: ")
            .and_then(|(_, rest)| rest.split_whitespace().next());
        digest.expect("a digest").to_owned()
    }

    /// Deletes an image, as a cleaning policy does.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn delete(&self, repository: &str, digest: &str) {
        let url = format!("http://{}/v2/{repository}/manifests/{digest}", self.name);
        let arguments = ["--silent", "--fail", "--request", "DELETE", &url];
        let status = Command::new("curl").args(arguments).status();
        assert!(status.expect("curl is installed").success(), "{url}");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let of_registry = format!("reference={}/*", self.name);
        for name in ["{{.Repository}}:{{.Tag}}", "{{.Repository}}@{{.Digest}}"] {
            let filter = ["--filter", &of_registry, "--format", name];
            let pulled = docker(&[&["images", "--digests"][..], &filter].concat());
            for image in pulled.lines() {
                // By its name: the same image may have others, which stay.
                remove(&["rmi", image]);
            }
        }
    }
}
