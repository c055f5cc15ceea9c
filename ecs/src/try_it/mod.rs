//! The whole walk without an AWS account: an AWS on this machine, and a service that is made, broken and taken down there.
//!
//! | file | what it is |
//! |---|---|
//! | `cache` | the folder in the user's cache, and the emulator's program (`ecs/emulator/`) in it |
//! | `python` | the environment that has what the program needs |
//! | `docker` | the engine: images, and containers that are left |
//! | `emulator` | the AWS on this machine, and its end |
//! | `export` | what sends the commands of a shell there |
//! | `parameters` | what of a stack's parameters has a meaning there |
//! | `walk` | the steps |
//! | `error` | why it cannot be done |

mod cache;
mod docker;
mod emulator;
mod error;
mod export;
mod parameters;
mod python;
mod walk;

pub use self::cache::Cache;
pub use self::docker::{Engine, Images, NAMES};
pub use self::emulator::{Emulator, Life, stop};
pub use self::error::TryError;
pub use self::export::exports;
pub use self::parameters::{Kept, kept};
pub use self::walk::{Guide, How, Walk, WalkError, walk};
