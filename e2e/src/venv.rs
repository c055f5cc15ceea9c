//! The Python programs and packages of the requirements, which `e2e/run` has installed.

use crate::image::repository;
use std::path::PathBuf;

/// A program of `requirements.txt`.
pub(crate) fn program(name: &str) -> PathBuf {
    repository().join("e2e/target/venv/bin").join(name)
}

/// The Python that has `ecs/emulator/requirements.txt`.
pub(crate) fn python_of_emulator() -> PathBuf {
    repository().join("e2e/target/emulator/bin/python")
}
