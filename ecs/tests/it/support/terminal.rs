//! A terminal that a test types on, for what asks only where somebody is.

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

/// The side of it on which somebody sits.
pub(crate) struct Terminal {
    ours: File,
    theirs: File,
    shown: String,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        // It is to be nobody's controlling terminal, the tests' own neither.
        let theirs = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        Self {
            ours: ours.into(),
            theirs: theirs.into(),
            shown: String::new(),
        }
    }

    /// The program's side.
    pub(crate) fn stdio(&self) -> Stdio {
        self.theirs.try_clone().unwrap().into()
    }

    /// Waits until it shows this. It blocks.
    pub(crate) fn until_shown(&mut self, text: &str) {
        let mut bytes = [0; 1024];
        while !self.shown.contains(text) {
            let read = self.ours.read(&mut bytes).unwrap();
            self.shown += &String::from_utf8_lossy(&bytes[..read]);
        }
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.ours.write_all(keys.as_bytes()).unwrap();
    }
}
