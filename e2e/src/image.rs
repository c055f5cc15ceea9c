//! The image, built from the real Dockerfile.

use crate::docker::docker;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The commit that the tests' image claims to be of.
pub const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// The root of the repository.
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("e2e is in the repository").to_owned()
}

/// The name of the image, built on first use.
pub fn image() -> &'static str {
    static IMAGE: OnceLock<String> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let name = "dualrun-e2e:test";
        build(&repository(), name);
        name.to_owned()
    })
}

/// Another base image than the Dockerfile names, for machines that cannot pull that.
#[allow(
    clippy::disallowed_methods,
    reason = "the tests' own, not the service's, configuration"
)]
pub fn base_image() -> Option<String> {
    std::env::var("RUST_IMAGE").ok()
}

/// Builds an image of the repository at `context`, and returns what the build prints.
///
/// The variable `RUST_IMAGE` names another base image than the Dockerfile does.
pub fn build(context: &Path, name: &str) -> String {
    let revision = format!("REVISION={REVISION}");
    let base = base_image().map(|base| format!("RUST_IMAGE={base}"));
    let mut arguments = vec!["build", "--tag", name, "--build-arg", &revision];
    if let Some(base) = &base {
        arguments.extend(["--build-arg", base]);
    }
    arguments.push(context.to_str().expect("a path in UTF-8"));
    docker(&arguments)
}
