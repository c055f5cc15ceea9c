//! If what is written stays in the repository.

use std::io;
use std::path::{Path, PathBuf};

/// A link that leads out of the repository, or to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Outside {
    /// It leads elsewhere.
    #[error("{} leads out of the repository, to {}; remove the link, or run it there", path.display(), target.display())]
    Leads {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// What it leads to cannot be found.
    #[error("cannot follow {}", path.display())]
    Follow {
        /// The link, or the root.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Checks that no link on the way to these files leads out of the root.
///
/// # Errors
///
/// The first that does.
pub fn check_inside<'a>(
    root: &Path,
    files: impl IntoIterator<Item = &'a str>,
) -> Result<(), Outside> {
    let followed = |path: &Path| {
        path.canonicalize().map_err(|source| Outside::Follow {
            path: path.to_owned(),
            source,
        })
    };
    let real = followed(root)?;
    for file in files {
        let path = root.join(file);
        let mut there = path.ancestors().take_while(|it| *it != root);
        // The nearest that is there, be it a link to nothing.
        let Some(there) = there.find(|it| it.symlink_metadata().is_ok()) else {
            continue;
        };
        let target = followed(there)?;
        if !target.starts_with(&real) {
            return Err(Outside::Leads {
                path: there.to_owned(),
                target,
            });
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_may_lead_about_within_the_repository_only() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("shop");
        fs::create_dir_all(root.join("deploy")).unwrap();
        fs::create_dir(home.path().join("elsewhere")).unwrap();
        let check = || check_inside(&root, ["README.md", "ecs/stack.yaml"]);
        check().unwrap();
        symlink("deploy", root.join("ecs")).unwrap();
        check().unwrap();
        fs::remove_file(root.join("ecs")).unwrap();
        symlink("../elsewhere", root.join("ecs")).unwrap();
        let error = check().unwrap_err().to_string();
        assert!(
            error.contains("shop/ecs leads out of the repository, to "),
            "{error}"
        );
        fs::remove_file(root.join("ecs")).unwrap();
        symlink("nowhere", root.join("ecs")).unwrap();
        assert!(matches!(check(), Err(Outside::Follow { .. })));
    }
}
