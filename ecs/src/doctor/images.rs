//! Fetches what only the registries know.

use crate::facts::Facts;
use crate::image::{ImageConfig, Images, Lookup, Reference};
use crate::placeholder;

/// Asks for the image of each container; without a registry to ask with, for none.
pub async fn look_up_images(facts: &mut Facts, registry: Option<&impl Images>) {
    let wanted = facts.definition.platform();
    facts.images.clear();
    for container in &mut facts.definition.container_definitions {
        let lookup = match (container.image.parse::<Reference>(), registry) {
            (Ok(reference), Some(registry)) if placeholder::first(&container.image).is_none() => {
                registry.look_up(&reference, &wanted).await
            }
            _ => Lookup::NotAsked,
        };
        container.image_config = match &lookup {
            Lookup::Found(found) => found.config.clone(),
            _ => ImageConfig::default(),
        };
        facts.images.push(lookup);
    }
}
