//! Instructions for a request, by callgrind: the same on a noisy machine as on a quiet one.

use crate::process::{Process, Program};
use crate::servers::ADDR;
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The difference between these two runs is what requests take, without the start and the end.
const SHORT: u32 = 1000;
const LONG: u32 = 6000;
/// valgrind starts a program so much later, and slower.
const PATIENCE: Duration = Duration::from_secs(60);

/// Instructions for one request, by source file; code of a library that was inlined counts as the library's.
pub type Profile = BTreeMap<String, f64>;

/// Counts those for `GET /` on one connection that stays open.
///
/// # Panics
///
/// If valgrind or h2load is not there, or a request fails.
pub fn profile(program: &Program) -> Profile {
    let out = std::env::temp_dir().join(format!("callgrind-{}", std::process::id()));
    let short = run(program, SHORT, &out);
    let long = run(program, LONG, &out);
    let _ = fs::remove_file(&out);
    let files = long.into_iter().map(|(file, count)| {
        let before = short.get(&file).copied().unwrap_or_default();
        let count = count as f64 - before as f64;
        (file, count / f64::from(LONG - SHORT))
    });
    files.collect()
}

fn run(program: &Program, requests: u32, out: &Path) -> BTreeMap<String, u64> {
    let mut arguments = vec![
        "--quiet".to_owned(),
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", out.display()),
        crate::process::repository()
            .join(program.path)
            .display()
            .to_string(),
    ];
    arguments.extend(program.arguments.iter().cloned());
    let valgrind = Program {
        path: "/usr/bin/valgrind",
        arguments,
        variables: program.variables.clone(),
    };
    let process: Process = valgrind.start();
    let start = Instant::now();
    while TcpStream::connect(ADDR).is_err() {
        assert!(
            start.elapsed() < PATIENCE,
            "{} does not listen",
            program.path
        );
        thread::sleep(Duration::from_millis(10));
    }
    let count = requests.to_string();
    let output = Command::new("h2load")
        .args(["--h1", "--clients", "1", "--requests", &count])
        .arg(format!("http://{ADDR}/"))
        .stderr(Stdio::inherit())
        .output()
        .expect("h2load is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains(&format!(" {count} succeeded")), "{text}");
    process.end();
    by_file(&fs::read_to_string(out).expect("what callgrind has written"))
}

/// Adds up what each line costs (valgrind, "Callgrind Format Specification"): `fl`, `fi` and `fe` name a file, by a
/// number after the first time; the line after `calls` is the callee's.
fn by_file(text: &str) -> BTreeMap<String, u64> {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut costs = BTreeMap::new();
    let mut file = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("calls=") {
            lines.next();
        } else if let Some((kind, name)) = line.split_once('=') {
            let (number, name) = name.split_once(' ').unwrap_or((name, ""));
            let is_file = matches!(kind, "fl" | "fi" | "fe" | "cfi" | "cfl");
            if is_file && !name.is_empty() {
                names.insert(number, name);
            }
            if matches!(kind, "fl" | "fi" | "fe") {
                file = names.get(number).copied().unwrap_or_default();
            }
        } else if line.starts_with(['+', '-', '*'])
            || line.starts_with(|c: char| c.is_ascii_digit())
        {
            let cost = line
                .split(' ')
                .nth(1)
                .and_then(|cost| cost.parse::<u64>().ok());
            *costs.entry(file.to_owned()).or_default() += cost.unwrap_or_default();
        }
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::by_file;

    #[test]
    fn what_is_called_counts_as_the_callees() {
        let text = "events: Ir\nfl=(1) a.rs\nfn=(1) one\n10 5\n+2 3\nfi=(2) b.rs\n7 4\nfe=(1)\ncfi=(3) c.rs\n\
            cfn=(2) two\ncalls=1 9\n* 100\n* 1\n\nfl=(3)\nfn=(2)\n9 100\n";
        let costs = by_file(text);
        assert_eq!((costs["a.rs"], costs["b.rs"], costs["c.rs"]), (9, 4, 100));
    }
}
