//! What the registry of the tool's own tests stands on, by the name that it has there.

#[path = "../../../ecs/tests/it/support/served.rs"]
pub(crate) mod served;
