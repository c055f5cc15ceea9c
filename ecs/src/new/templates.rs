//! The templates, as part of the program. Those in `repository/` are links to the files that this repository itself uses,
//! with the places that differ as blocks; the others extend them, or are of a new service only.

macro_rules! templates {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../../templates/", $name))),)*]
    };
}

/// The name of each, by which others extend it, and its text.
pub(super) const TEMPLATES: &[(&str, &str)] = templates![
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
    "repository/task-definition.json",
    "repository/tool.yml",
];
