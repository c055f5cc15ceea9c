//! Why a secret, a parameter or a file of variables does not reach the task.
//!
//! Sources: the ECS developer guide, "Troubleshooting Amazon ECS ResourceInitializationError errors"; the messages of
//! the Fargate agent since platform version 1.4.

use super::image::WAY_OUT;
use super::row::{Row, row};
use crate::aws::Arn;

/// The fix that is a command, if the text has the secret's ARN.
const RESTORE: &str = "restore the secret that valueFrom names";

pub(super) const ROWS: &[Row] = &[
    row(
        "environment file not readable",
        &[
            &["download env files", "forbidden"],
            &["download env files", "denied"],
            &["download env files", "not found"],
            &["download env files", "nosuchkey"],
        ],
        "correct environmentFiles, and allow the execution role s3:GetObject and s3:GetBucketLocation",
    ),
    row(
        "environment file unreachable",
        &[&["download env files"]],
        WAY_OUT,
    ),
    row(
        "key missing from the secret",
        &[&["did not contain json key"]],
        "add the key to the secret, or correct valueFrom; deploy again after that",
    ),
    row(
        "secret without a value",
        &[&["can't find the specified secret value"]],
        "give the secret a value, or correct the version in valueFrom",
    ),
    row(
        "secret scheduled for deletion",
        &[&["secret", "marked for deletion"]],
        RESTORE,
    ),
    row(
        "KMS key access denied",
        &[
            &["resourceinitialization", "access to kms is not allowed"],
            &["resourceinitialization", "kms:decrypt"],
        ],
        "allow the execution role kms:Decrypt on the key that the secret is encrypted with",
    ),
    row(
        "secret not found",
        &[
            &["can't find the specified secret"],
            &["invalid ssm parameters"],
            &["retrieve secret", "resourcenotfound"],
            &["pull secrets", "resourcenotfound"],
            &["pull secrets", "parameternotfound"],
        ],
        "create the secret or the parameter, or correct valueFrom",
    ),
    row(
        "invalid secret name",
        &[
            &["retrieve secret", "validationexception"],
            &["secret", "invalid arn format"],
        ],
        "correct valueFrom: the secret's ARN, or ARN:key:stage:version",
    ),
    row(
        "image access denied",
        &[&["not authorized to perform: ecr:"]],
        "allow the execution role ecr:GetAuthorizationToken, on every resource",
    ),
    row(
        "secret access denied",
        &[
            &["not authorized to perform: ssm:"],
            &["retrieve secrets from ssm", "accessdenied"],
        ],
        "allow the execution role to read the parameter: ssm:GetParameters",
    ),
    row(
        "secret access denied",
        &[
            &["not authorized to perform: secretsmanager:"],
            &["pull secrets", "accessdenied"],
            &["retrieve secret", "accessdenied"],
        ],
        "allow the execution role to read the secret: secretsmanager:GetSecretValue",
    ),
    row(
        "secrets or registry unreachable",
        &[
            &["connection issue between the task and aws"],
            &["connection issue between the task and amazon ecr"],
            &["pull secrets"],
            &["retrieve secret"],
            &["retrieve ecr registry auth"],
        ],
        WAY_OUT,
    ),
];

/// A row's fix, with the command for it where the text names what that is about.
pub(super) fn fix(row: &Row, text: &str) -> String {
    let mut words = text.split(|c: char| c.is_whitespace() || c == '"' || c == '\'' || c == ',');
    let arn = words.find_map(|word| Arn::parse(word)?.secret());
    match arn.filter(|_| row.fix == RESTORE) {
        Some(arn) => {
            format!("restore the secret: aws secretsmanager restore-secret --secret-id {arn}")
        }
        None => row.fix.to_owned(),
    }
}
