//! Fields whose values files leave open, by their paths, such as `containerDefinitions[0].environment[1].name`.

use std::collections::{BTreeMap, BTreeSet};

const CONTAINERS: &str = "containerDefinitions";

/// If a path is of this field, or of one in it.
pub(super) fn is_within(path: &str, field: &str) -> bool {
    path.strip_prefix(field)
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// If a path is of a container as a whole, or of their list.
pub(super) fn is_container(path: &str) -> bool {
    path.strip_prefix(CONTAINERS)
        .is_some_and(|rest| !rest.contains('.'))
}

/// What is open in each container that is known. One that is open itself is not among them, so those behind it have
/// other numbers than in the file.
pub(super) fn by_container<'a>(
    paths: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = BTreeSet<String>> {
    let mut unknown = BTreeSet::new();
    let mut open: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for path in paths {
        let numbered = path.strip_prefix(CONTAINERS).and_then(|rest| {
            let (number, field) = rest.strip_prefix('[')?.split_once(']')?;
            Some((number.parse().ok()?, field))
        });
        let Some((number, field)) = numbered else {
            continue;
        };
        match field.strip_prefix('.') {
            Some(field) => {
                open.entry(number).or_default().insert(field.to_owned());
            }
            None => {
                unknown.insert(number);
            }
        }
    }
    let known = (0..).filter(move |number| !unknown.contains(number));
    known.map(move |number| open.remove(&number).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_is_unknown_does_not_move_what_is_open_in_the_next() {
        let paths = [
            "cpu",
            "containerDefinitions[0]",
            "containerDefinitions[1].environment[2].name",
            "containerDefinitions[1].command",
        ];
        let open: Vec<_> = by_container(paths.into_iter()).take(2).collect();
        let first = ["environment[2].name", "command"].map(str::to_owned);
        assert_eq!(open, [BTreeSet::from(first), BTreeSet::new()]);
        assert!(is_container("containerDefinitions") && is_container(paths[1]));
        assert!(!is_container(paths[2]) && !is_container("cpu"));
    }
}
