//! Asks before something is done.

use super::{drawing, say};
use std::io::{self, BufRead, IsTerminal, Write, stderr, stdin};
use tokio::sync::oneshot;

/// What a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// The input ended without an answer.
    End,
}

/// Shows what would be done and asks. Where nobody can be asked, the answer is no.
pub(super) async fn confirm(what: &str) -> bool {
    let _paused = drawing::pause();
    say::err(what);
    if !can_ask() {
        say::err("there is no terminal to ask on; --yes does it without asking");
        return false;
    }
    let answer = asked("go on?").await;
    if answer == Answer::End {
        say::err("no answer, which is a no; --yes does it without asking");
    }
    answer == Answer::Yes
}

/// If somebody sees a question and can answer it.
pub(super) fn can_ask() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Asks. Who listens to signals meanwhile may drop it.
pub(super) async fn agreed(question: &'static str) -> bool {
    let _paused = drawing::pause();
    asked(question).await == Answer::Yes
}

async fn asked(question: &'static str) -> Answer {
    let mut open = Open(true);
    let (answers, given) = oneshot::channel();
    // A thread that nobody waits for when the program ends, since it reads for as long as nobody types. Signals are received
    // meanwhile.
    std::thread::spawn(move || answers.send(answer(question, stdin().lock(), anstream::stderr())));
    let answer = given.await.unwrap_or(Answer::End);
    open.0 = false;
    answer
}

/// A question that is not answered: what is said after it stands below.
struct Open(bool);

impl Drop for Open {
    fn drop(&mut self) {
        if self.0 {
            say::err("");
        }
    }
}

/// Asks until there is an answer.
fn answer(question: &str, mut input: impl BufRead, mut output: impl Write) -> Answer {
    loop {
        // Where it cannot be written, nobody sees it, and the input ends or answers all the same.
        let _ = write!(output, "{question} (y/n) ").and_then(|()| output.flush());
        let Some(line) = line(&mut input).ok().flatten() else {
            let _ = writeln!(output);
            return Answer::End;
        };
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => return Answer::Yes,
            "n" | "no" => return Answer::No,
            _ => {
                let _ = writeln!(output, "please answer y or n");
            }
        }
    }
}

/// A line of whatever was typed; none at the end of the input.
fn line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = input.read_until(b'\n', &mut line)?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(typed: &[u8]) -> (Answer, String) {
        let mut shown = Vec::new();
        let answer = answer("go on?", typed, &mut shown);
        (answer, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn yes_and_no_are_known_in_every_spelling() {
        for (typed, answer) in [
            ("y\n", Answer::Yes),
            (" YES \r\n", Answer::Yes),
            ("Yes\n", Answer::Yes),
            ("y", Answer::Yes),
            ("n\n", Answer::No),
            ("No\n", Answer::No),
        ] {
            assert_eq!(answered(typed.as_bytes()).0, answer, "{typed:?}");
        }
    }

    #[test]
    fn anything_else_is_asked_again() {
        let (answer, shown) = answered(b"\nyep\n\xff\xfe\nyes\n");
        assert_eq!(answer, Answer::Yes);
        assert_eq!(shown.matches("go on? (y/n) ").count(), 4, "{shown}");
        assert_eq!(shown.matches("please answer y or n").count(), 3);
    }

    #[test]
    fn the_end_of_the_input_is_no_answer() {
        for typed in ["", "maybe\n"] {
            assert_eq!(answered(typed.as_bytes()).0, Answer::End, "{typed:?}");
        }
    }
}
