//! What the tool writes into other people's repositories: rendered in memory, then written, and nothing is overwritten.
//!
//! | module | what it is |
//! |---|---|
//! | [`templates`] | the files that this repository itself uses, and those that only a new service has |
//! | [`render`] | a template's text for a service |
//! | [`write`] | texts to files: all of them, or none |

pub mod render;
mod templates;
pub mod write;
