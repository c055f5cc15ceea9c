//! The name of a service, which crates, a stack, roles and an image share.

use std::fmt;
use std::str::FromStr;

/// Roles have the stack's name, the region and what they are for in theirs, in 64 characters (AWS, IAM user guide, "IAM and AWS
/// STS quotas").
const LONGEST: usize = 32;

/// What Rust, cargo or Windows take for something else (The Rust Reference, "Keywords"; cargo, `restricted_names.rs`).
const RESERVED: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "aux",
    "await",
    "become",
    "box",
    "break",
    "build",
    "con",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "nul",
    "override",
    "priv",
    "prn",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// Crates that the new one depends on.
const DEPENDENCIES: &[&str] = &["axum", "dualrun", "serde", "tokio", "tracing"];

/// A name that all of them take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text is no such name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing.
    #[error("it is empty")]
    Empty,
    /// A character that one of them does not take.
    #[error(
        "it has {0:?}: crates, stacks and images have the letters a to z, digits and hyphens in common"
    )]
    Character(char),
    /// A digit or a hyphen.
    #[error("it begins with {0:?}: crates and stacks begin with a letter")]
    First(char),
    /// A hyphen.
    #[error("it ends with a hyphen, and images end with a letter or a digit")]
    Last,
    /// Longer than roles allow.
    #[error("it has {0} characters: roles leave room for 32")]
    Long(usize),
    /// A word of Rust's, cargo's or Windows'.
    #[error("Rust, cargo or an operating system has a meaning of its own for it")]
    Reserved,
    /// The name of a dependency.
    #[error("the service depends on a crate of that name")]
    Dependency,
}

impl Name {
    /// As the stack, the program and the package are called.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How Rust calls the library of the service.
    pub fn library_crate(&self) -> String {
        format!("{}_core", self.0.replace('-', "_"))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Name {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let is_taken = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-';
        if let Some(other) = text.chars().find(|c| !is_taken(c)) {
            return Err(BadName::Character(other));
        }
        let first = text.chars().next().ok_or(BadName::Empty)?;
        if !first.is_ascii_lowercase() {
            return Err(BadName::First(first));
        }
        if text.ends_with('-') {
            return Err(BadName::Last);
        }
        if text.len() > LONGEST {
            return Err(BadName::Long(text.len()));
        }
        let is_port = |name: &str| {
            let number = name
                .strip_prefix("com")
                .or_else(|| name.strip_prefix("lpt"));
            number.is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
        };
        if RESERVED.contains(&text) || is_port(text) {
            return Err(BadName::Reserved);
        }
        if DEPENDENCIES.contains(&text) {
            return Err(BadName::Dependency);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crates_stacks_and_images_take_is_a_name() {
        for text in ["shop", "a", "web-shop-2", "a--b", "tests", &"s".repeat(32)] {
            assert_eq!(text.parse::<Name>().unwrap().as_str(), text);
        }
        assert_eq!(
            "web-shop".parse::<Name>().unwrap().library_crate(),
            "web_shop_core"
        );
    }

    #[test]
    fn what_one_of_them_does_not_take_is_none_and_says_why() {
        for (text, why) in [
            ("", BadName::Empty),
            ("Shop", BadName::Character('S')),
            ("web_shop", BadName::Character('_')),
            ("me/shop", BadName::Character('/')),
            ("../shop", BadName::Character('.')),
            ("café", BadName::Character('é')),
            ("a b", BadName::Character(' ')),
            ("9lives", BadName::First('9')),
            ("-shop", BadName::First('-')),
            ("shop-", BadName::Last),
            (&"s".repeat(33), BadName::Long(33)),
            ("match", BadName::Reserved),
            ("test", BadName::Reserved),
            ("core", BadName::Reserved),
            ("com1", BadName::Reserved),
            ("dualrun", BadName::Dependency),
        ] {
            assert_eq!(text.parse::<Name>().unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn every_dependency_of_a_new_service_is_known() {
        let text = include_str!("../../templates/service/workspace.toml");
        let lines = text
            .lines()
            .skip_while(|line| *line != "[workspace.dependencies]")
            .skip(1);
        let names = lines
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.split(' ').next());
        assert_eq!(names.collect::<Vec<_>>(), DEPENDENCIES);
    }
}
