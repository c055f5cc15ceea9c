//! Why a stack cannot be changed.

use super::{ChangeSet, Tag};
use crate::aws::ApiError;
use crate::files::TemplateError;
use std::time::Duration;

/// Why a stack cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// AWS refuses or does not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Something else is being done to it.
    #[error("the stack {name} is in {status}; wait until that is over")]
    Busy {
        /// The stack.
        name: String,
        /// What is being done.
        status: String,
    },
    /// Its creation has failed, so there is nothing to change.
    #[error("the stack {name} was never made ({status}); take it down first: cargo ecs down")]
    NeverMade {
        /// The stack.
        name: String,
        /// How that ended.
        status: String,
    },
    /// CloudFormation takes no such template.
    #[error(
        "the template has {bytes} bytes without its comments and spaces, and a request takes {most}; move a part of it into a \
         stack of its own, or send it by a bucket: aws cloudformation deploy --stack-name {name} --template-file FILE \
         --s3-bucket BUCKET --capabilities CAPABILITY_NAMED_IAM", most = super::body::MOST_BYTES
    )]
    TooLong {
        /// The stack.
        name: String,
        /// The template's, as it would be sent.
        bytes: usize,
    },
    /// What it has left is found by its tag.
    #[error(
        "cannot tell which tag the stack {name} had, which is gone or never was; allow cloudformation:ListStacks and \
         cloudformation:DescribeStacks"
    )]
    TagUnknown {
        /// The stack.
        name: String,
        /// Why.
        source: Box<ApiError>,
    },
    /// There is none of this name.
    #[error("there is no stack {0}")]
    NoStack(String),
    /// A new stack needs to know what to run.
    #[error("a new stack needs an image: --image REPOSITORY:COMMIT")]
    NoImage,
    /// CloudFormation does not take the template or its parameters.
    #[error("cloudformation does not take it: {0}")]
    Refused(String),
    /// The tasks are where the template does not send requests.
    #[error(
        "the tasks of {name} are in {group}, and this change would send requests to the empty group beside it; deploy \
         once more, which moves the tasks there, then repeat the change"
    )]
    Shifted {
        /// The stack.
        name: String,
        /// The target group that has the tasks.
        group: String,
    },
    /// The rule that requests come by is to be made anew, for another listener.
    #[error(
        "this change moves the production rule of {0} to another listener, and requests would fail meanwhile; change \
         to Strategy=ROLLING, then the certificate or the listener, then back"
    )]
    RuleMoves(String),
    /// Its target groups would belong to two load balancers.
    #[error(
        "this change takes {0} to another load balancer or network, which AWS refuses while a balancer uses its target \
         groups; park it (cargo ecs park), repeat the change, then bring it back (cargo ecs unpark)"
    )]
    BalancerMoves(String),
    /// A long template is not sent as it is written.
    #[error(
        "the template is too long to be sent with its comments and spaces, and without them {text} in line {line} may get \
         another meaning: CloudFormation and this tool follow different versions of YAML; put it into quotes, or write \
         true, false or a plain number"
    )]
    Ambiguous {
        /// What stands there.
        text: String,
        /// Where.
        line: usize,
    },
    /// It did not get to where it should.
    #[error("the stack {name} ended in {status}: {why}")]
    Failed {
        /// The stack.
        name: String,
        /// How it ended.
        status: String,
        /// The first resource that failed, and why.
        why: String,
    },
    /// CloudFormation refuses to delete it.
    #[error(
        "the stack {0} has termination protection, and nothing was touched; switch it off first: aws cloudformation \
         update-termination-protection --no-enable-termination-protection --stack-name {0}"
    )]
    Protected(String),
    /// It is not known as this tool's.
    #[error(
        "the stack {name} is not this tool's, and nothing was touched: neither it nor a resource of its template has the tag \
         {0}; to delete it all the same: --foreign",
        name = .0.stack()
    )]
    Foreign(Tag),
    /// Its deletion takes longer than was to be waited for.
    #[error(
        "the stack {name} is not gone after {} s; CloudFormation goes on with it; wait again: cargo ecs down; there is \
         still:{left}",
        timeout.as_secs()
    )]
    Deleting {
        /// The stack.
        name: String,
        /// How long it was waited for.
        timeout: Duration,
        /// What is there, a line for each.
        left: String,
    },
    /// Some of it is deleted, and some not.
    #[error(
        "the stack {name} is deleted in part; free what is left of what holds it, then repeat: cargo ecs down; left:{left}"
    )]
    HalfWay {
        /// The stack.
        name: String,
        /// What is left, a line for each, with the reason where there is one.
        left: String,
    },
    /// It is not over in time.
    #[error(
        "the stack {0} is not ready in time; CloudFormation goes on with it; follow it: aws cloudformation \
         describe-stack-events --stack-name {0}"
    )]
    TimedOut(String),
    /// Its change set is not there in time.
    #[error("CloudFormation has not made the change set of the stack {0} in time")]
    NotPlanned(String),
    /// A change set that nobody wants could not be deleted.
    #[error(
        "the change set {} of the stack {} may still exist; delete it: {}; the reason",
        set.name,
        set.stack,
        set.deletion()
    )]
    ChangeSetStays {
        /// The change set.
        set: ChangeSet,
        /// Why.
        source: Box<ApiError>,
    },
    /// The stack that came with a change set could not be deleted with it.
    #[error(
        "the change set is deleted, and the empty stack {name} that came with it may still exist; delete it: cargo ecs down; \
         the reason"
    )]
    PlanStays {
        /// The stack.
        name: String,
        /// Why.
        source: Box<ApiError>,
    },
    /// It may go on or be over.
    #[error(
        "how the stack {name} ends is not known here; CloudFormation goes on with what was begun; follow it: aws \
         cloudformation describe-stack-events --stack-name {name}; the reason"
    )]
    Unseen {
        /// The stack.
        name: String,
        /// Why it cannot be seen.
        source: Box<ApiError>,
    },
    /// Its template is not understood here.
    #[error("the template of the stack cannot be read")]
    Template(#[from] TemplateError),
    /// Prices differ by region.
    #[error(
        "no table of prices for {region}: the tool was built with those of {known}; put the prices of {region} into \
         docs/prices.toml and build it again"
    )]
    NoPrices {
        /// Where the service is.
        region: String,
        /// What there is a table for.
        known: String,
    },
    /// The table of prices is not what it should be.
    #[error("the table of prices cannot be read")]
    Prices(#[from] toml::de::Error),
}

impl StackError {
    /// What was begun cannot be seen.
    pub(super) fn unseen(name: &str, source: ApiError) -> Self {
        Self::Unseen {
            name: name.to_owned(),
            source: Box::new(source),
        }
    }
}
