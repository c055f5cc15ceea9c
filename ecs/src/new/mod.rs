//! What the tool writes into other people's repositories: rendered in memory, then written, and nothing is overwritten.
//!
//! | module | what it is |
//! |---|---|
//! | [`answers`], [`name`], [`registry`], `ecr`, [`library`] | what is asked for of a new service |
//! | [`project`], `definition` | its files |
//! | [`make`], [`git`] | a new service in a folder, with a repository |
//! | `templates` | the files that this repository itself uses, and those that only a new service has |
//! | [`render`] | a template's text for a service |
//! | [`write`](mod@write) | texts to files: all of them, or none |

pub mod answers;
mod definition;
pub(crate) mod ecr;
pub mod git;
pub mod library;
pub mod make;
pub mod name;
pub mod project;
pub mod registry;
pub mod render;
mod templates;
pub mod write;
