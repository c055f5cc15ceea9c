//! What the kernel says of a container's memory.

use crate::container::Container;
use std::fs;
use std::path::PathBuf;

/// The files of the cgroup that a container's memory is counted in.
pub struct Memory {
    group: PathBuf,
    version: Version,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// The most that a container has had, in MiB.
#[derive(Clone, Copy, Debug)]
pub struct Peak {
    /// What its limit holds for.
    pub counted: u64,
    /// Sockets, where they are not counted with the rest (cgroups of version 1).
    pub sockets: Option<u64>,
}

impl Memory {
    /// Of a container that runs. Connections that it has before this are not in its sockets' count.
    ///
    /// # Panics
    ///
    /// If it does not run, or there is no such cgroup.
    pub fn of(container: &Container) -> Self {
        let pid = container.inspect("{{.State.Pid}}");
        let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("it runs");
        let group = groups.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (controllers, group) = (fields.next()?, fields.next()?);
            let (mount, version) = match controllers {
                "" => ("/sys/fs/cgroup", Version::Two),
                "memory" => ("/sys/fs/cgroup/memory", Version::One),
                _ => return None,
            };
            let group = PathBuf::from(format!("{mount}{group}"));
            let has_memory = group.join(file(version)).exists();
            has_memory.then_some(Self { group, version })
        });
        let memory = group.expect("a cgroup");
        if memory.version == Version::One {
            // Version 1 counts them once they have a limit. Only root may set one.
            let limit = memory.group.join("memory.kmem.tcp.limit_in_bytes");
            let _ = fs::write(limit, (1_u64 << 40).to_string());
        }
        memory
    }

    /// The peaks up to now.
    ///
    /// # Panics
    ///
    /// If the container does not run any more.
    pub fn peak(&self) -> Peak {
        let read = |file: &str| {
            let text = fs::read_to_string(self.group.join(file)).expect("it runs");
            text.trim().parse::<u64>().expect("a number") >> 20
        };
        let sockets =
            (self.version == Version::One).then(|| read("memory.kmem.tcp.max_usage_in_bytes"));
        Peak {
            counted: read(file(self.version)),
            sockets,
        }
    }
}

fn file(version: Version) -> &'static str {
    match version {
        Version::One => "memory.max_usage_in_bytes",
        Version::Two => "memory.peak",
    }
}
