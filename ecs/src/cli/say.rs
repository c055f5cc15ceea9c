//! Prints, such that nothing in what is printed is a command to GitHub's runner.
//!
//! The runner takes commands from both streams of a step. One is a line that begins with `::`, after white space of any
//! kind, or that has `##[` anywhere; a carriage return ends a line too (actions/runner, `ActionCommand.cs` and
//! `ProcessInvoker.cs`). Logs, reasons and names come from elsewhere, so under Actions such lines are changed a little; and on a
//! terminal, what it would obey is shown (`terminal`).

use super::{drawing, terminal};
use anstream::StripStream;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

/// Why stdout takes no more, if that is so.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// On stdout: the result, and its line's end.
pub(super) fn out(text: impl Display) {
    out_styled(text, &[]);
}

/// The same with styles of these beginnings.
pub(super) fn out_styled(text: impl Display, styles: &[&str]) {
    let text = printable(text);
    if io::stdout().is_terminal() {
        write(&terminal::visible(&text, styles));
    } else {
        write(&text);
    }
}

/// On stderr: what happens, and errors.
pub(super) fn err(text: impl Display) {
    err_styled(text, &[]);
}

/// The same with styles of these beginnings.
pub(super) fn err_styled(text: impl Display, styles: &[&str]) {
    let mut text = printable(text);
    if io::stderr().is_terminal() {
        text = terminal::visible(&text, styles);
    }
    // There is nowhere else to say that this fails.
    let _ = drawing::above(|| writeln!(anstream::stderr(), "{text}"));
}

/// The result as JSON, and nothing else, on stdout.
pub(super) fn json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(json) => json_text(&json),
        Err(error) => err(format_args!("cannot write the result as JSON: {error}")),
    }
}

/// The same in one line, for results of which more follow.
pub(super) fn json_line(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(json) => json_text(&json),
        Err(error) => err(format_args!("cannot write the result as JSON: {error}")),
    }
}

/// JSON that is text already.
pub(super) fn json_text(json: &str) {
    if is_in_actions() {
        write(&json_without_commands(json));
    } else if io::stdout().is_terminal() {
        write(&terminal::visible_json(json));
    } else {
        write(json);
    }
}

fn write(text: &str) {
    let written = drawing::above(|| {
        let mut stdout = anstream::stdout().lock();
        writeln!(stdout, "{text}")?;
        stdout.flush()
    });
    if let Err(error) = written {
        LOST.get_or_init(|| error);
    }
}

/// If nobody gets what is printed on stdout any more.
pub(super) fn is_closed() -> bool {
    LOST.get().is_some()
}

/// The exit code of a command that ended with `code`: an output that was lost is no success. Who does not read to the end has
/// what was wanted.
pub(super) fn ended(code: ExitCode) -> ExitCode {
    match LOST.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            err(format_args!("cannot write to stdout: {error}"));
            if code == ExitCode::SUCCESS {
                ExitCode::FAILURE
            } else {
                code
            }
        }
        _ => code,
    }
}

/// An annotation of the workflow's run. On stderr, since stdout may have to be JSON.
pub(super) fn annotate(title: &'static str, text: &str) {
    let _ = writeln!(
        anstream::stderr(),
        "::error title={title}::{}",
        one_line(text)
    );
}

fn printable(text: impl Display) -> String {
    let text = text.to_string();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if is_in_actions() {
        without_commands(text)
    } else {
        text.to_owned()
    }
}

fn is_in_actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// The text with a space in whatever the runner would take for a command.
fn without_commands(text: &str) -> String {
    // As it arrives there: escape sequences are gone, and may have hidden the beginning of a line.
    let plain = stripped(text);
    let lines = plain.split_inclusive(['\n', '\r']);
    let safe: String = lines.map(without_command).collect();
    if safe == plain { text.to_owned() } else { safe }
}

/// Without escape sequences, by the same means as a stream that is no terminal.
pub(super) fn stripped(text: &str) -> String {
    let mut stream = StripStream::new(Vec::new());
    // Into memory, which does not fail.
    let _ = stream.write_all(text.as_bytes());
    String::from_utf8_lossy(&stream.into_inner()).into_owned()
}

fn without_command(line: &str) -> String {
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let rest = line.trim_start_matches(is_blank);
    let blank = &line[..line.len() - rest.len()];
    let rest = match rest.strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => rest.to_owned(),
    };
    format!("{blank}{rest}").replace("##[", "## [")
}

/// In JSON, every line begins with a sign of JSON's own, and `##[` can only be in a text.
fn json_without_commands(json: &str) -> String {
    json.replace("##[", "##\\u005b")
}

/// A command is one line (GitHub, "Workflow commands").
fn one_line(text: &str) -> String {
    stripped(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    #[test]
    fn what_the_runner_would_take_for_a_command_is_broken_up() {
        let cases = [
            ("::add-mask::a", ": :add-mask::a"),
            ("  \t\u{a0}::error::x", "  \t\u{a0}: :error::x"),
            ("ok\n  ::stop-commands::x", "ok\n  : :stop-commands::x"),
            ("progress\r::debug::x", "progress\r: :debug::x"),
            (":::notice::x", ": ::notice::x"),
            ("\u{feff}::error::x", "\u{feff}: :error::x"),
            ("so ##[add-mask]a", "so ## [add-mask]a"),
            ("\u{1b}[0m:\u{1b}[1m:error::x", ": :error::x"),
            ("\u{1b}]0;title\u{7}::error::x", ": :error::x"),
            ("#\u{1b}[0m#[error]x", "## [error]x"),
        ];
        for (text, safe) in cases {
            assert_eq!(without_commands(text), safe, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_command_stays_as_it_is_with_its_colours() {
        for text in [
            "\u{1b}[31mFAIL\u{1b}[0m std::fs::read",
            "a ::b:: c",
            "##vso",
            "",
        ] {
            assert_eq!(without_commands(text), text);
        }
    }

    #[test]
    fn json_says_the_same_without_a_command_in_it() {
        let value = json!({ "log": "::error::x\n##[add-mask]a" });
        let text = json_without_commands(&format!("{value:#}"));
        assert!(!text.contains("##["), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn no_command_prints_by_other_means() {
        // A question is asked on terminals only.
        let own = ["say.rs", "ask.rs", "confirm.rs"];
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli")];
        while let Some(folder) = folders.pop() {
            for path in folder
                .read_dir()
                .unwrap()
                .map(|entry| entry.unwrap().path())
            {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let is_own = own.iter().any(|name| path.ends_with(name));
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(is_own || !text.contains("anstream::"), "{}", path.display());
            }
        }
    }

    #[test]
    fn an_annotation_is_one_line() {
        assert_eq!(one_line("50%\r\nof \u{1b}[1mit"), "50%25%0D%0Aof it");
    }
}
