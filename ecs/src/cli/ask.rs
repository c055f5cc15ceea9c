//! Asks for a text.

use super::drawing;
use std::io::{self, BufRead, Write, stdin};

/// An input that ended, or could not be read, before there was an answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer; nothing was written. --yes takes what stands in parentheses")]
pub(super) struct Unanswered(#[source] Option<io::Error>);

/// Asks on the terminal until the answer passes the check. An empty one is the default, if there is one.
pub(super) fn ask<T>(
    question: &str,
    default: Option<&str>,
    check: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Unanswered> {
    let _paused = drawing::pause();
    asked(
        (question, default),
        check,
        stdin().lock(),
        anstream::stderr(),
    )
}

fn asked<T>(
    (question, default): (&str, Option<&str>),
    check: impl Fn(&str) -> Result<T, String>,
    mut input: impl BufRead,
    mut output: impl Write,
) -> Result<T, Unanswered> {
    let shown = default.map_or(String::new(), |default| format!(" ({default})"));
    loop {
        // Where it cannot be written, nobody sees it, and the input ends or answers all the same.
        let _ = write!(output, "{question}{shown}: ").and_then(|()| output.flush());
        let mut line = Vec::new();
        let read = input.read_until(b'\n', &mut line);
        if !read.as_ref().is_ok_and(|read| *read > 0) {
            let _ = writeln!(output);
            return Err(Unanswered(read.err()));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        let answer = match default {
            Some(default) if line.is_empty() => default,
            _ => line,
        };
        match check(answer) {
            Ok(answer) => return Ok(answer),
            Err(why) => {
                let _ = writeln!(output, "{why}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(text: &str) -> Result<u16, String> {
        text.parse().map_err(|_| "a port is a number".into())
    }

    fn answered(default: Option<&str>, typed: &str) -> (Option<u16>, String) {
        let mut shown = Vec::new();
        let answer = asked(("port", default), port, typed.as_bytes(), &mut shown).ok();
        (answer, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn an_empty_answer_is_the_default() {
        for typed in ["\n", "  \r\n"] {
            let (answer, shown) = answered(Some("80"), typed);
            assert_eq!((answer, shown.as_str()), (Some(80), "port (80): "));
        }
        assert_eq!(answered(Some("80"), "81").0, Some(81));
    }

    #[test]
    fn it_is_asked_until_the_answer_is_one() {
        let (answer, shown) = answered(None, "\nhttp\n 82 \n");
        assert_eq!(answer, Some(82));
        assert_eq!(
            shown,
            "port: a port is a number\nport: a port is a number\nport: "
        );
    }

    #[test]
    fn the_end_of_the_input_is_no_answer() {
        assert_eq!(answered(Some("80"), ""), (None, "port (80): \n".into()));
    }
}
