//! What this run of the program was asked to use: in one place, so that no command can forget it.

use crate::aws::Whereabouts;
use crate::http::Limit;
use std::sync::OnceLock;

/// What all commands go by.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Where AWS is asked, and as whom.
    pub(super) whereabouts: Whereabouts,
    /// The region, if it was asked for on the command line.
    pub(super) asked_region: Option<String>,
    /// How long a call may take.
    pub(super) limit: Limit,
    /// What the command is about.
    pub(super) subject: Subject,
}

/// What a command is about, as its options name it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Subject {
    /// Neither a service nor a stack, such as files.
    #[default]
    Other,
    /// A service in a cluster.
    Service {
        cluster: String,
        service: String,
        /// Where its ARN says that it is.
        region: Option<String>,
    },
    /// A stack, which is also the name of its cluster and service.
    Stack(String),
}

impl Subject {
    /// The region that it is in, if its ARN was given.
    pub(super) fn region(&self) -> Option<String> {
        match self {
            Self::Service { region, .. } => region.clone(),
            Self::Stack(_) | Self::Other => None,
        }
    }
}

/// Of this run of the program.
static CHOSEN: OnceLock<Chosen> = OnceLock::new();

impl Chosen {
    /// From now on. The first one counts.
    pub(super) fn keep(self) {
        CHOSEN.get_or_init(|| self);
    }
}

/// What was chosen.
pub(super) fn chosen() -> &'static Chosen {
    CHOSEN.get_or_init(Chosen::default)
}
