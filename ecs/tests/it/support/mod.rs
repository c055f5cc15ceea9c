//! What plays AWS and registries, and what several tests need.

pub(crate) mod front;
pub(crate) mod record;
pub(crate) mod responses;
pub(crate) mod served;
pub(crate) mod terminal;
pub(crate) mod told;
