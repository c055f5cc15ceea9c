//! The workflows of GitHub that make the image, deploy and operate.

use super::answers::Answers;
use super::earlier::IMAGES;
use super::files::FilesError;
use crate::files::text;
use crate::image::Reference;
use crate::new::ecr::Ecr;
use crate::new::library::Library;
use crate::new::registry::Registry;
use crate::new::render::render;
use crate::new::write::NewFile;
use serde::Serialize;
use std::path::Path;

/// Files, and the templates of them. The image has a workflow of its own, since the service has its tests.
const FILES: [(&str, &str); 4] = [
    (IMAGES, "init/image.yml"),
    (".github/workflows/deploy.yml", "deployment/deploy.yml"),
    (".github/workflows/ops.yml", "deployment/ops.yml"),
    (".github/actions/tool/action.yml", "init/tool.yml"),
];

/// The workflow that makes images in what `cargo ecs new` makes.
pub const CI: &str = ".github/workflows/ci.yml";

/// Prints the image's name.
const IMAGE_NAME: (&str, &str) = (".github/image-name", "repository/image-name");

#[derive(Serialize)]
struct Values<'a> {
    name: &'a str,
    registry: Registry,
    is_function: bool,
    build: String,
    branch: &'a str,
    /// The same, as YAML.
    branch_text: String,
    platform: &'a str,
    /// What installs the tool, if it is anywhere.
    tool: Option<String>,
    /// What fetches its release, if it is of one.
    action: Option<String>,
}

/// The registry of a repository for images; none, if no workflow knows how to log in there.
pub fn registry_of(image: &str) -> Option<Registry> {
    Registry::of_host(&image.parse::<Reference>().ok()?.registry)
}

/// The ARN of an image's repository, if that is in ECR.
pub(super) fn ecr_arn(image: &str) -> Option<String> {
    let image: Reference = image.parse().ok()?;
    Some(Ecr::of_host(&image.registry)?.arn(&image.repository))
}

/// If CI makes the images, as that of `cargo ecs new` does.
pub fn has_image_workflow(root: &Path) -> bool {
    let ci = text(&root.join(CI)).unwrap_or_default();
    ci.contains(IMAGE_NAME.0)
}

/// All of them, if the images are where they can push.
pub(super) fn workflows(answers: &Answers) -> Result<Vec<NewFile>, FilesError> {
    let Some(registry) = registry_of(&answers.image) else {
        return Ok(Vec::new());
    };
    let build = answers.build.arguments();
    if build.contains("${{") || build.contains(char::is_control) {
        return Err(FilesError::Path(build));
    }
    let library = Library::of_tool().ok();
    let values = Values {
        name: &answers.name,
        registry,
        is_function: false,
        build,
        branch: &answers.branch,
        branch_text: serde_json::Value::from(answers.branch.as_str()).to_string(),
        platform: answers.platform(),
        tool: library.as_ref().and_then(Library::tool),
        action: library.as_ref().and_then(Library::action),
    };
    let (name, template) = IMAGE_NAME;
    let mut files = vec![NewFile::program(name, render(template, &values)?)];
    let is_wanted = |name: &str| !(answers.has_image_workflow && name == IMAGES);
    for (name, template) in FILES.into_iter().filter(|(name, _)| is_wanted(name)) {
        files.push(NewFile::new(name, render(template, &values)?));
    }
    Ok(files)
}
