//! The Python programs and packages of `requirements.txt`, which `e2e/run` has installed.

use crate::image::repository;
use std::path::PathBuf;

/// A program of theirs.
pub(crate) fn program(name: &str) -> PathBuf {
    repository().join("e2e/target/venv/bin").join(name)
}
