//! The images that are deployed: the project's own as it is and with a change, and some with a fault.

use e2e::docker::docker;
use e2e::image::{image, repository};
use e2e::registry::Registry;
use std::fs;
use std::path::Path;
use std::process::Command;

/// An image, as its Dockerfile.
pub(crate) enum Image {
    /// The project's own. It has no variables: ENVIRONMENT too has to come from the task definition.
    Plain,
    /// The project's own with the ENVIRONMENT that the test's definition leaves out. It answers with its name.
    Good,
    /// One that listens on another port than it says.
    ListensElsewhere,
    /// One that listens on another port, and says so.
    SaysAnotherPort,
    /// `images/broken.rs` with this fault.
    Broken(&'static str),
}

impl Image {
    /// Builds it, pushes it as `shop` with this tag, and returns its digest.
    pub(crate) fn push(&self, registry: &Registry, tag: &str) -> String {
        let context = tempfile::tempdir().expect("a directory");
        let own = image();
        let dockerfile = match self {
            Self::Plain => format!("FROM {own}\n"),
            Self::Good => format!("FROM {own}\nENV ENVIRONMENT={tag}\n"),
            Self::ListensElsewhere => {
                format!("FROM {own}\nENV ENVIRONMENT={tag} DUALRUN_ADDR=0.0.0.0:9000\n")
            }
            Self::SaysAnotherPort => format!(
                "FROM scratch\nCOPY --from={own} /bin-fargate /bin-fargate\nEXPOSE 9000\n\
                 ENV ENVIRONMENT={tag} DUALRUN_ADDR=0.0.0.0:9000\nENTRYPOINT [\"/bin-fargate\"]\n"
            ),
            Self::Broken(fault) => {
                compile_broken(&context.path().join("bin-fargate"));
                format!(
                    "FROM scratch\nCOPY bin-fargate /bin-fargate\nEXPOSE 8000\nENV FAULT={fault}\n\
                     ENTRYPOINT [\"/bin-fargate\"]\n"
                )
            }
        };
        fs::write(context.path().join("Dockerfile"), dockerfile).expect("a file");
        let name = registry.image(&format!("shop:{tag}"));
        let directory = context.path().to_str().expect("a path in UTF-8");
        docker(&["build", "--quiet", "--tag", &name, directory]);
        registry.push(&name)
    }
}

/// A static program, as the image holds nothing else.
fn compile_broken(program: &Path) {
    let source = repository().join("e2e/images/broken.rs");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "-C", "target-feature=+crt-static"]);
    let output = rustc.arg("-o").arg(program).arg(source).output();
    let output = output.expect("Rust is installed");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
}
