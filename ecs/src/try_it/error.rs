//! Why it cannot be done.

use std::io;
use std::path::PathBuf;

/// Why the walk cannot be had on this machine.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// Neither a variable nor a home directory says where.
    #[error("no folder for caches: set HOME or XDG_CACHE_HOME")]
    NoCache,
    /// A file or folder.
    #[error("cannot write {file}")]
    Write {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no Python, or an old one.
    #[error(
        "the emulator needs Python 3.10 or newer, and there is {found}\n  install it: apt install python3 python3-venv, dnf install python3, or brew install python"
    )]
    NoPython {
        /// What there is instead.
        found: String,
    },
    /// It cannot make environments, as on Debian without a package.
    #[error(
        "python3 cannot make a virtual environment: {said}\n  on Debian and Ubuntu: apt install python3-venv"
    )]
    NoVenv {
        /// Its last words.
        said: String,
    },
    /// The packages cannot be had.
    #[error(
        "cannot install the emulator from PyPI: {said}\n  behind a proxy or with a mirror, set HTTPS_PROXY or PIP_INDEX_URL"
    )]
    NoPackages {
        /// Pip's last words.
        said: String,
    },
    /// There is no `docker` command.
    #[error("the docker command is not installed\n  see https://docs.docker.com/engine/install/")]
    NoDocker,
    /// The engine is not there for this user.
    #[error(
        "no Docker engine: {said}\n  start it, and let your user reach it: sudo usermod --append --groups docker \"$USER\""
    )]
    NoEngine {
        /// What the command says.
        said: String,
    },
    /// It is one whose containers this machine does not reach.
    #[error(
        "the engine is {name}, and the emulator has to reach containers by their own addresses\n  run it on Linux, or in WSL 2 or a virtual machine with Docker Engine"
    )]
    FarEngine {
        /// Which.
        name: String,
    },
    /// A command of Docker's failed.
    #[error("docker {command} failed: {said}")]
    Docker {
        /// Which.
        command: String,
        /// Its last words.
        said: String,
    },
    /// There is nothing to build.
    #[error(
        "no Dockerfile in {place}\n  run it in a service's folder, such as one of cargo ecs new, or name a local image with --image"
    )]
    NoDockerfile {
        /// Where it was looked for.
        place: String,
    },
    /// It ended, or does not answer.
    #[error("the emulator does not start; it says: {said}")]
    NoStart {
        /// Its last words.
        said: String,
    },
    /// It was told to end.
    #[error(
        "the emulator on port {0} goes on; end it by its process: ss --listening --tcp --processes \"sport = :{0}\""
    )]
    NoEnd(u16),
}

impl TryError {
    /// That this file could not be written.
    pub(super) fn write(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Write { file, source }
    }
}

/// The last line of what a command has said, which is where most say why.
pub(super) fn last_words(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next_back().unwrap_or("nothing").to_owned()
}
