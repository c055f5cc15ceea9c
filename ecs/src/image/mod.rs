//! Images: how they are named, and what a registry says about them.

mod body;
mod contract;
mod credentials;
mod find;
mod lookup;
mod manifest;
mod reference;
mod registry;

pub use self::credentials::Credentials;
pub use self::lookup::{Found, ImageConfig, Lookup, Platform, Quota};
pub use self::reference::{BadReference, DOCKER_HUB, Reference};
pub use self::registry::Registry;

/// Who knows about images: registries, or what a test plays.
#[allow(async_fn_in_trait, reason = "nothing here is sent to another thread")]
pub trait Images {
    /// Whether the image exists, and what is known of the one for `wanted`.
    async fn look_up(&self, reference: &Reference, wanted: &Platform) -> Lookup;
}
