//! Why an image cannot be pulled.
//!
//! Sources: the ECS developer guide, "CannotPullContainer task errors in Amazon ECS"; the messages of containerd, of
//! Docker and of the ECS agent. `CannotPullImageManifestError` and `CannotPullECRContainerError` are kinds of it.

use super::row::{Row, row};

/// What has to hold for an image of Amazon ECR.
const ECR: &str = "allow the execution role ecr:GetAuthorizationToken, ecr:BatchGetImage and \
    ecr:GetDownloadUrlForLayer, and let the repository's policy allow the account";
/// What has to hold for the network.
pub(super) const WAY_OUT: &str = "let the tasks out on port 443: a public address, a NAT gateway or VPC endpoints, \
    and the security group's egress";
const CREDENTIALS: &str = "make the repository public, or give repositoryCredentials and \
    let the execution role read them";

pub(super) const ROWS: &[Row] = &[
    row(
        "registry rate limit",
        &[
            &["toomanyrequests"],
            &["pull rate limit"],
            &["cannotpull", "too many requests"],
        ],
        "give the task definition repositoryCredentials, or wait",
    ),
    row(
        "image of another platform",
        &[
            &["descriptor matching platform"],
            &["no match for platform"],
            &["no matching manifest for"],
        ],
        "build for the task's architecture, or change runtimePlatform",
    ),
    row(
        "image too large for the disk",
        &[&["cannotpull", "no space left on device"]],
        "raise ephemeralStorage in the task definition, or make the image smaller",
    ),
    row(
        "image layers: access denied",
        &[&["cannotpull", "httpreadseeker", "403 forbidden"]],
        "let the policy of the VPC endpoint for S3 allow the bucket that ECR keeps layers in",
    ),
    row(
        "image access denied",
        &[
            &["cannotpull", "not authorized to perform: ecr"],
            &["cannotpull", ".dkr.ecr.", "403 forbidden"],
            &["cannotpull", "ecr credentials"],
        ],
        ECR,
    ),
    row(
        "registry certificate not trusted",
        &[&["cannotpull", "x509:"]],
        "give the registry a certificate of a public authority",
    ),
    row(
        "registry unreachable",
        &[
            &["cannotpull", "connection issue between the task"],
            &["cannotpull", "dial tcp"],
            &["cannotpull", "i/o timeout"],
            &["cannotpull", "client.timeout"],
            &["cannotpull", "handshake timeout"],
            &["cannotpull", "deadline exceeded"],
            &["cannotpull", "request canceled"],
            &["cannotpull", "send request failed"],
            &["cannotpull", "no such host"],
            &["cannotpull", "connection reset"],
        ],
        WAY_OUT,
    ),
    row(
        "invalid image name",
        &[&["cannotpull", "invalid reference format"]],
        "correct the image's name: cargo ecs doctor",
    ),
    row(
        "image not found",
        &[&["cannotpull", "may require 'docker login'"]],
        "push the image or correct its name; a private one needs repositoryCredentials",
    ),
    // The digest is that of the deployment, whatever the tag says by now (`versionConsistency`).
    row(
        "image digest not found",
        &[
            &["cannotpull", "@sha256:", "not found"],
            &["cannotpull", "@sha256:", "manifest unknown"],
            &["cannotpull", "@sha256:", "does not exist"],
        ],
        "push the image again and deploy anew: a deployment keeps the digest that it began with",
    ),
    row(
        "image not found",
        &[
            &["cannotpull", "not found"],
            &["cannotpull", "manifest unknown"],
            &["cannotpull", "name unknown"],
            &["cannotpull", "does not exist"],
        ],
        "push the image, or correct its name: cargo ecs doctor",
    ),
    row(
        "image access denied",
        &[
            &["cannotpull", "denied"],
            &["cannotpull", "unauthorized"],
            &["cannotpull", "forbidden"],
            &["cannotpull", "authentication"],
            &["cannotpull", "no basic auth"],
        ],
        CREDENTIALS,
    ),
    row(
        "image cannot be pulled",
        &[&["cannotpull"]],
        "look at the image: cargo ecs doctor",
    ),
];
