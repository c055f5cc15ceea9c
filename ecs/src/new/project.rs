//! The files of a new service.

use super::answers::{Answers, Lambda, License, Port};
use super::definition::definition;
use super::library::{in_shell, quoted};
use super::registry::Registry;
use super::render::{RenderError, render};
use super::write::NewFile;
use serde::Serialize;

/// Files that cannot be made, which is a fault of the tool.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A template's.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The task definition's.
    #[error("cannot make the task definition")]
    Definition(#[from] serde_json::Error),
}

/// A file and the template of it.
struct Row(&'static str, &'static str);

/// Of every service.
const ALL: &[Row] = &[
    Row("Cargo.toml", "service/workspace.toml"),
    Row("bin/Cargo.toml", "service/bin.toml"),
    Row("bin/src/main.rs", "service/bin/main.rs"),
    Row("core/Cargo.toml", "service/core.toml"),
    Row("core/src/lib.rs", "service/core/lib.rs"),
    Row("core/src/config.rs", "service/core/config.rs"),
    Row("core/src/routes.rs", "service/core/routes.rs"),
    Row("core/src/tests.rs", "service/core/tests.rs"),
    Row(".cargo/config.toml", "service/cargo-config.toml"),
    Row("rust-toolchain.toml", "repository/rust-toolchain.toml"),
    Row(".gitignore", "repository/gitignore"),
    Row(".ci/run", "service/ci-run"),
    Row(".github/workflows/ci.yml", "deployment/ci.yml"),
    Row("README.md", "service/README.md"),
];

/// Of one that runs on ECS.
const OF_ECS: &[Row] = &[
    Row("Dockerfile", "service/Dockerfile"),
    Row(".dockerignore", "service/dockerignore"),
    Row("ecs/stack.yaml", "deployment/stack.yaml"),
    Row("ecs/github-oidc.yaml", "repository/github-oidc.yaml"),
    Row("ecs/ecs.toml", "deployment/ecs.toml"),
    Row(".github/workflows/deploy.yml", "deployment/deploy.yml"),
    Row(".github/workflows/ops.yml", "deployment/ops.yml"),
    Row(".github/actions/tool/action.yml", "deployment/tool.yml"),
    Row(".github/image-name", "repository/image-name"),
];

const MIT: Row = Row("LICENSE-MIT", "service/LICENSE-MIT");
const APACHE: Row = Row("LICENSE-APACHE", "repository/LICENSE-APACHE");

/// Those that are run.
const PROGRAMS: &[&str] = &[".ci/run", ".github/image-name"];

/// What the templates name.
#[derive(Serialize)]
struct Values<'a> {
    name: &'a str,
    library_crate: String,
    program: String,
    is_function: bool,
    has_lambda: bool,
    has_database: bool,
    port: String,
    is_default_port: bool,
    image: &'a str,
    is_image_example: bool,
    registry: Registry,
    registry_host: &'a str,
    repository: &'a str,
    ecr_arn: Option<String>,
    license: Option<&'static str>,
    library: String,
    library_context: Option<&'a str>,
    library_context_json: Option<String>,
    library_image: Option<String>,
    tool: Option<String>,
    action: Option<String>,
    build: String,
    homepage: &'static str,
}

/// All files, without those that building makes.
///
/// # Errors
///
/// If a template fails.
pub fn files(answers: &Answers) -> Result<Vec<NewFile>, ProjectError> {
    let values = Values::of(answers);
    let of_ecs = if values.is_function { &[] } else { OF_ECS };
    let licenses: &[Row] = match answers.license {
        License::Mit => &[MIT],
        License::Apache => &[APACHE],
        License::Both => &[MIT, APACHE],
        License::None => &[],
    };
    let mut files = Vec::new();
    for Row(path, template) in [ALL, of_ecs, licenses].into_iter().flatten() {
        let text = render(template, &values)?;
        files.push(NewFile {
            is_program: PROGRAMS.contains(path),
            ..NewFile::new(*path, text)
        });
    }
    if !values.is_function {
        files.push(NewFile::new(
            "ecs/task-definition.json",
            definition(answers)?,
        ));
    }
    Ok(files)
}

impl Answers {
    /// The program in the image, in a folder of its own: services may be called as one of the image's or of the system's.
    pub(super) fn program(&self) -> String {
        format!("/app/{}", self.name)
    }

    /// The command that builds the image.
    pub fn build_command(&self) -> String {
        let context = self.library.context();
        let context = context.map(|it| format!("--build-context dualrun-source={} ", in_shell(it)));
        let context = context.unwrap_or_default();
        let name = &self.name;
        format!(r#"docker build -t {name} --build-arg REVISION="$(git rev-parse HEAD)" {context}."#)
    }

    /// The command that makes an image of the library's folder, for an engine without build contexts.
    pub fn library_image_command(&self) -> Option<String> {
        let folder = self.library.context()?;
        Some(format!(
            r"printf 'FROM scratch\nCOPY . /\n' | docker build -t dualrun-source -f - {}",
            in_shell(folder)
        ))
    }
}

impl<'a> Values<'a> {
    fn of(answers: &'a Answers) -> Self {
        let (registry_host, repository) = answers.image.parts();
        let library_context = answers.library.context();
        Self {
            name: answers.name.as_str(),
            library_crate: answers.name.library_crate(),
            program: answers.program(),
            is_function: answers.lambda == Lambda::Only,
            has_lambda: answers.lambda != Lambda::Without,
            has_database: answers.has_database,
            port: answers.port.number().to_string(),
            is_default_port: answers.port == Port::DEFAULT,
            image: &answers.image.name,
            is_image_example: answers.image.is_example,
            registry: answers.image.registry,
            registry_host,
            repository,
            ecr_arn: answers.image.ecr_arn(),
            license: answers.license.expression(),
            library: answers.library.dependency(),
            library_context,
            library_context_json: library_context.map(|folder| quoted(&format!("{folder}/"))),
            library_image: answers.library_image_command(),
            tool: answers.library.tool(),
            action: answers.library.action(),
            build: answers.build_command(),
            homepage: "https://docs.rs/dualrun",
        }
    }
}
