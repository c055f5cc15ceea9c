//! A process under test, on a CPU of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The CPU of what is measured; the load and the runtime API run on another.
const CPU: &str = "0";

/// The root of the repository.
///
/// # Panics
///
/// Never: the bench is in it.
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("bench is in the repository").to_owned()
}

/// A process, killed on drop.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a binary of the repository with these variables and no others.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn start<'a>(binary: &str, variables: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let path = repository().join(binary);
        assert!(path.exists(), "{binary} is not built");
        // taskset turns into the program, so the process id is the program's.
        let child = Command::new("/usr/bin/taskset")
            .args(["--cpu-list", CPU])
            .arg(path)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self {
            child: child.expect("taskset, of util-linux, is installed"),
        }
    }

    /// The time that its threads have spent on the CPU.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn cpu_time(&self) -> Duration {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = fs::read_dir(tasks).expect("it runs");
        let nanoseconds = tasks.filter_map(|task| {
            // A thread may end between the two.
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// The memory that it holds, in bytes.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.expect("a number of kB") * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
