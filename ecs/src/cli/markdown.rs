//! Text from elsewhere in Markdown, where it can be nothing but text.

use std::fmt::Write;

/// Of one text. A page of GitHub's has a limit, and a line of a log may be as long as it likes.
const LIMIT: usize = 16 * 1024;

/// A code block that ends where the text ends: its fence is longer than any row of backticks in it.
pub(super) fn block(language: &str, text: &str) -> String {
    let text = cut(text);
    let fence = "`".repeat((longest_row(text) + 1).max(3));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{text}{end}{fence}\n")
}

/// Code in a line or in a cell of a table. Nothing for an empty text.
pub(super) fn code(text: &str) -> String {
    let text = flat(text).replace('|', "\\|");
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_row(&text) + 1);
    // One space at each side is taken off again.
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Words in a line.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in flat(text).chars() {
        if "\\`*_~[]<>&#|!$@".contains(c) {
            let _ = write!(plain, "&#{};", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    plain
}

/// The text in one line.
pub(super) fn flat(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    cut(text).trim().replace(is_break, " ")
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LIMIT)]
}

fn longest_row(text: &str) -> usize {
    let rows = text.split(|c| c != '`');
    rows.map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_does_not_end_before_its_text() {
        assert_eq!(block("text", "a"), "```text\na\n```\n");
        assert_eq!(
            block("text", "a\n````\n# b"),
            "`````text\na\n````\n# b\n`````\n"
        );
        assert!(block("", &"é".repeat(LIMIT)).len() < LIMIT + 10);
    }

    #[test]
    fn code_stays_in_its_cell() {
        let cases = [
            ("me/shop:1", "`me/shop:1`"),
            ("a|b", "`a\\|b`"),
            ("a\n|---|", "`a \\|---\\|`"),
            ("`a`", "`` `a` ``"),
            ("<img src=x>", "`<img src=x>`"),
            ("", ""),
        ];
        for (text, code_of_it) in cases {
            assert_eq!(code(text), code_of_it);
        }
    }

    #[test]
    fn words_are_neither_markup_nor_html() {
        assert_eq!(
            plain("a <b>\n# [c](d)"),
            "a &#60;b&#62; &#35; &#91;c&#93;(d)"
        );
        assert_eq!(plain("shop: deployed"), "shop: deployed");
    }

    #[test]
    fn a_value_is_one_line() {
        assert_eq!(flat("a\r\nverdict=b\n"), "a  verdict=b");
    }
}
