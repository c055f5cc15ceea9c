//! What all else asks AWS through, so that tests can play it with time in their hands.

use super::api::{Api, Json, Query};
use super::error::ApiError;
use crate::http::Limit;
use roxmltree::{Document, Node};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// An AWS: the real one, or one that a test plays.
#[allow(async_fn_in_trait, reason = "nothing here is sent to another thread")]
pub trait Cloud {
    /// Its region.
    fn region(&self) -> &str;

    /// How long a call may go without its answer.
    fn limit(&self) -> Limit {
        Limit::DEFAULT
    }

    /// Gets told that AWS has throttled an operation for a while, and that it is asked again.
    fn throttled(&self, _operation: &str) {}

    /// Asks an API that speaks JSON. `resource` is what it is about, for errors.
    ///
    /// # Errors
    ///
    /// If it is refused, or not answered.
    async fn json(
        &self,
        api: Api<Json>,
        operation: &str,
        resource: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError>;

    /// Asks an API that speaks XML, and returns that.
    ///
    /// # Errors
    ///
    /// If it is refused, or not answered.
    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        resource: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError>;
}

/// Asks an API that answers in XML, and reads the answer.
///
/// # Errors
///
/// If it is refused, not answered, or answered with something else.
pub async fn read_xml<T>(
    cloud: &impl Cloud,
    api: Api<Query>,
    operation: &str,
    resource: &str,
    parameters: &[(String, String)],
    read: impl FnOnce(Node<'_, '_>) -> T,
) -> Result<T, ApiError> {
    let text = cloud.query(api, operation, resource, parameters).await?;
    let document = Document::parse(&text).map_err(|error| ApiError::Malformed {
        operation: api.action(operation),
        why: error.to_string(),
    })?;
    Ok(read(document.root_element()))
}

/// How often a request is sent before its error counts, where that is not that there are too many.
const ATTEMPTS: u32 = 5;
/// Before the second; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long requests may be too many. AWS says so at once, so this is no silence.
const THROTTLED: Duration = Duration::from_secs(60);

/// After so long somebody who waits should know why.
const SILENCE: Duration = Duration::from_secs(3);

/// Asks again when AWS is busy. What changes something is not asked again if it may have been done, unless it has a token by
/// which AWS does it once.
#[derive(Debug)]
pub struct Retrying<C>(pub C);

impl<C: Cloud> Cloud for Retrying<C> {
    fn region(&self) -> &str {
        self.0.region()
    }

    fn limit(&self) -> Limit {
        self.0.limit()
    }

    fn throttled(&self, operation: &str) {
        self.0.throttled(operation);
    }

    async fn json(
        &self,
        api: Api<Json>,
        operation: &str,
        resource: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError> {
        let is_harmless = is_read(operation) || parameters["clientToken"].is_string();
        let ask = || self.0.json(api, operation, resource, parameters);
        let tell = || self.0.throttled(&api.action(operation));
        retried(self.limit(), is_harmless, ask, tell).await
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        resource: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        let ask = || self.0.query(api, operation, resource, parameters);
        let tell = || self.0.throttled(&api.action(operation));
        retried(self.limit(), is_read(operation), ask, tell).await
    }
}

/// If an operation changes nothing.
pub(super) fn is_read(operation: &str) -> bool {
    ["Describe", "Filter", "Get", "List"]
        .iter()
        .any(|verb| operation.starts_with(verb))
}

async fn retried<T, Fut>(
    limit: Limit,
    is_harmless: bool,
    ask: impl Fn() -> Fut,
    tell: impl Fn(),
) -> Result<T, ApiError>
where
    Fut: Future<Output = Result<T, ApiError>>,
{
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut failures = 0;
    let mut is_told = false;
    // What was throttled was answered.
    let mut unanswered = Duration::ZERO;
    loop {
        let begun = Instant::now();
        let error = match ask().await {
            Err(error) if error.may_be_repeated(is_harmless) => error,
            result => return result,
        };
        let goes_on = if error.is_throttled() {
            start.elapsed() + pause <= THROTTLED
        } else {
            failures += 1;
            unanswered += begun.elapsed() + pause;
            failures < ATTEMPTS && limit.allows(unanswered)
        };
        if !goes_on {
            return Err(error);
        }
        let is_long = error.is_throttled() && start.elapsed() + pause >= SILENCE;
        if is_long && !std::mem::replace(&mut is_told, true) {
            tell();
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
