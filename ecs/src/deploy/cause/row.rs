//! A row of a table of causes: its name, the text that tells, and the fix.

/// One cause. What a text has to contain is in small letters, and with a straight apostrophe.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// All of one of these. A `^` in front means that the text begins with it.
    pub(super) any: &'static [&'static [&'static str]],
    pub(super) fix: &'static str,
}

pub(super) const fn row(
    name: &'static str,
    any: &'static [&'static [&'static str]],
    fix: &'static str,
) -> Row {
    Row { name, any, fix }
}

impl Row {
    /// Whether the text, which is in small letters, tells of this cause.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.any
            .iter()
            .any(|all| all.iter().all(|needle| has(text, needle)))
    }
}

/// The first row that fits: particular rows stand before general ones.
pub(super) fn first<'t>(tables: &[&'t [Row]], text: &str) -> Option<&'t Row> {
    tables
        .iter()
        .flat_map(|table| table.iter())
        .find(|row| row.fits(text))
}

/// As the needles are written. AWS writes some texts with a typographer's apostrophe.
pub(super) fn lower(text: &str) -> String {
    text.to_lowercase().replace('\u{2019}', "'")
}

/// Whether the text contains the needle, or begins with it.
pub(super) fn has(text: &str, needle: &str) -> bool {
    match needle.strip_prefix('^') {
        Some(start) => text.trim_start().starts_with(start),
        None => text.contains(needle),
    }
}
