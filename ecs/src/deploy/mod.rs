//! Deployments that tell the truth: one new revision, one update, and a verdict from what ECS says in the end.
//!
//! | file | what it is |
//! |---|---|
//! | `order` | what is to be done |
//! | `work` | carries it out |
//! | `changed`, `open` | the definition of the new revision, and what a file leaves open of it |
//! | `back`, `resume`, `wait` | the other goals: an old revision, a decision for a deployment that waits, the end of any |
//! | `good`, `revisions` | which revisions were good, and which there are to go back to |
//! | `preflight/` | refuses before anything is touched |
//! | `rollout/` | the deployment that is ours, followed to its end |
//! | `evidence`, `cause` | why it failed |
//! | `verdict`, `exit_code` | how it ended |
//! | `scale` | how many tasks there should be |

mod back;
mod cause;
pub(crate) mod changed;
mod error;
pub(crate) mod evidence;
mod exit_code;
mod good;
mod open;
mod order;
mod preflight;
mod progress;
mod resume;
mod revisions;
mod rollout;
mod scale;
mod verdict;
mod wait;
mod work;

pub use self::cause::Cause;
pub use self::error::DeployError;
pub use self::exit_code::{EXIT_CODES, help};
pub use self::order::{BadWanted, Begun, Changes, Goal, Order, Target, Wanted};
pub use self::preflight::{Refusal, examine_image};
pub use self::progress::Progress;
pub use self::revisions::{Revision, Revisions, revisions};
pub(crate) use self::rollout::paused;
pub use self::rollout::{Pause, TakenBack, take_back};
pub use self::scale::{Scaled, scale};
pub use self::verdict::{Outcome, Verdict};
pub use self::work::carry_out;

use crate::aws::last_part;
use work::Work;

/// Family and revision of an ARN.
pub(crate) fn short(arn: &str) -> &str {
    last_part(arn)
}
