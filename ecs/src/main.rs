//! `cargo ecs`.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    ecs::cli::main().await
}
