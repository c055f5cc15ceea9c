//! One-off tasks: a command in the service's network, with an image of the service, followed to its end. And commands in
//! tasks that run (`exec`).

mod ended;
mod error;
pub mod exec;
mod output;
mod run;

pub use self::ended::Ended;
pub use self::error::TaskError;
pub use self::run::{Job, run};
