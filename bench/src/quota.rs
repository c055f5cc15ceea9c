//! A part of a CPU, as Fargate gives it to small tasks: a cgroup's quota.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How often a quota is granted anew, in microseconds: the kernel's default, which ECS leaves as it is.
const PERIOD: u32 = 100_000;

/// A cgroup, removed on drop.
pub struct Quota {
    folder: PathBuf,
    /// Where this process belongs, to go back there.
    home: PathBuf,
}

/// The thread that has entered; what it starts stays in the cgroup.
pub struct Entered<'a>(&'a Quota);

impl Quota {
    /// So many thousandths of a CPU.
    ///
    /// # Errors
    ///
    /// If cgroups may not be made here, which takes root.
    pub fn new(thousandths: u32) -> io::Result<Self> {
        let quota = PERIOD / 1000 * thousandths;
        let one = Path::new("/sys/fs/cgroup/cpu");
        let two = Path::new("/sys/fs/cgroup");
        // The two versions of cgroups, each with its own file.
        let (root, file, text) = if one.join("cpu.cfs_quota_us").exists() {
            (one, "cpu.cfs_quota_us", quota.to_string())
        } else if two.join("cgroup.controllers").exists() {
            (two, "cpu.max", format!("{quota} {PERIOD}"))
        } else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let folder = root.join(format!("dualrun-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let home = root.to_owned();
        let made = Self { folder, home };
        fs::write(made.folder.join(file), text)?;
        Ok(made)
    }

    /// Puts the calling thread into the cgroup.
    ///
    /// # Panics
    ///
    /// If that is refused.
    pub fn enter(&self) -> Entered<'_> {
        join(&self.folder).expect("the cgroup takes a process");
        Entered(self)
    }
}

/// A thread joins; in version 2 only whole processes do.
fn join(folder: &Path) -> io::Result<()> {
    let threads = folder.join("tasks");
    if threads.exists() {
        fs::write(threads, "0")
    } else {
        fs::write(folder.join("cgroup.procs"), "0")
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let _ = join(&self.0.home);
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}
