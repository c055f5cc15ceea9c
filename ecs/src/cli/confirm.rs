//! Asks before something is done.

use std::io::{BufRead, IsTerminal, stdin};

/// Shows what would be done and asks. Where nobody can be asked, the answer is no.
pub(super) fn confirm(what: &str) -> bool {
    anstream::eprint!("{what}");
    if !stdin().is_terminal() {
        anstream::eprintln!("there is no terminal to ask on; --yes does it without asking");
        return false;
    }
    says_yes("go on?")
}

/// Asks on the terminal; everything but yes is no.
pub(super) fn says_yes(question: &str) -> bool {
    anstream::eprint!("{question} [y/N] ");
    let mut answer = String::new();
    let read = stdin().lock().read_line(&mut answer);
    read.is_ok() && answer.trim().eq_ignore_ascii_case("y")
}
