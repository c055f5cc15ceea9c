//! A network of the test's own, from which containers are reached by their addresses.

use crate::docker::{docker, remove};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

/// A bridge network, removed on drop.
pub struct Network {
    pub(crate) name: String,
}

impl Network {
    /// Creates one with a name that no other has.
    pub fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dualrun-e2e-{}-{number}", std::process::id());
        docker(&["network", "create", "--label", "dualrun-e2e", &name]);
        Self { name }
    }

    /// The address of this machine in it.
    ///
    /// # Panics
    ///
    /// If it has none.
    pub fn host(&self) -> Ipv4Addr {
        let format = "{{range .IPAM.Config}}{{.Gateway}}{{end}}";
        let gateway = docker(&["network", "inspect", "--format", format, &self.name]);
        gateway.parse().expect("an address")
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        remove(&["network", "rm", &self.name]);
    }
}
