//! Which Dockerfile, which stage, which context.

use super::{Init, InitError};
use crate::cli::ask::ask;
use crate::cli::confirm::can_ask;
use crate::cli::say;
use crate::init::dockerfile::Stage;
use crate::init::{Build, Repository, Search, SearchError, context, read_dockerfile};
use std::path::{Path, PathBuf};

impl Init {
    /// How the image is built, and the stage that is run.
    pub(super) fn build(
        &self,
        repository: &Repository,
        found: &Search,
        folder: &Path,
    ) -> Result<(Build, Stage), InitError> {
        let root = &repository.root;
        let dockerfile = match &self.dockerfile {
            Some(file) => below(root, file)?,
            None => self.chosen(root, found, folder)?,
        };
        let mut build = Build::of(&dockerfile);
        if let Some(context) = &self.context {
            build.context = below(root, context)?;
        } else if let Some(told) = context(root, &dockerfile)
            && told.value != build.context
        {
            // The root is an empty path, and shown as a dot.
            let shown = Path::new(".").join(&told.value);
            let shown = shown.components().as_path().display();
            say::err(format_args!(
                "context {shown} ({}); --context for another one",
                told.from
            ));
            build.context = told.value;
        }
        build.target.clone_from(&self.target);
        let parsed = read_dockerfile(root, &dockerfile)?;
        let stage = parsed.stage(self.target.as_deref());
        let stage = stage.map_err(|source| InitError::Target {
            file: dockerfile.display().to_string(),
            source,
        })?;
        Ok((build, stage.clone()))
    }

    fn chosen(&self, root: &Path, found: &Search, folder: &Path) -> Result<PathBuf, InitError> {
        let files = &found.dockerfiles;
        let usual = files.usual(root, folder);
        if let Err(error @ SearchError::None { .. }) = usual {
            return Err(error.into());
        }
        if files.0.len() > 1 && !self.yes && can_ask() {
            let names = files.names();
            say::err(format_args!("Dockerfiles: {}", names.join(", ")));
            let usual = usual.ok().map(|file| file.display().to_string());
            let check = |text: &str| {
                let is_one = names.iter().any(|name| name == text);
                is_one
                    .then(|| PathBuf::from(text))
                    .ok_or_else(|| "choose one of them".to_owned())
            };
            return Ok(ask("Dockerfile", usual.as_deref(), check)?);
        }
        let usual = usual?;
        if files.0.len() > 1 {
            say::err(format_args!(
                "of {}, {} is taken; --dockerfile names another one",
                files.names().join(", "),
                usual.display()
            ));
        }
        Ok(usual.to_owned())
    }
}

/// A path from the working directory on, as one from the root on.
fn below(root: &Path, path: &Path) -> Result<PathBuf, InitError> {
    let full = path.canonicalize();
    let full = full.map_err(|source| InitError::Path(path.to_owned(), source))?;
    let below = full.strip_prefix(root).map_err(|_| InitError::Elsewhere {
        path: path.to_owned(),
        root: root.to_owned(),
    })?;
    Ok(below.to_owned())
}
