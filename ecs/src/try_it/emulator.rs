//! The AWS on this machine, and its end.

use super::docker::Engine;
use super::error::last_words;
use super::{Cache, TryError, python};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// As long as it is there, an emulator that outlives its command goes on.
const WANTED: &str = "wanted";
/// How long it may take to start, which is seconds of Python.
const START: Duration = Duration::from_secs(60);
/// How long it may take to end, which is mostly Docker's.
const END: Duration = Duration::from_secs(30);
/// So young, one that does not listen is starting.
const STARTING: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(100);

/// How long it lives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Life {
    /// As long as this process, however that ends.
    Walk,
    /// Until it is stopped.
    UntilStopped,
}

/// A running emulator.
#[derive(Debug)]
pub struct Emulator {
    /// The port of its APIs and of its load balancers.
    pub port: u16,
    /// The port of its registry.
    pub registry: u16,
    /// Its folder, as long as it runs.
    folder: PathBuf,
    engine: Engine,
    process: Child,
}

impl Emulator {
    /// Starts one on free ports, after what others have left that were killed is gone. `tell` gets told what takes a while.
    ///
    /// # Errors
    ///
    /// If it cannot be installed, or does not answer.
    pub async fn start(
        cache: &Cache,
        engine: Engine,
        life: Life,
        tell: impl FnOnce(&str),
    ) -> Result<Self, TryError> {
        let python = python::python(cache, tell).await?;
        clear(cache, engine).await?;
        let [port, registry] = free_ports().map_err(|error| TryError::NoStart {
            said: format!("no free port: {error}"),
        })?;
        let folder = cache.run(port);
        let images = folder.join("images");
        fs::create_dir_all(&images).map_err(TryError::write(&images))?;
        cache.write_program(&folder)?;
        fs::write(folder.join(REGISTRY), registry.to_string()).map_err(TryError::write(&folder))?;

        let mut command = Command::new(python);
        command.arg(&folder).arg("--quick");
        command.args(["--registry", &registry.to_string(), "--images"]);
        command.arg(images);
        match life {
            Life::Walk => command.arg("--end-with-stdin").stdin(Stdio::piped()),
            Life::UntilStopped => {
                let wanted = folder.join(WANTED);
                fs::write(&wanted, "").map_err(TryError::write(&wanted))?;
                command
                    .arg("--end-with-file")
                    .arg(wanted)
                    .stdin(Stdio::null())
            }
        };
        let log = folder.join(LOG);
        let log = File::create(&log).map_err(TryError::write(&log))?;
        let again = log.try_clone().map_err(TryError::write(&folder))?;
        command.stdout(log).stderr(again);
        command
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_HOSTNAME", "try")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // Ctrl-C on a terminal is for this process, which then ends the emulator.
            .process_group(0);
        let process = command.spawn().map_err(TryError::write(&folder))?;
        let mut emulator = Self {
            port,
            registry,
            folder,
            engine,
            process,
        };
        match emulator.answers().await {
            Ok(()) => Ok(emulator),
            Err(error) => {
                let _ = emulator.end().await;
                Err(error)
            }
        }
    }

    /// Where its APIs are.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn answers(&mut self) -> Result<(), TryError> {
        let deadline = Instant::now() + START;
        while !listens(self.port) || !listens(self.registry) {
            let has_ended = !matches!(self.process.try_wait(), Ok(None));
            if has_ended || Instant::now() >= deadline {
                let said = fs::read(self.folder.join(LOG)).unwrap_or_default();
                return Err(TryError::NoStart {
                    said: last_words(&said),
                });
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    /// Ends it, and leaves nothing.
    ///
    /// # Errors
    ///
    /// If the engine does not answer.
    pub async fn end(mut self) -> Result<(), TryError> {
        drop(self.process.stdin.take());
        let _ = fs::remove_file(self.folder.join(WANTED));
        if tokio::time::timeout(END, self.process.wait())
            .await
            .is_err()
        {
            let _ = self.process.kill().await;
        }
        remove(self.engine, self.port, &self.folder).await
    }
}

/// The port of a registry, in its emulator's folder.
const REGISTRY: &str = "registry-port";
const LOG: &str = "log";

/// Ends those that were to go on until now, and returns their ports.
///
/// # Errors
///
/// If one does not end, or the engine does not answer.
pub async fn stop(cache: &Cache, engine: Engine) -> Result<Vec<u16>, TryError> {
    let mut stopped = Vec::new();
    for port in cache.ports() {
        if fs::remove_file(cache.run(port).join(WANTED)).is_err() {
            continue;
        }
        let deadline = Instant::now() + END;
        while listens(port) {
            if Instant::now() >= deadline {
                return Err(TryError::NoEnd(port));
            }
            sleep(POLL).await;
        }
        stopped.push(port);
    }
    clear(cache, engine).await?;
    Ok(stopped)
}

/// Removes what those have left that were killed.
async fn clear(cache: &Cache, engine: Engine) -> Result<(), TryError> {
    let ports = [cache.ports(), engine.ports().await?].concat();
    for port in ports {
        if !listens(port) && !is_starting(&cache.run(port)) {
            remove(engine, port, &cache.run(port)).await?;
        }
    }
    Ok(())
}

async fn remove(engine: Engine, port: u16, folder: &Path) -> Result<(), TryError> {
    engine.remove(port).await?;
    let registry = fs::read_to_string(folder.join(REGISTRY)).ok();
    if let Some(registry) = registry.and_then(|port| port.parse().ok()) {
        engine.forget_images(registry).await?;
    }
    // The last, since it says what there is to remove.
    let _ = fs::remove_dir_all(folder);
    Ok(())
}

/// If it may be one that does not listen yet.
fn is_starting(folder: &Path) -> bool {
    let made = fs::metadata(folder.join(LOG)).and_then(|log| log.modified());
    made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < STARTING))
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn free_ports() -> std::io::Result<[u16; 2]> {
    // Both are held until both are known, so that they differ.
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let (one, other) = (listen()?, listen()?);
    Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}
