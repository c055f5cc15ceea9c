//! An AWS on this machine (moto), and ways to ask it: by its APIs, and by AWS's own command.

use crate::venv;
use serde_json::Value;
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A server, killed on drop.
pub struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts one on a free port.
    ///
    /// # Panics
    ///
    /// If it does not answer within a minute.
    pub fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let process = Command::new(venv::program("moto_server"))
            .args(["--port", &port.to_string()])
            .env("MOTO_ECS_SERVICE_RUNNING", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("e2e/run has installed it");
        let moto = Self { process, port };
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "it never listens"
            );
            sleep(Duration::from_millis(50));
        }
        moto
    }

    /// Variables that send AWS's own command, and whatever uses an SDK, here.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            (
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.port),
            ),
            ("AWS_ACCESS_KEY_ID", "testing".into()),
            ("AWS_SECRET_ACCESS_KEY", "testing".into()),
            ("AWS_REGION", "us-east-1".into()),
            // The same, for AWS's own command.
            ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ]
    }

    /// Asks an API with form parameters, such as `Action=CreateVpc&Version=2016-11-15`, and returns the text of
    /// the element `wanted` in the answer.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn query(&self, api: &str, parameters: &str, wanted: &str) -> String {
        let answer = self.post(api, &["--data", parameters]);
        let (begin, end) = (format!("<{wanted}>"), format!("</{wanted}>"));
        let text = answer
            .split_once(&begin)
            .and_then(|(_, rest)| rest.split_once(&end));
        let (text, _) = text.unwrap_or_else(|| panic!("{parameters}: {answer}"));
        text.to_owned()
    }

    /// Asks ECS.
    ///
    /// # Panics
    ///
    /// If it refuses.
    pub fn ecs(&self, operation: &str, parameters: &Value) {
        let target = format!("x-amz-target: AmazonEC2ContainerServiceV20141113.{operation}");
        let kind = "content-type: application/x-amz-json-1.1";
        let body = parameters.to_string();
        let answer = self.post(
            "ecs",
            &["--header", &target, "--header", kind, "--data", &body],
        );
        assert!(!answer.contains("__type"), "{operation}: {answer}");
    }

    fn post(&self, api: &str, arguments: &[&str]) -> String {
        // moto does not check signatures; it takes the API's name from them.
        let signature = format!(
            "authorization: AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{api}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let url = format!("http://127.0.0.1:{}/", self.port);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--max-time", "30", "--header", &signature])
            .args(arguments);
        text(&curl.arg(url).output().expect("curl is installed"))
    }

    /// Runs a command of AWS's own, as it stands.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn aws(&self, command: &str) -> Value {
        let command = command.strip_prefix("aws ").expect("a command of aws");
        let line = format!("{} {command}", venv::program("aws").display());
        let output = Command::new("bash")
            .args(["-c", &line])
            .envs(self.variables())
            .output();
        let output = output.expect("bash is installed");
        assert!(
            output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_str(&text(&output)).unwrap_or_default()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
