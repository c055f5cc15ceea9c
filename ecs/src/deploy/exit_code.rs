//! The exit codes of the commands that deploy, once for help, README and tests.

/// Each exit code, and what it stands for.
pub const EXIT_CODES: [(u8, &str); 15] = [
    (0, "deployed, or nothing to do"),
    (1, "an error"),
    (2, "wrong arguments"),
    (10, "failed, and rolled back"),
    (11, "failed, and the rollback failed too"),
    (12, "failed, without a rollback"),
    (13, "stopped by somebody"),
    (14, "superseded by a later deployment"),
    (15, "not over in time"),
    (16, "not allowed"),
    (17, "the service is parked"),
    (18, "refused by the preflight; nothing was touched"),
    (19, "waits for a decision: cargo ecs continue"),
    (
        20,
        "the command of --before did not succeed; the service was not touched",
    ),
    (130, "interrupted"),
];

/// All of them, for a help text.
pub fn help() -> String {
    let lines = EXIT_CODES.iter();
    let lines = lines.map(|(code, meaning)| format!("  {code:>3}  {meaning}\n"));
    format!("Exit codes:\n{}", lines.collect::<String>())
}
