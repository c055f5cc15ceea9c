//! The checks by name, in the order in which things break.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// One of the checks. In JSON it is its number.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CheckId {
    /// The registry has each image, for the task's platform.
    ImageExists,
    /// The image has the expected name.
    ImageName,
    /// The app listens on the port that is mapped, and health checks ask it there.
    ContainerPort,
    /// A load balancer forwards to the service.
    Attachment,
    /// Clients reach the balancer, the balancer reaches the tasks, and nobody else does.
    SecurityGroups,
    /// Nothing else keeps tasks from starting, from living, or from being replaced.
    Tasks,
}

impl CheckId {
    /// Its place in the order, from 1.
    pub fn number(self) -> u8 {
        match self {
            Self::ImageExists => 1,
            Self::ImageName => 2,
            Self::ContainerPort => 3,
            Self::Attachment => 4,
            Self::SecurityGroups => 5,
            Self::Tasks => 6,
        }
    }

    /// What it is about.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImageExists => "image exists",
            Self::ImageName => "image name",
            Self::ContainerPort => "container port",
            Self::Attachment => "service attached to the load balancer",
            Self::SecurityGroups => "security-group chain",
            Self::Tasks => "tasks start, live and are replaced",
        }
    }
}

/// Number and name.
impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.name())
    }
}

impl Serialize for CheckId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

impl JsonSchema for CheckId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CheckId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 6 })
    }
}
