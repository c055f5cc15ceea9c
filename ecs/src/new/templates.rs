//! The templates, as part of the program. Those in `repository/` are links to the files that this repository itself uses,
//! with the places that differ as blocks; the others extend them, or are of a new service only.

macro_rules! templates {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../../templates/", $name))),)*]
    };
}

/// The name of each, by which others extend it, and its text.
pub(super) const TEMPLATES: &[(&str, &str)] = templates![
    "deployment/ci.yml",
    "deployment/deploy.yml",
    "deployment/ecs.toml",
    "deployment/login.yml",
    "deployment/ops.yml",
    "deployment/pull-login.yml",
    "deployment/push-permissions.yml",
    "deployment/stack.yaml",
    "deployment/tool.yml",
    "init/image.yml",
    "init/stack.yaml",
    "init/tool.yml",
    "repository/Dockerfile",
    "repository/LICENSE-APACHE",
    "repository/LICENSE-MIT",
    "repository/ci.yml",
    "repository/deploy.yml",
    "repository/dockerignore",
    "repository/github-oidc.yaml",
    "repository/gitignore",
    "repository/image-name",
    "repository/ops.yml",
    "repository/rust-toolchain.toml",
    "repository/stack.yaml",
    "repository/tool.yml",
    "service/Dockerfile",
    "service/LICENSE-MIT",
    "service/README.md",
    "service/bin.toml",
    "service/bin/main.rs",
    "service/cargo-config.toml",
    "service/ci-run",
    "service/core.toml",
    "service/core/config.rs",
    "service/core/lib.rs",
    "service/core/routes.rs",
    "service/core/tests.rs",
    "service/dockerignore",
    "service/workspace.toml",
];
