//! `cargo ecs` against an ECS that nobody here wrote: tasks run as containers, and images are pulled from a real
//! registry.
//!
//! | file | what is asked of the tool |
//! |---|---|
//! | `good` | a deployment that goes well, and what the other commands say of it |
//! | `refused` | what the preflight keeps from being tried |
//! | `failing` | deployments that fail, each with its cause |
//! | `back` | rollbacks |
//! | `parked` | none, one and two tasks |
//! | `once` | one-off tasks |
//! | `load` | twelve deployments in a row under load |
//! | `terraform` | a service that Terraform has made |
//! | `nothing_left` | that these tests clean up |
//!
//! Where the emulator differs from AWS, the tests follow AWS: `ecs/emulator/__main__.py` has the list. What stays different:
//!
//! - The newer API (`ListServiceDeployments`) knows of no deployment, ever. The tool then follows `deployments[]` of the
//!   service, and cannot know which deployment was the last good one.
//! - A rollback makes the previous deployment the primary one again. AWS begins a new deployment of its revision.
//! - A deployment that failed stays listed for ever. On AWS it goes when its tasks are gone.
//! - Tasks get five seconds between SIGTERM and SIGKILL, and AWS gives thirty.

mod back;
mod failing;
mod good;
mod images;
mod load;
mod nothing_left;
mod once;
mod parked;
mod refused;
mod shop;
mod terraform;
