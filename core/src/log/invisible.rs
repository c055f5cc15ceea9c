//! The characters that a line must not contain as they are, since nobody sees them.
//!
//! They can break a line in two, control a terminal, reorder what a person reads, or hide text: CWE-117 (log
//! injection), CWE-1007 (visual distinction) and CVE-2021-42574 ("Trojan Source").

/// Whether `c` is a control or a format character without a glyph of its own. Spaces do not count.
///
/// These are
/// - C0, DEL and C1 (general category `Cc`), with U+0085, which ends a line;
/// - U+2028 and U+2029, which end a line too (`Zl` and `Zp`);
/// - the bidirectional controls (Unicode Standard Annex #9, section 2);
/// - all other `Default_Ignorable_Code_Point`s (Unicode Standard Annex #44, `DerivedCoreProperties.txt`): zero-width
///   characters, fillers, variation selectors, U+FEFF and the tags;
/// - the interlinear annotation characters U+FFF9 to U+FFFB, behind which a renderer may hide text.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}'
                | '\u{2029}'
                // Bidirectional controls. All of them are default-ignorable, and so in the ranges below too.
                | '\u{61c}'
                | '\u{200e}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                // The rest of what is default-ignorable.
                | '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'..='\u{2065}'
                | '\u{206a}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fff8}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
                // Interlinear annotations.
                | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::is_invisible;

    #[test]
    fn controls_line_ends_and_format_characters_are_invisible() {
        for c in "\0\t\n\r\u{1b}\u{7f}\u{80}\u{85}\u{9f}\u{2028}\u{2029}"
            .chars()
            .chain("\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}".chars())
            .chain(
                "\u{ad}\u{200b}\u{200d}\u{2060}\u{fe0f}\u{feff}\u{fffa}\u{e0001}\u{e007f}".chars(),
            )
        {
            assert!(is_invisible(c), "{c:?}");
        }
    }

    #[test]
    fn what_people_write_is_visible() {
        for c in "az09 ~\"\\é\u{301}ßشक語😀\u{a0}\u{3000}\u{fffd}".chars() {
            assert!(!is_invisible(c), "{c:?}");
        }
    }
}
