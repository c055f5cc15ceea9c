//! Text from elsewhere on a terminal: what would move its cursor, rename its window or answer in its name is shown instead of
//! sent.

use std::fmt::Write;

/// Beginnings of the styles of this tool's own reports, as `anstyle` writes them: bold, and a colour.
pub(super) const OWN: &[&str] = &[
    "\u{1b}[1m\u{1b}[31m",
    "\u{1b}[1m\u{1b}[32m",
    "\u{1b}[1m\u{1b}[33m",
    "\u{1b}[1m\u{1b}[35m",
    "\u{1b}[1m\u{1b}[90m",
];
/// Those of clap's help and errors.
pub(super) const OF_CLAP: &[&str] = &[
    "\u{1b}[1m\u{1b}[4m",
    "\u{1b}[1m\u{1b}[31m",
    "\u{1b}[1m",
    "\u{1b}[32m",
    "\u{1b}[33m",
];
const END: &str = "\u{1b}[0m";

/// The text with every character that a terminal obeys as an escape, but for line ends, tabs and these styles.
pub(super) fn visible(text: &str, styles: &[&str]) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut is_styled = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_end = is_styled && rest.starts_with(END);
        let style = styles.iter().find(|style| rest.starts_with(**style));
        let style = style.copied().or(is_end.then_some(END));
        if let Some(style) = style {
            is_styled = !is_end;
            visible.push_str(style);
            rest = &rest[style.len()..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' | '\t' => visible.push(c),
            // The end of a line as others write it.
            '\r' if rest.starts_with('\n') => {}
            c if is_obeyed(c) => visible.extend(c.escape_default()),
            c => visible.push(c),
        }
    }
    visible
}

/// If a terminal does something about it instead of showing it. Marks of a writing direction turn the order of what stands
/// around them (Unicode, UAX 9, "Directional Formatting Characters").
fn is_obeyed(c: char) -> bool {
    let is_direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    // Ends of lines and paragraphs, which some terminals follow too.
    is_direction || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The same JSON. Its texts may have control characters above ASCII's as they are.
pub(super) fn visible_json(json: &str) -> String {
    let mut visible = String::with_capacity(json.len());
    for c in json.chars() {
        if is_obeyed(c) && c != '\n' {
            let _ = write!(visible, "\\u{:04x}", u32::from(c));
        } else {
            visible.push(c);
        }
    }
    visible
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::{AnsiColor, Style};

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (text, shown) in [
            ("\u{1b}[2J\u{1b}[31mgone", "\\u{1b}[2J\\u{1b}[31mgone"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m \u{7f}\u{8}", "\\u{9b}31m \\u{7f}\\u{8}"),
            ("50 %\r100 %", "50 %\\r100 %"),
            ("a\r\nb\tc\n", "a\nb\tc\n"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("\u{2066}a\u{2069}\u{200f}", "\\u{2066}a\\u{2069}\\u{200f}"),
            ("é 世界", "é 世界"),
        ] {
            assert_eq!(visible(text, &[]), shown);
            assert_eq!(visible(text, OWN), shown, "an end without a beginning");
        }
    }

    #[test]
    fn own_styles_stay_and_others_do_not() {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        let own = format!("{red}FAIL{red:#} \u{1b}[31mred\u{1b}[0m");
        let shown = format!("{red}FAIL{red:#} \\u{{1b}}[31mred\\u{{1b}}[0m");
        assert_eq!(visible(&own, OWN), shown);
    }

    #[test]
    fn json_says_the_same() {
        let value = serde_json::json!({ "a": "\u{9b}2J\u{1b}\n\u{202e}" });
        let json = visible_json(&format!("{value:#}"));
        assert!(!json.contains(['\u{9b}', '\u{202e}']), "{json}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            value
        );
    }
}
