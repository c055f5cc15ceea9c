//! From an image's name to what is known of it: through its index and manifest to its configuration and its contract.

use super::body::{self, Unread};
use super::contract::{self, InLayer};
use super::lookup::{Found, Lookup, Platform};
use super::manifest::{Configuration, Entry, Layer, Manifest};
use super::reference::Reference;
use super::registry::{Failure, Session, header, json, no_image, quota};
use crate::chain::chain;
use dualrun::contract::Contract;
use reqwest::Method;

/// So many images of an index that does not tell what they were built for are looked into.
const MAX_UNNAMED: usize = 8;

impl Session<'_> {
    pub(super) async fn find(
        &mut self,
        reference: &Reference,
        wanted: &Platform,
    ) -> Result<Found, Failure> {
        let path = format!("manifests/{}", reference.version());
        let head = self.get(Method::HEAD, &path).await?;
        let mut found = Found {
            digest: header(head.headers(), "docker-content-digest").unwrap_or_default(),
            quota: quota(head.headers()),
            ..Found::default()
        };
        let manifest: Manifest = json(self.get(Method::GET, &path).await?).await?;
        if manifest.config.is_some() {
            let configuration = self.configuration(&manifest).await?;
            found.platforms.extend(configuration.platform.known());
            self.describe(&mut found, (manifest, configuration)).await;
            return Ok(found);
        }
        let images = manifest.manifests.iter();
        let images: Vec<&Entry> = images.filter(|entry| !entry.is_attestation()).collect();
        found.manifests = images.iter().map(|entry| entry.digest.clone()).collect();
        let platforms = images.iter().filter_map(|entry| entry.platform.clone());
        found.platforms = platforms.collect();
        let is_wanted = |entry: &&&Entry| entry.platform.as_ref() == Some(wanted);
        if let Some(fitting) = images.iter().find(is_wanted) {
            let image = self.image(fitting).await?;
            self.describe(&mut found, image).await;
        } else {
            self.find_unnamed(&mut found, &images, wanted).await;
        }
        Ok(found)
    }

    /// Looks for the platform in the images' own configurations, where the index leaves it out.
    async fn find_unnamed(&mut self, found: &mut Found, images: &[&Entry], wanted: &Platform) {
        let unnamed = images.iter().filter(|entry| entry.platform.is_none());
        let mut is_unread = unnamed.clone().count() > MAX_UNNAMED;
        for entry in unnamed.take(MAX_UNNAMED) {
            let Ok((manifest, configuration)) = self.image(entry).await else {
                is_unread = true;
                continue;
            };
            // A signature or another attachment has none; it is not an image.
            let Some(platform) = configuration.platform.known() else {
                continue;
            };
            let is_wanted = platform == *wanted;
            if !found.platforms.contains(&platform) {
                found.platforms.push(platform);
            }
            if is_wanted {
                return self.describe(found, (manifest, configuration)).await;
            }
        }
        if is_unread {
            // One of those may be for the wanted one.
            found.platforms.clear();
        }
    }

    async fn image(&mut self, entry: &Entry) -> Result<(Manifest, Configuration), Failure> {
        let path = format!("manifests/{}", entry.digest);
        let manifest = json(self.get(Method::GET, &path).await?).await?;
        let configuration = self.configuration(&manifest).await?;
        Ok((manifest, configuration))
    }

    async fn configuration(&mut self, manifest: &Manifest) -> Result<Configuration, Failure> {
        let config = manifest.config.as_ref();
        let config = config.ok_or_else(|| no_image("it names no configuration"))?;
        let path = format!("blobs/{}", config.digest);
        json(self.get(Method::GET, &path).await?).await
    }

    /// How the image is run, and what it tells of its contract.
    async fn describe(
        &mut self,
        found: &mut Found,
        (manifest, configuration): (Manifest, Configuration),
    ) {
        found.is_from_scratch = configuration.is_from_scratch();
        let of_run = configuration.config;
        found.exposed = of_run.ports();
        let labels = of_run.labels.as_ref();
        let path = labels.and_then(|labels| labels.get(contract::LABEL));
        // An image that is built on another one can take a label back by a blank one.
        let contract = match path.filter(|path| !path.trim().is_empty()) {
            Some(path) => self.contract(&manifest.layers, path).await.transpose(),
            None => None,
        };
        found.config = of_run.into_config(contract);
    }

    /// What the file at `path` of the image says: a small layer of its own, and so one of the last. None, if a later
    /// layer has removed it.
    async fn contract(&mut self, layers: &[Layer], path: &str) -> Result<Option<Contract>, String> {
        let small = layers
            .iter()
            .rev()
            .filter(|it| it.size <= contract::MAX_LAYER);
        for layer in small.take(contract::MAX_LAYERS) {
            // What a layer that cannot be read has in it would count before all below.
            match contract::in_layer(&self.layer(layer).await?, path)? {
                InLayer::File(contract) => return contract.map(Some),
                InLayer::Removed => return Ok(None),
                InLayer::Nothing => {}
            }
        }
        let most = contract::MAX_LAYER / 1024;
        Err(format!("no layer of at most {most} KiB has {path}"))
    }

    async fn layer(&mut self, layer: &Layer) -> Result<Vec<u8>, String> {
        let path = format!("blobs/{}", layer.digest);
        match self.get(Method::GET, &path).await {
            Ok(response) => match body::read(response, contract::MAX_LAYER).await {
                Ok(bytes) => Ok(bytes),
                Err(Unread::Request(error)) => Err(chain(&error.without_url())),
                Err(Unread::TooLarge) => Err("its layer is larger than its manifest says".into()),
            },
            Err(Failure::Content(text) | Failure::Lookup(Lookup::Unreachable(text))) => Err(text),
            Err(Failure::Lookup(_)) => Err("the registry refuses its layer".into()),
            Err(Failure::Request(error)) => Err(chain(&error)),
        }
    }
}
