//! How much memory the process may have: what its cgroup allows, or else what the machine has.

use std::fs;
use std::path::Path;

/// The part of the memory that the heads and bodies of requests may take. What a handler makes of a body takes as much
/// again, and so may the copy in which it collects it; connections, the kernel's buffers for them, which count as
/// the cgroup's too, and the service itself need the rest.
const PART: u64 = 8;
/// Where nothing is known: the smallest task on Fargate (AWS, "Fargate task CPU and memory").
const SMALLEST: u64 = 512 << 20;

/// The budget that goes with the memory of this process, in bytes.
pub(super) fn budget() -> u64 {
    let proc = Path::new("/proc");
    let limit = [cgroup_limit(proc, Path::new("/sys/fs/cgroup")), total(proc)];
    limit.into_iter().flatten().min().unwrap_or(SMALLEST) / PART
}

/// The lowest limit of the process's cgroup and those around it.
fn cgroup_limit(proc: &Path, mount: &Path) -> Option<u64> {
    let groups = fs::read_to_string(proc.join("self/cgroup")).ok()?;
    let limits = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, group) = (fields.next()?, fields.next()?, fields.next()?);
        // Version 2 has one line, without controllers; version 1 one for each of them.
        let (root, file) = match controllers {
            "" => (mount.to_owned(), "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                (mount.join("memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let group = root.join(group.trim_start_matches('/'));
        let read = |folder: &Path| {
            fs::read_to_string(folder.join(file))
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        let inside = group
            .ancestors()
            .take_while(|folder| folder.starts_with(&root));
        inside.filter_map(read).min()
    });
    limits.min()
}

/// `MemTotal` of the machine.
fn total(proc: &Path) -> Option<u64> {
    let meminfo = fs::read_to_string(proc.join("meminfo")).ok()?;
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(cgroup: &str, files: &[(&str, &str)]) -> Option<u64> {
        let folder = tempfile::tempdir().unwrap();
        let (proc, mount) = (folder.path().join("proc"), folder.path().join("cgroup"));
        fs::create_dir_all(proc.join("self")).unwrap();
        fs::write(proc.join("self/cgroup"), cgroup).unwrap();
        for (file, text) in files {
            let file = mount.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        cgroup_limit(&proc, &mount)
    }

    #[test]
    fn the_lowest_limit_around_the_process_counts() {
        let files = [
            ("memory.max", "max\n"),
            ("a/memory.max", "300\n"),
            ("a/b/memory.max", "400\n"),
        ];
        assert_eq!(limit("0::/a/b\n", &files), Some(300));
        assert_eq!(
            limit("0::/\n", &[("memory.max", "536870912\n")]),
            Some(512 << 20)
        );
        assert_eq!(limit("0::/\n", &files), None);
        let v1 = [("memory/t/memory.limit_in_bytes", "100\n")];
        assert_eq!(limit("5:cpu,cpuacct:/t\n4:memory:/t\n", &v1), Some(100));
        assert_eq!(limit("nonsense", &[]), None);
    }

    #[test]
    fn this_machine_has_some() {
        assert!(budget() > 1 << 20);
    }
}
