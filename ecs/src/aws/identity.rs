//! Who asks AWS: the account and the ARN behind the credentials.

use super::api::STS;
use super::cloud::{Cloud, read_xml};
use super::error::ApiError;
use super::xml::{child, text};
use schemars::JsonSchema;
use serde::Serialize;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The ARN of the user or the role's session.
    pub arn: String,
}

/// Who asks and where, as far as that is known.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Caller {
    /// The account's number.
    pub account: Option<String>,
    /// The region.
    pub region: String,
    /// The ARN of the user or the role's session.
    pub arn: Option<String>,
}

/// Asks STS, which needs no permission.
///
/// # Errors
///
/// If it is not answered, or not with an account.
pub async fn identity(cloud: &impl Cloud) -> Result<Identity, ApiError> {
    let operation = "GetCallerIdentity";
    let found = read_xml(cloud, STS, operation, "the caller", &[], |root| {
        let result = child(root, "GetCallerIdentityResult")?;
        Some(Identity {
            account: text(result, "Account")?,
            arn: text(result, "Arn")?,
        })
    });
    found.await?.ok_or_else(|| ApiError::Malformed {
        operation: STS.action(operation),
        why: "no account in it".into(),
    })
}
