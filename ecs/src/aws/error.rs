//! What goes wrong when AWS is asked, and what to do about it.

use std::error::Error;

/// Why AWS gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No region is configured.
    #[error("no region is configured: set AWS_REGION, or region in the profile")]
    NoRegion,
    /// What is configured as the region is none.
    #[error(
        "invalid region {0:?}: write it as us-east-1; it comes from --region, AWS_REGION, ecs/ecs.toml or the profile"
    )]
    BadRegion(String),
    /// The profile is in none of the files.
    #[error("there is no profile {name:?}; {others}")]
    NoProfile {
        /// Its name.
        name: String,
        /// What there is, in words.
        others: String,
    },
    /// What stands in the place of AWS's own address is none.
    #[error("invalid {name} {endpoint:?}: write it as http://host:port or https://host")]
    Endpoint {
        /// The variable or the key of the profile that says so.
        name: String,
        /// What it says.
        endpoint: String,
    },
    /// None of the places has credentials.
    #[error(
        "no credentials: set AWS_PROFILE, run `aws sso login` or `aws login`, or give the workflow a role"
    )]
    NoCredentials(#[source] Box<dyn Error + Send + Sync>),
    /// There were some, and no others are to be had.
    #[error("the credentials have expired, and new ones could not be had")]
    Expired(#[source] Box<dyn Error + Send + Sync>),
    /// An answer that is an error.
    #[error("{operation} on {resource} was refused: {}{}", said(.code, .message), advice(.code, .operation))]
    Refused {
        /// The API's and the operation's name, as policies spell it.
        operation: String,
        /// What it was about.
        resource: String,
        /// AWS's code for the error.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// No answer.
    #[error("{operation} got no answer from {endpoint}")]
    Unreachable {
        /// The API's and the operation's name.
        operation: String,
        /// Where it was sent.
        endpoint: String,
        /// If it did not get there.
        is_unsent: bool,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An answer that is not in the API's form.
    #[error("unexpected response to {operation}: {why}")]
    Malformed {
        /// The API's and the operation's name.
        operation: String,
        /// What is wrong.
        why: String,
    },
}

impl ApiError {
    /// If it makes sense to ask again: AWS wants fewer requests, or failed in a way that passes. What may have been
    /// done all the same is only asked again if it is harmless.
    pub(crate) fn may_pass(&self, is_harmless: bool) -> bool {
        match self {
            Self::Refused { code, .. } => is_throttled(code) || is_harmless && is_internal(code),
            Self::Unreachable { is_unsent, .. } => is_harmless || *is_unsent,
            _ => false,
        }
    }

    /// If the request is worth sending again at once. An answer that makes no sense may be one of a proxy in between.
    pub(super) fn may_be_repeated(&self, is_harmless: bool) -> bool {
        self.may_pass(is_harmless) || is_harmless && matches!(self, Self::Malformed { .. })
    }

    /// If there are too many requests.
    pub(super) fn is_throttled(&self) -> bool {
        self.code().is_some_and(is_throttled)
    }

    /// If what was asked for may have been done all the same.
    pub(crate) fn is_in_doubt(&self) -> bool {
        match self {
            Self::Refused { code, .. } => is_internal(code),
            Self::Unreachable { is_unsent, .. } => !is_unsent,
            Self::Malformed { .. } => true,
            Self::NoRegion
            | Self::BadRegion(_)
            | Self::NoProfile { .. }
            | Self::Endpoint { .. }
            | Self::NoCredentials(_)
            | Self::Expired(_) => false,
        }
    }

    /// The same of credentials that are to take the place of others.
    pub(super) fn of_renewal(self) -> Self {
        match self {
            Self::NoCredentials(source) => Self::Expired(source),
            other => other,
        }
    }

    /// If AWS says that the credentials have expired.
    pub(super) fn is_expired(&self) -> bool {
        self.code().is_some_and(|code| code.contains("Expired"))
    }

    /// If it is for want of permission, or of credentials that are valid.
    pub(crate) fn is_not_allowed(&self) -> bool {
        self.is_lockout() || self.is_denied() || matches!(self, Self::Expired(_))
    }

    /// AWS's code, if it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// If no other request will be answered either: the credentials are missing, not valid, or expired by AWS's word.
    /// Where only new ones could not be had, they may be had with the next request.
    pub fn is_lockout(&self) -> bool {
        matches!(
            self,
            Self::NoCredentials(_) | Self::NoProfile { .. } | Self::Endpoint { .. }
        ) || self.is_expired()
            || self.code().is_some_and(is_invalid)
    }

    /// If another operation may still be allowed.
    pub fn is_denied(&self) -> bool {
        self.code().is_some_and(is_denied)
    }
}

fn is_throttled(code: &str) -> bool {
    // An answer without a code has its status in that place.
    code.contains("Throttl")
        || code.starts_with("429")
        || matches!(code, "RequestLimitExceeded" | "TooManyRequestsException")
}

fn is_internal(code: &str) -> bool {
    code.starts_with('5')
        || ["Internal", "ServerException", "ServiceUnavailable"]
            .iter()
            .any(|name| code.contains(name))
}

fn is_denied(code: &str) -> bool {
    code.contains("AccessDenied") || code == "UnauthorizedOperation"
}

fn is_invalid(code: &str) -> bool {
    matches!(
        code,
        "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "AuthFailure"
            | "SignatureDoesNotMatch"
    )
}

fn said(code: &str, message: &str) -> String {
    match message {
        "" => code.to_owned(),
        message => format!("{code}: {message}"),
    }
}

fn advice(code: &str, operation: &str) -> String {
    let advice = match code {
        _ if is_denied(code) => format!("allow {operation} to the role that this runs with"),
        _ if is_throttled(code) => "the account makes too many requests; wait a minute".into(),
        _ if code.contains("Expired") => "the credentials have expired; log in again".into(),
        _ if is_invalid(code) => {
            "the credentials are not valid in this region; log in again, or check the profile"
                .into()
        }
        "ClusterNotFoundException" => {
            "check --cluster and the region; without --cluster, it is the service's name".into()
        }
        _ => return String::new(),
    };
    format!("; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> ApiError {
        ApiError::Refused {
            operation: "ecs:DescribeServices".into(),
            resource: "shop".into(),
            code: code.into(),
            message: "no".into(),
        }
    }

    #[test]
    fn each_kind_says_what_to_do() {
        for (code, advice) in [
            (
                "AccessDeniedException",
                "allow ecs:DescribeServices to the role",
            ),
            ("ExpiredTokenException", "log in again"),
            ("UnrecognizedClientException", "check the profile"),
            ("ThrottlingException", "wait a minute"),
        ] {
            let text = refused(code).to_string();
            assert!(
                text.starts_with("ecs:DescribeServices on shop was refused: "),
                "{text}"
            );
            assert!(text.contains(advice), "{text}");
        }
        assert!(refused("ThrottlingException").may_pass(false));
        assert!(refused("InternalFailure").may_pass(true));
        assert!(!refused("InternalFailure").may_pass(false));
        assert!(refused("503 Service Unavailable").may_pass(true));
        assert!(!refused("503 Service Unavailable").may_pass(false));
        assert!(!refused("ExpiredTokenException").may_pass(true));
    }
}
