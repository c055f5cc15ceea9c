//! An AWS on this machine, and ways to ask it: by its APIs, and by AWS's own command.

use crate::local::{free_addr, wait_for};
use crate::venv;
use serde_json::Value;
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Output};

/// Where it listens.
pub struct Aws {
    /// Its one address, for all APIs.
    pub addr: SocketAddr,
}

impl Aws {
    /// One that is to be started on a free port.
    pub(crate) fn on_free_port() -> Self {
        Self { addr: free_addr() }
    }

    pub(crate) fn wait_listening(&self) {
        wait_for("an AWS that listens", || {
            TcpStream::connect(self.addr).is_ok()
        });
    }

    /// Variables that send AWS's own command, and whatever uses an SDK, here.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.addr)),
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
    pub fn ecs(&self, operation: &str, parameters: &Value) -> Value {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        self.json("ecs", &target, parameters)
    }

    /// Asks CloudWatch Logs.
    ///
    /// # Panics
    ///
    /// If it refuses.
    pub fn logs(&self, operation: &str, parameters: &Value) -> Value {
        self.json("logs", &format!("Logs_20140328.{operation}"), parameters)
    }

    /// Asks Secrets Manager.
    ///
    /// # Panics
    ///
    /// If it refuses.
    pub fn secrets(&self, operation: &str, parameters: &Value) -> Value {
        let target = format!("secretsmanager.{operation}");
        self.json("secretsmanager", &target, parameters)
    }

    fn json(&self, api: &str, target: &str, parameters: &Value) -> Value {
        let header = format!("x-amz-target: {target}");
        let kind = "content-type: application/x-amz-json-1.1";
        let body = parameters.to_string();
        let arguments = ["--header", &header, "--header", kind, "--data", &body];
        let answer = self.post(api, &arguments);
        assert!(!answer.contains("__type"), "{target}: {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    fn post(&self, api: &str, arguments: &[&str]) -> String {
        // Signatures are not checked; the API's name is taken from them.
        let signature = format!(
            "authorization: AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{api}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let url = format!("http://{}/", self.addr);
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
    pub fn command(&self, command: &str) -> Value {
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

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
