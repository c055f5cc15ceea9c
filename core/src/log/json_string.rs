//! The inside of a JSON string (RFC 8259, section 7), with all that is invisible as escapes.
//!
//! serde_json escapes only what JSON demands. With a formatter for the rest, each byte would be looked at twice.

use super::invisible::is_invisible;
use std::fmt;
use std::io::Write;

/// Appends what is written to it, escaped; a parser restores the text.
pub(crate) struct JsonString<'a>(pub(crate) &'a mut Vec<u8>);

impl fmt::Write for JsonString<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Nearly all texts are plain, and most lines are about a request.
        if is_plain(text) {
            self.0.extend_from_slice(text.as_bytes());
        } else {
            text.chars().for_each(|c| self.push(c));
        }
        Ok(())
    }
}

impl JsonString<'_> {
    fn push(&mut self, c: char) {
        let Self(line) = self;
        match c {
            '"' => line.extend_from_slice(br#"\""#),
            '\\' => line.extend_from_slice(br"\\"),
            '\n' => line.extend_from_slice(br"\n"),
            '\r' => line.extend_from_slice(br"\r"),
            '\t' => line.extend_from_slice(br"\t"),
            _ if is_invisible(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // To write into memory does not fail.
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
            _ => line.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Whether a text is ASCII that stands for itself. It looks at eight bytes at a time; the last eight may overlap others.
fn is_plain(text: &str) -> bool {
    // Without an early end, so that it becomes a few operations on a vector.
    let are_plain = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(true, |all, &byte| all & is_plain_byte(byte))
    };
    let bytes = text.as_bytes();
    match bytes.last_chunk::<8>() {
        Some(last) => bytes.chunks_exact(8).all(are_plain) && are_plain(last),
        None => bytes.iter().all(|&byte| IS_PLAIN[usize::from(byte)]),
    }
}

/// [`is_plain_byte`] of each, which is cheaper for one byte at a time.
static IS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_plain_byte(byte as u8);
        byte += 1;
    }
    table
};

const fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write;

    fn escaped(text: &str) -> String {
        let mut line = Vec::new();
        JsonString(&mut line).write_str(text).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn what_is_invisible_is_an_escape_and_the_rest_stands_for_itself() {
        for (text, expected) in [
            ("plain ~ ASCII", "plain ~ ASCII"),
            ("\"é\\语", r#"\"é\\语"#),
            ("a\n\r\t\u{1b}[31m\u{7f}", r"a\n\r\t\u001b[31m\u007f"),
            ("\u{85}\u{2028}\u{2029}", r"\u0085\u2028\u2029"),
            ("\u{202e}gpj.exe\u{2066}", r"\u202egpj.exe\u2066"),
            ("\u{feff}\u{200b}", r"\ufeff\u200b"),
            ("\u{e0041}", r"\udb40\udc41"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_any_json_parser_and_shows_all_that_it_has(
            text in "[ -~\\x00-\\xff\u{2000}-\u{2070}\u{e0000}-\u{e0080}]{0,40}"
        ) {
            let string = format!("\"{}\"", escaped(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&string).unwrap(), text);
            prop_assert!(!string.contains(is_invisible));
        }
    }
}
