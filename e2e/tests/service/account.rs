//! An account with one service, `shop`, on an emulator, and a registry beside it.

use e2e::docker::docker;
use e2e::emulator::Emulator;
use e2e::front::{self, Plan};
use e2e::local::wait_for;
use e2e::registry::Registry;
use serde_json::Value;

pub(crate) struct Account {
    // Dropped first: its containers run the registry's images.
    pub(crate) emulator: Emulator,
    registry: Registry,
}

impl Account {
    pub(crate) fn make() -> Self {
        Self {
            emulator: Emulator::start(),
            registry: Registry::start(),
        }
    }

    /// Where images are, without a tag.
    pub(crate) fn images(&self) -> String {
        self.registry.image("shop")
    }

    /// Pushes a local image with this tag, and returns its name.
    pub(crate) fn push(&self, image: &str, tag: &str) -> String {
        let name = format!("{}:{tag}", self.images());
        docker(&["tag", image, &name]);
        self.registry.push(&name);
        name
    }

    /// Makes a role, and returns its ARN.
    pub(crate) fn make_role(&self, name: &str) -> String {
        front::make_role(&self.emulator.aws, name)
    }

    /// Makes the service of this definition, behind a load balancer, and waits for this answer of its first task.
    pub(crate) fn make_service(&self, definition: &Value, plan: &Plan, answer: &str) {
        plan.open(&self.emulator.aws, "shop", definition);
        wait_for("an answer of the first task", || self.answer() == answer);
    }

    /// What a client gets through the load balancer.
    pub(crate) fn answer(&self) -> String {
        front::answer(&self.emulator.aws, "shop")
    }
}
