//! The road from a commit to the load balancer: the definitions in this folder, and what checks them.
//!
//! - [`doctor`]: the checks, in the order in which things break. They look at [`facts`] only.
//! - [`files`]: facts from `stack.yaml`, `task-definition.json`, and what other people have.
//! - [`live`]: facts from a service that runs, by [`aws`].
//! - [`image`]: the names of images, and what registries say about them.
//! - [`deploy`]: deployments and rollbacks, with a true verdict.
//! - [`task`]: one-off tasks.
//! - [`diff`]: a definition in a file against the one that runs.
//! - [`stack`]: the stack as a whole: up, parked, down, and its cost.
//! - [`new`]: what is written into the repositories of other services.
//! - [`init`]: the deployment part for a service that is there already.
//! - [`drill`]: the whole road once, with failures on the way.
//! - [`try_it`]: the whole walk on this machine, without an account.
//! - [`cli`]: the commands.

pub mod aws;
mod breaks;
mod chain;
pub mod cli;
pub mod deploy;
pub mod diff;
pub mod doctor;
pub mod drill;
pub mod facts;
pub mod files;
pub mod http;
pub mod image;
pub mod init;
pub mod live;
pub mod new;
mod placeholder;
pub mod stack;
mod stand_in;
pub mod task;
pub mod try_it;
mod typed;
