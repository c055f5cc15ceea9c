//! The Lambda runtime: the same service, answering the same, behind API Gateway (REST and HTTP), an
//! Application Load Balancer or a function URL.
//!
//! [`run`] is a whole `main`. [`Adapter`] is the handler in it, for programs that run a Lambda runtime of
//! their own.
//!
//! | file | what it is |
//! |---|---|
//! | `event` | the JSON that Lambda hands over, as it stands |
//! | `kind` | which of the four kinds of event it is, and what its sender takes as an answer |
//! | `request` | an event as a request |
//! | `response` | a response as JSON |
//! | `buffered`, `streamed` | what goes back, in one piece or in many |
//! | `shutdown` | SIGTERM |
//! | `flush` | spans are sent before the environment may be frozen |
//! | `logging` | the function's own logging controls |

mod adapter;
mod buffered;
mod event;
#[cfg(feature = "otel")]
mod flush;
mod kind;
mod logging;
mod request;
mod response;
mod run;
mod shutdown;
mod streamed;

pub use self::adapter::{Adapter, Answer, NoHttpEvent};
pub use self::run::run;
pub use self::streamed::BodyStream;
/// The library whose types an [`Adapter`] takes and gives.
pub use lambda_runtime;
