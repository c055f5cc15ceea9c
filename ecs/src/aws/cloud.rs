//! What all else asks AWS through, so that tests can play it with time in their hands.

use super::api::{Api, Json, Query};
use super::error::ApiError;
use roxmltree::{Document, Node};
use serde_json::Value;
use std::time::Duration;
use tokio::time::sleep;

/// An AWS: the real one, or one that a test plays.
#[allow(async_fn_in_trait, reason = "nothing here is sent to another thread")]
pub trait Cloud {
    /// Its region.
    fn region(&self) -> &str;

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

/// How often a request is sent before its error counts.
const ATTEMPTS: u32 = 5;
/// Before the second; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(300);

/// Asks again when AWS is busy. What changes something is not asked again if it may have been done, unless it has a token by
/// which AWS does it once.
#[derive(Debug)]
pub struct Retrying<C>(pub C);

impl<C: Cloud> Cloud for Retrying<C> {
    fn region(&self) -> &str {
        self.0.region()
    }

    async fn json(
        &self,
        api: Api<Json>,
        operation: &str,
        resource: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError> {
        let is_harmless = is_read(operation) || parameters["clientToken"].is_string();
        retried(is_harmless, || {
            self.0.json(api, operation, resource, parameters)
        })
        .await
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        resource: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        retried(is_read(operation), || {
            self.0.query(api, operation, resource, parameters)
        })
        .await
    }
}

fn is_read(operation: &str) -> bool {
    ["Describe", "Filter", "Get", "List"]
        .iter()
        .any(|verb| operation.starts_with(verb))
}

async fn retried<T, Fut>(is_harmless: bool, ask: impl Fn() -> Fut) -> Result<T, ApiError>
where
    Fut: Future<Output = Result<T, ApiError>>,
{
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        match ask().await {
            Err(error) if error.may_pass(is_harmless) => sleep(pause).await,
            result => return result,
        }
        pause *= 2;
    }
    ask().await
}
