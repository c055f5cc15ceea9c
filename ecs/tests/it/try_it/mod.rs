//! `cargo ecs try` on machines that lack something, and in an environment that is about an account. The walk itself is `e2e`'s.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Says yes to all that is asked of an engine on this machine.
const DOCKER: &str = r#"#!/bin/sh
case "$1 $2" in
    "info "*) echo "Debian GNU/Linux 12" ;;
    "image inspect") echo amd64 ;;
    "build "*) cat > /dev/null ;;
esac
"#;
/// Makes an environment with itself in it. In the place of the emulator, it refuses everything on both ports.
const PYTHON: &str = r#"#!/bin/sh
case "$1 $2" in
    "-c "*) echo "3 12" ;;
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip") : ;;
    *) exec REAL -c '
import os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Refuse(BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"<ErrorResponse><Error><Code>Refused</Code><Message>by the emulator</Message></Error></ErrorResponse>"
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_HEAD = do_POST = answer
    def log_message(self, *_): pass

registry = sys.argv[sys.argv.index("--registry") + 1]
for port in (os.environ["GATEWAY_PORT"], registry):
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Refuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
' "$@" ;;
esac
"#;

/// A machine: what its `PATH` has, and the user's cache.
struct Machine {
    programs: TempDir,
    cache: TempDir,
}

impl Machine {
    fn with(programs: &[(&str, &str)]) -> Self {
        let machine = Self {
            programs: tempfile::tempdir().unwrap(),
            cache: tempfile::tempdir().unwrap(),
        };
        for (name, text) in programs {
            let file = machine.programs.path().join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        machine
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
        // The shell's own programs come last, so that what is there stands in for this machine's.
        let path = format!("{}:/usr/bin:/bin", self.programs.path().display());
        command
            .arg("try")
            .args(arguments)
            .current_dir(self.cache.path())
            .env_clear()
            .env("PATH", path)
            .env("XDG_CACHE_HOME", self.cache.path());
        command
    }

    fn runs(&self) -> usize {
        let runs = fs::read_dir(self.cache.path().join("cargo-ecs/runs"));
        runs.map_or(0, Iterator::count)
    }
}

/// This machine's Python, which the stand-in hides.
fn python() -> String {
    let which = Command::new("sh")
        .args(["-c", "command -v python3"])
        .output();
    let path = String::from_utf8(which.unwrap().stdout).unwrap();
    path.trim().to_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Counts who comes to it.
fn listening() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.unwrap().read(&mut [0; 1]);
        }
    });
    (url, count)
}

#[test]
fn no_account_is_asked_whatever_the_environment_says_and_nothing_is_left() {
    let stand_in = PYTHON.replace("REAL", &python());
    let machine = Machine::with(&[("docker", DOCKER), ("python3", &stand_in)]);
    let (account, count) = listening();
    let home = tempfile::tempdir().unwrap();
    let spoiled = home.path().join("credentials-were-asked-for");
    let config = format!(
        "[profile real]\nregion = eu-west-1\nendpoint_url = {account}\n\
         credential_process = touch {}\n",
        spoiled.display()
    );
    fs::write(home.path().join("config"), config).unwrap();
    let mut command = machine.command(&["--image", "shop:local"]);
    command
        .env("HOME", home.path())
        .env("AWS_CONFIG_FILE", home.path().join("config"))
        .env("AWS_PROFILE", "real")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ENDPOINT_URL", &account)
        .env("AWS_ENDPOINT_URL_CLOUDFORMATION", &account);
    let output = command.output().unwrap();
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("by the emulator"), "{text}");
    assert_eq!(count.load(Ordering::SeqCst), 0, "{text}");
    assert!(!spoiled.exists() && machine.runs() == 0, "{text}");
}

#[test]
fn what_is_missing_is_named_with_how_to_get_it() {
    let far = DOCKER.replace("Debian GNU/Linux 12", "Docker Desktop");
    let down = "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n";
    let old = "#!/bin/sh\necho 3 9\n";
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("docker", down)], "Cannot connect to the Docker daemon"),
        (&[("docker", &far)], "Docker Engine"),
        (
            &[("docker", DOCKER), ("python3", old), ("python", old)],
            "apt install python3",
        ),
        (
            &[
                ("docker", DOCKER),
                (
                    "python3",
                    "#!/bin/sh\n[ \"$1\" != -c ] || { echo 3 12; exit; }\necho no ensurepip >&2\nexit 1\n",
                ),
            ],
            "apt install python3-venv",
        ),
    ];
    for (programs, said) in cases {
        let machine = Machine::with(programs);
        let output = machine
            .command(&["--image", "shop:local"])
            .output()
            .unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(said), "{said}: {text}");
        let lines = text.trim_end().lines();
        let error = lines.filter(|line| !line.starts_with("installing"));
        assert!(error.count() <= 2, "{text}");
    }
}

#[test]
fn a_folder_without_a_dockerfile_says_where_one_is() {
    let machine = Machine::with(&[("docker", DOCKER)]);
    let output = machine.command(&[]).output().unwrap();
    let text = stderr(&output);
    assert!(text.contains("no Dockerfile in"), "{text}");
    assert!(text.contains("--image"), "{text}");
    assert!(
        !Path::new(machine.cache.path())
            .join("cargo-ecs/emulator")
            .exists()
    );
}

#[test]
fn to_stop_what_does_not_run_is_no_error() {
    let machine = Machine::with(&[("docker", DOCKER)]);
    let output = machine.command(&["stop"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stderr(&output), "nothing is running\n");
}
