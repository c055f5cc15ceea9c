//! Records each request that a test's AWS gets, for who holds them to AWS's own model (`e2e/requests`).

use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::sync::LazyLock;

/// Where requests are written, if somebody wants them.
static FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    #[allow(
        clippy::disallowed_methods,
        reason = "of the tests' own, and read once"
    )]
    let path = std::env::var_os("ECS_TEST_REQUESTS")?;
    let file = File::options().create(true).append(true).open(path);
    Some(file.expect("the file can be written"))
});

/// A request of an API that speaks JSON.
pub(crate) fn json(api: &str, operation: &str, parameters: &Value) {
    line(&json!({ "api": api, "operation": operation, "json": parameters }));
}

/// A request of an API that takes form parameters.
pub(crate) fn query(api: &str, operation: &str, parameters: &[(String, String)]) {
    line(&json!({ "api": api, "operation": operation, "query": parameters }));
}

fn line(request: &Value) {
    if let Some(mut file) = FILE.as_ref() {
        // One write, since tests run side by side.
        let line = format!("{request}\n");
        file.write_all(line.as_bytes())
            .expect("the file can be written");
    }
}
