//! The deployment part for a service that is there already, whatever it is written in.
//!
//! | module | what it is |
//! |---|---|
//! | `repository`, `search` | where the service is, and which files of it tell something |
//! | `dockerfile` | what a Dockerfile says of its container |
//! | `compose`, `program`, `earlier` | what else tells the port, the path and the rest |
//! | `guess` | what all of them say together, each with where it is from |
//! | `check` | what names, paths and variables may be |
//! | `answers`, `health` | what is decided, and the container that it makes |
//! | `files`, `workflows`, `inside` | the files for that, and whether they stay in the repository |
//! | `running` | the files for a service that runs |
//! | `secretive` | variables that look like secrets |

mod answers;
pub mod check;
mod compose;
pub mod dockerfile;
mod earlier;
mod files;
mod guess;
mod health;
mod inside;
mod program;
mod repository;
mod running;
mod search;
mod secretive;
mod workflows;

pub use self::answers::{Answers, Build};
pub use self::files::{FilesError, files, resource_of};
pub use self::guess::{Guess, Guesses, guesses};
pub use self::inside::{Outside, check_inside};
pub use self::repository::{Remote, Repository};
pub use self::running::{Running, RunningError, running};
pub use self::search::{Dockerfiles, Search, SearchError, read_dockerfile, search};
pub use self::secretive::looks_secret;
pub use self::workflows::Registry;
