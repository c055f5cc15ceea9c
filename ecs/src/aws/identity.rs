//! Who asks AWS: the account and the ARN behind the credentials.

use super::api::STS;
use super::cloud::{Cloud, read_xml};
use super::error::ApiError;
use super::xml::{child, text};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The ARN of the user or the role's session.
    pub arn: String,
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
