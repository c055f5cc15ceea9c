//! What registries keep of an image: its manifest and its configuration, as far as they are looked at.

use super::lookup::{ImageConfig, Platform};
use dualrun::contract::Contract;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::HashMap;

/// A manifest or an index of them.
#[derive(Deserialize)]
pub(super) struct Manifest {
    #[serde(default)]
    pub(super) manifests: Vec<Entry>,
    pub(super) config: Option<Descriptor>,
    #[serde(default)]
    pub(super) layers: Vec<Layer>,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    pub(super) digest: String,
    #[serde(default, deserialize_with = "platform")]
    pub(super) platform: Option<Platform>,
    #[serde(default)]
    pub(super) annotations: HashMap<String, String>,
}

/// None where a part is missing or blank: an index may leave it out (OCI, image specification, "Image Index").
fn platform<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Platform>, D::Error> {
    let platform = Option::<MaybePlatform>::deserialize(deserializer)?;
    Ok(platform.and_then(|it| it.known()))
}

/// What an image was built for, as far as it tells.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MaybePlatform {
    os: String,
    architecture: String,
}

impl MaybePlatform {
    pub(super) fn known(&self) -> Option<Platform> {
        let is_whole = !self.os.is_empty() && !self.architecture.is_empty();
        is_whole.then(|| Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Descriptor {
    pub(super) digest: String,
}

#[derive(Deserialize)]
pub(super) struct Layer {
    pub(super) digest: String,
    /// In bytes, as it is stored.
    pub(super) size: u64,
}

/// An image's configuration.
#[derive(Deserialize)]
pub(super) struct Configuration {
    #[serde(flatten)]
    pub(super) platform: MaybePlatform,
    #[serde(default)]
    pub(super) config: RunConfiguration,
    #[serde(default)]
    history: Vec<Step>,
}

/// What an image was built by (OCI, image specification, "history").
#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    empty_layer: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RunConfiguration {
    pub(super) exposed_ports: Option<HashMap<String, Value>>,
    pub(super) entrypoint: Option<Vec<String>>,
    /// `NAME=value`.
    pub(super) env: Option<Vec<String>>,
    pub(super) labels: Option<HashMap<String, String>>,
}

impl Configuration {
    /// If all layers are copies. The first one of another image adds its system in another way.
    pub(super) fn is_from_scratch(&self) -> bool {
        let layers = self.history.iter().filter(|step| !step.empty_layer);
        let mut layers = layers.peekable();
        layers.peek().is_some()
            && layers.all(|step| {
                let command = step.created_by.trim_start_matches("/bin/sh -c #(nop) ");
                command.trim_start().starts_with("COPY ")
            })
    }
}

impl RunConfiguration {
    /// How the image is run, with the contract that it tells.
    pub(super) fn into_config(self, contract: Option<Result<Contract, String>>) -> ImageConfig {
        let pairs = self.env.into_iter().flatten();
        let pairs = pairs.filter_map(|text| {
            let (name, value) = text.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        ImageConfig {
            contract,
            entrypoint: self.entrypoint.unwrap_or_default(),
            environment: pairs.collect(),
        }
    }

    /// TCP ports that it says it listens on.
    pub(super) fn ports(&self) -> Vec<u16> {
        let ports = self.exposed_ports.iter().flatten();
        let ports = ports.filter_map(|(port, _)| port.trim_end_matches("/tcp").parse().ok());
        let mut ports: Vec<u16> = ports.collect();
        ports.sort_unstable();
        ports
    }
}

impl Entry {
    /// BuildKit's provenance and SBOMs, which are no images.
    pub(super) fn is_attestation(&self) -> bool {
        let is_unknown = |platform: &Platform| platform.os == "unknown";
        self.annotations.contains_key("vnd.docker.reference.type")
            || self.platform.as_ref().is_some_and(is_unknown)
    }
}
