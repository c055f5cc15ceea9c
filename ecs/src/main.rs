//! `cargo ecs`.

use clap::Parser;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    ecs::cli::Cli::parse_from(ecs::cli::arguments()).run().await
}
