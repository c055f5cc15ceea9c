//! The environment that has what the emulator needs, made once.

use super::TryError;
use super::cache::{Cache, REQUIREMENTS};
use super::error::last_words;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tokio::process::Command;

/// The oldest that the emulator runs with.
const OLDEST: (u32, u32) = (3, 10);
const VERSION: &str = "import sys; print(*sys.version_info[:2])";
/// Says what the environment was made of.
const MADE_OF: &str = "requirements.txt";

/// The Python of the environment, which is made if there is none; `tell` gets told when that begins.
pub(super) async fn python(cache: &Cache, tell: impl FnOnce(&str)) -> Result<PathBuf, TryError> {
    let environment = cache.environment();
    let python = environment.join("bin/python");
    if is_made(&environment) && python.exists() {
        return Ok(python);
    }
    let system = system().await?;
    tell("installing the emulator into the cache, once (some 30 MB from PyPI)");
    // Beside its place until it is whole, so that no half of one is ever used.
    let new = environment.with_extension(format!("{}.new", std::process::id()));
    let made = make(system, &new).await;
    if made.is_ok() {
        let _ = fs::remove_dir_all(&environment);
        // Another run may have been faster.
        let _ = fs::rename(&new, &environment);
    }
    let _ = fs::remove_dir_all(&new);
    made.map(|()| python)
}

fn is_made(environment: &Path) -> bool {
    let made_of = fs::read_to_string(environment.join(MADE_OF));
    made_of.is_ok_and(|made_of| made_of == REQUIREMENTS)
}

/// The machine's own.
async fn system() -> Result<&'static str, TryError> {
    let mut found = "none".to_owned();
    for name in ["python3", "python"] {
        let Ok(output) = output(Command::new(name).args(["-c", VERSION])).await else {
            continue;
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let mut numbers = text.split_whitespace().map(str::parse);
        if let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) {
            if (major, minor) >= OLDEST {
                return Ok(name);
            }
            found = format!("{major}.{minor}");
        }
    }
    Err(TryError::NoPython { found })
}

async fn make(python: &str, environment: &Path) -> Result<(), TryError> {
    let venv = output(Command::new(python).args(["-m", "venv"]).arg(environment)).await;
    let venv = venv.map_err(TryError::write(environment))?;
    if !venv.status.success() {
        let said = last_words(&[venv.stderr, venv.stdout].concat());
        return Err(TryError::NoVenv { said });
    }
    let requirements = environment.join("to-install.txt");
    let write = |file: &Path| fs::write(file, REQUIREMENTS).map_err(TryError::write(file));
    write(&requirements)?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--require-hashes"])
        .args(["--disable-pip-version-check", "--no-input", "--requirement"])
        .arg(&requirements);
    let installed = output(&mut pip)
        .await
        .map_err(TryError::write(environment))?;
    if !installed.status.success() {
        let said = last_words(&installed.stderr);
        return Err(TryError::NoPackages { said });
    }
    write(&environment.join(MADE_OF))
}

async fn output(command: &mut Command) -> std::io::Result<Output> {
    command.kill_on_drop(true).output().await
}
