//! The workflows of GitHub that make the image, deploy and operate.

use super::answers::Answers;
use crate::image::{DOCKER_HUB, Reference};
use crate::new::library::Library;
use crate::new::render::{RenderError, render};
use crate::new::write::NewFile;
use serde::Serialize;

/// Where the workflows can push images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// Docker Hub.
    Dockerhub,
    /// Elastic Container Registry.
    Ecr,
    /// GitHub's registry.
    Ghcr,
}

/// Files, and the templates of them. The image has a workflow of its own, since the service has its tests.
const FILES: [(&str, &str); 4] = [
    (".github/workflows/image.yml", "init/image.yml"),
    (".github/workflows/deploy.yml", "deployment/deploy.yml"),
    (".github/workflows/ops.yml", "deployment/ops.yml"),
    (".github/actions/tool/action.yml", "init/tool.yml"),
];

/// Prints the image's name.
const IMAGE_NAME: (&str, &str) = (".github/image-name", "repository/image-name");

#[derive(Serialize)]
struct Values<'a> {
    name: &'a str,
    registry: Registry,
    is_function: bool,
    build: String,
    /// What installs the tool, if it is anywhere.
    tool: Option<String>,
}

impl Registry {
    /// Of a repository for images; none, if no workflow knows how to log in there.
    pub fn of(image: &str) -> Option<Self> {
        let host = image.parse::<Reference>().ok()?.registry;
        match host.as_str() {
            DOCKER_HUB => Some(Self::Dockerhub),
            "ghcr.io" => Some(Self::Ghcr),
            host if host.contains(".dkr.ecr.") => Some(Self::Ecr),
            _ => None,
        }
    }
}

/// All of them, if the images are where they can push.
pub(super) fn workflows(answers: &Answers) -> Result<Vec<NewFile>, RenderError> {
    let Some(registry) = Registry::of(&answers.image) else {
        return Ok(Vec::new());
    };
    let values = Values {
        name: &answers.name,
        registry,
        is_function: false,
        build: answers.build.arguments(),
        tool: Library::of_tool().ok().and_then(|library| library.tool()),
    };
    let (name, template) = IMAGE_NAME;
    let mut files = vec![NewFile::program(name, render(template, &values)?)];
    for (name, template) in FILES {
        files.push(NewFile::new(name, render(template, &values)?));
    }
    Ok(files)
}
