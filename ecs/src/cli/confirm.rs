//! Asks before something is done.

use super::say;
use super::signals::Signals;
use std::io::{BufRead, IsTerminal, stdin};
use tokio::sync::oneshot;

/// Shows what would be done and asks. Where nobody can be asked, the answer is no.
pub(super) fn confirm(what: &str) -> bool {
    say::err(what);
    if !stdin().is_terminal() {
        say::err("there is no terminal to ask on; --yes does it without asking");
        return false;
    }
    says_yes("go on?")
}

/// Asks on the terminal; everything but yes is no.
fn says_yes(question: &str) -> bool {
    anstream::eprint!("{question} [y/N] ");
    let mut answer = String::new();
    let read = stdin().lock().read_line(&mut answer);
    let answer = answer.trim().to_lowercase();
    read.is_ok() && (answer == "y" || answer == "yes")
}

/// The same while signals are listened to: another one is a no.
pub(super) async fn asked(question: &'static str) -> bool {
    let mut signals = Signals::listen();
    let (answers, answer) = oneshot::channel();
    // A thread that nobody waits for when the program ends, since it reads for as long as nobody types.
    std::thread::spawn(move || answers.send(says_yes(question)));
    tokio::select! {
        yes = answer => yes.unwrap_or(false),
        _ = signals.next() => false,
    }
}
