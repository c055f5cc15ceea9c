//! The deployment part for a service that is there already, whatever it is written in.
//!
//! | module | what it is |
//! |---|---|
//! | `repository`, `search` | where the service is, and which files of it tell something |
//! | `dockerfile` | what a Dockerfile says of its container |
//! | `compose`, `program`, `earlier` | what else tells the port, the path and the rest |
//! | `on_dualrun` | if the service is on dualrun |
//! | `left_out` | what `.dockerignore` leaves out of the build |
//! | `guess` | what all of them say together, each with where it is from |
//! | `check` | what names, paths and variables may be |
//! | `answers`, `health` | what is decided, and the container that it makes |
//! | `files`, `workflows`, `inside` | the files for that, and whether they stay in the repository |
//! | `running` | the files for a service that runs |
//! | `report` | what was made, and what comes next |
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
mod left_out;
mod on_dualrun;
mod program;
mod report;
mod repository;
mod running;
mod search;
mod secretive;
mod workflows;

pub use self::answers::{Answers, Build};
pub use self::compose::context;
pub use self::earlier::BadEarlier;
pub use self::files::{FilesError, files, resource_of};
pub use self::guess::{Guess, Guesses, guesses};
pub use self::inside::{Outside, check_inside};
pub use self::on_dualrun::parameter_of;
pub use self::report::{Report, ReportedFile, Step};
pub use self::repository::{Remote, Repository};
pub use self::running::{Running, RunningError, running};
pub use self::search::{Dockerfiles, Search, SearchError, read_dockerfile, search};
pub use self::secretive::looks_secret;
pub use self::workflows::{CI, has_image_workflow, registry_of};
