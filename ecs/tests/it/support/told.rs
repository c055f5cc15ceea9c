//! Keeps what was told.

use ecs::deploy::Progress;

/// What was told, and what one-off tasks have printed.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) texts: Vec<String>,
    pub(crate) lines: Vec<String>,
}

impl Progress for Told {
    fn tell(&mut self, text: &str) {
        self.texts.push(text.to_owned());
    }

    fn line(&mut self, text: &str) {
        self.lines.push(text.to_owned());
    }
}
