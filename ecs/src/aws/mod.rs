//! AWS's APIs as they stand: signed requests with JSON or form parameters, and the answers as JSON or XML.
//!
//! No SDK crate of a service is used. EC2's alone would take longer to build than all the rest of the workspace, and a
//! typed client of ECS drops the fields of a definition that it does not know.

mod answer;
mod api;
mod arn;
mod client;
mod cloud;
mod credentials;
pub mod ecs;
mod emulated;
mod error;
mod identity;
mod json;
pub mod logs;
mod whereabouts;
pub mod xml;

pub use self::api::{Api, CLOUDFORMATION, EC2, ECS, ELB, Json, LOGS, Query, SECRETS, STS, TAGGING};
pub(crate) use self::arn::{Arn, last_part};
pub use self::client::Aws;
pub use self::cloud::{Cloud, Retrying, read_xml};
pub use self::error::ApiError;
pub use self::identity::{Caller, Identity, identity};
pub use self::json::Question;
pub(crate) use self::json::without_nulls;
pub use self::whereabouts::{Profile, Whereabouts};
