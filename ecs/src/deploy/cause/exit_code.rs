//! What the exit code of a container tells, where nothing else does.

/// Of a program that ECS or a person stopped: 128 and the number of SIGTERM.
const STOPPED: i64 = 143;
/// 128 and the number of SIGKILL, which may have come from itself, from the kernel or from ECS.
const KILLED: i64 = 137;

/// The code that tells most: of a program that failed, before one that ended or was stopped.
pub(super) fn that_tells(codes: &[i64]) -> Option<i64> {
    let failed = codes.iter().find(|code| !matches!(**code, 0 | STOPPED));
    let ended = || codes.iter().find(|code| **code == 0);
    failed.or_else(ended).or(codes.first()).copied()
}

/// Whether a program ended badly, by itself or by a signal that it cannot catch: then its last words may say why.
pub(super) fn has_died(codes: &[i64]) -> bool {
    codes.iter().any(|code| !matches!(*code, 0 | STOPPED))
}

/// Whether a program ended badly, and not because it was stopped.
pub(super) fn has_failed(codes: &[i64]) -> bool {
    codes
        .iter()
        .any(|code| !matches!(*code, 0 | STOPPED | KILLED))
}

/// What it is called, and the fix.
pub(super) fn of(code: i64) -> (String, &'static str) {
    let (name, fix) = match code {
        0 => (
            "the program ended by itself",
            "let the essential container go on running",
        ),
        126 => (
            "program not executable",
            "make the program executable in the image (chmod +x), for the user that runs it",
        ),
        127 => (
            "program cannot be started",
            "correct entryPoint and command of the task definition",
        ),
        132 => (
            "crashed (SIGILL)",
            "build for the CPUs of Fargate, without instructions of newer ones",
        ),
        134 => ("crashed (SIGABRT)", LOG),
        135 => ("crashed (SIGBUS)", LOG),
        136 => ("crashed (SIGFPE)", LOG),
        KILLED => (
            "killed (SIGKILL)",
            "raise memory in the task definition, or let the program end within stopTimeout",
        ),
        139 => ("crashed (SIGSEGV)", LOG),
        STOPPED => (
            "stopped (SIGTERM)",
            "look at what stopped the task: the events of the service",
        ),
        code => return (format!("the program ended with {code}"), LOG),
    };
    (name.to_owned(), fix)
}

const LOG: &str = "look at the log: cargo ecs logs";
