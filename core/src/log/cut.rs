//! Texts that a client chose, cut for the log.

use std::borrow::Cow;

/// How many bytes of such a text a line has. Those of honest clients are nearly always shorter. A request's head
/// may hold sixty times as much, and each request writes a line.
const MAX: usize = 1024;

/// All of a text of up to 1 KiB; the beginning of a longer one, and how much of it is missing.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX {
        return Cow::Borrowed(text);
    }
    let end = (0..=MAX).rev().find(|&end| text.is_char_boundary(end));
    let (kept, missing) = text.split_at(end.unwrap_or_default());
    Cow::Owned(format!("{kept}... ({} bytes cut)", missing.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_1_kib_is_whole_and_a_longer_one_tells_what_is_missing() {
        let whole = "a".repeat(1024);
        assert_eq!(cut(&whole), whole);
        assert_eq!(
            cut(&format!("{whole}bc")),
            format!("{whole}... (2 bytes cut)")
        );
    }

    #[test]
    fn no_character_is_cut_in_two() {
        let kept = "語".repeat(341);
        assert_eq!(kept.len(), 1023);
        assert_eq!(
            cut(&format!("{kept}語語")),
            format!("{kept}... (6 bytes cut)")
        );
    }
}
