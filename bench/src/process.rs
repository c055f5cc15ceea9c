//! A process under test, on a CPU of its own.

use crate::quota::Quota;
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
use rustix::thread::{CpuSet, sched_setaffinity};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// The CPU of what is measured; the load and the runtime API run on another.
const CPU: usize = 0;

/// The root of the repository.
///
/// # Panics
///
/// Never: the bench is in it.
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("bench is in the repository").to_owned()
}

/// How to start a process.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Below the repository's root.
    pub path: &'static str,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its variables; it gets no others.
    pub variables: Vec<(&'static str, String)>,
}

/// A process, killed on drop with all that it has started.
pub struct Process {
    child: Child,
}

impl Program {
    /// Starts it on the CPU of what is measured.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn start(&self) -> Process {
        self.start_in(None)
    }

    /// The same, with no more than a part of that CPU.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn start_in(&self, quota: Option<&Quota>) -> Process {
        let path = repository().join(self.path);
        assert!(path.exists(), "{} is not built", self.path);
        let mut command = Command::new(path);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.variables.iter().cloned())
            .current_dir(repository())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        // A process inherits the CPUs of the thread that starts it. A tool such as taskset would count as start-up.
        let child = thread::scope(|scope| {
            let start = || {
                let mut cpus = CpuSet::new();
                cpus.set(CPU);
                sched_setaffinity(None, &cpus).expect("a CPU");
                let limited = quota.map(Quota::enter);
                let child = command.spawn().expect("a program");
                drop(limited);
                child
            };
            scope.spawn(start).join().expect("a process")
        });
        Process { child }
    }
}

impl Process {
    fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it has.
    pub fn end(mut self) {
        if let Some(pid) = self.group() {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.child.wait();
    }

    fn group(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.id()).ok()?)
    }

    /// The time that its threads have spent on the CPU.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn cpu_time(&self) -> Duration {
        let tasks = format!("/proc/{}/task", self.id());
        let tasks = fs::read_dir(tasks).expect("it runs");
        let nanoseconds = tasks.filter_map(|task| {
            // A thread may end between the two.
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// The memory that it and its children hold, in bytes.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn resident(&self) -> u64 {
        let own = resident(self.id()).expect("it runs");
        let children = format!("/proc/{0}/task/{0}/children", self.id());
        let children = fs::read_to_string(children).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        own + children.filter_map(resident).sum::<u64>()
    }
}

fn resident(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(group) = self.group() else { return };
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
        // Its children hold the port until they are gone too.
        while test_kill_process_group(group).is_ok() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}
