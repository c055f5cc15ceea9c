//! The loads. To measure another one is to add a row.

use super::peer::{Kind, Server};

/// A load, over connections that stay open.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name in the results.
    pub name: &'static str,
    /// What the servers are started for.
    pub kind: Kind,
    /// How many connections.
    pub connections: u32,
    /// Requests that are sent at once, before the first is answered.
    pub depth: u32,
    /// The size of the body that each request has.
    pub body: usize,
    /// Thousandths of a CPU for the server.
    pub cpu: u32,
    /// It lasts so many times as long as others: to connect takes a part of it.
    pub stretch: u32,
    /// Who can take it.
    pub who: fn(Server) -> bool,
}

const QUIET: Scenario = Scenario {
    name: "",
    kind: Kind::Quiet,
    connections: 64,
    depth: 1,
    body: 0,
    cpu: 1000,
    stretch: 1,
    who: |_| true,
};

const fn quiet(name: &'static str, connections: u32) -> Scenario {
    Scenario {
        name,
        connections,
        ..QUIET
    }
}

const fn logged(name: &'static str, connections: u32) -> Scenario {
    Scenario {
        kind: Kind::Logged,
        ..quiet(name, connections)
    }
}

/// In the order of the tables.
pub const ALL: &[Scenario] = &[
    quiet("1 connection", 1),
    quiet("64 connections", 64),
    quiet("1,000 connections", 1000),
    Scenario {
        stretch: 3,
        who: |server| !server.is_python(),
        ..quiet("10,000 connections", 10_000)
    },
    logged("1 connection, logged", 1),
    logged("64 connections, logged", 64),
    logged("1,000 connections, logged", 1000),
    Scenario {
        name: "pipelined, 16 at once",
        depth: 16,
        who: |server| !server.is_python(),
        ..QUIET
    },
    Scenario {
        name: "h2c, 8 connections of 16 streams",
        kind: Kind::Http2,
        connections: 8,
        depth: 16,
        ..QUIET
    },
    Scenario {
        name: "POST of 1 KiB",
        kind: Kind::Uploads,
        body: 1 << 10,
        ..QUIET
    },
    Scenario {
        name: "POST of 1 MiB",
        kind: Kind::Uploads,
        connections: 16,
        body: 1 << 20,
        ..QUIET
    },
    Scenario {
        name: "a quarter of a CPU",
        cpu: 250,
        who: |server| !server.is_python(),
        ..QUIET
    },
];

impl Scenario {
    /// If a server is measured with it.
    pub fn is_for(&self, server: Server) -> bool {
        (self.who)(server) && server.does(self.kind)
    }
}
