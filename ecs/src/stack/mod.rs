//! The stack as a whole: made and changed by change sets, parked, taken down, and what it costs.

mod body;
mod change;
mod cost;
mod count;
mod down;
mod error;
mod follow;
mod moves;
mod nat;
mod plain;
mod preflight;
mod prices;
mod read;
mod resources;
mod stage;
mod stop;
mod tag;
mod tagged;
mod teardown;
mod traffic;
mod usage;
mod watch;

pub use self::change::{Applied, Change, Plan, apply, still_there};
pub use self::cost::{Costs, Item, PRICES, Total, costs};
pub use self::down::{Left, down, left_behind, verified};
pub use self::error::StackError;
pub use self::nat::Gateways;
pub use self::preflight::preflight;
pub use self::read::{Stack, read};
pub use self::resources::Resource;
pub use self::stage::{ChangeSet, Stage};
pub use self::stop::Stopped;
pub use self::tag::{DEFAULT_TAG_KEY, Tag};
pub use self::teardown::{Teardown, teardown};
pub use self::usage::{TaskSize, Tasks, Usage, usage};
pub use self::watch::{Count, Watch, Watched, watch};
