//! The names that a line has already, since a JSON object with two members of one name means whatever its parser makes of it.

/// A set of names. Most lines have few, and most names differ in their length or their first letter, so a word of bits
/// answers nearly always.
#[derive(Default)]
pub(super) struct Names {
    bits: u64,
    names: Vec<&'static str>,
}

impl Names {
    /// Forgets all but these.
    pub(super) fn reset(&mut self, taken: &[&'static str]) {
        self.bits = 0;
        self.names.clear();
        for name in taken {
            self.add(name);
        }
    }

    /// Adds a name, unless it is there.
    pub(super) fn add(&mut self, name: &'static str) -> bool {
        let first = name.as_bytes().first().copied().unwrap_or_default();
        let bit = 1 << ((name.len() * 5 + usize::from(first)) % 64);
        if self.bits & bit != 0 && self.names.contains(&name) {
            return false;
        }
        self.bits |= bit;
        self.names.push(name);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_name_is_added_once_and_others_of_its_length_and_letter_beside_it() {
        let mut names = Names::default();
        names.reset(&["level"]);
        assert!(!names.add("level"));
        assert!(names.add("label"));
        assert!(!names.add("label"));
        assert!(names.add(""));
        names.reset(&[]);
        assert!(names.add("level"));
    }
}
