//! Why a deployment failed: AWS's texts and a container's last words, by name and with what mends it.

use super::evidence::Evidence;
use serde::Serialize;

/// A named cause.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cause {
    /// What it is.
    pub name: String,
    /// The text that tells.
    pub evidence: String,
    /// What mends it.
    pub mend: String,
}

/// What the server says when it lacks a variable.
const MISSING: &str = "Missing required environment variables:";

/// Name, what AWS says (all of one of these, in small letters), what mends it. The first that fits counts, so the
/// particular ones come first.
const CAUSES: &[(&str, &[&[&str]], &str)] = &[
    (
        "out of memory",
        &[&["outofmemory"], &["out of memory"]],
        "raise memory in the task definition, or find what grows",
    ),
    (
        "image not found",
        &[
            &["cannotpull", "not found"],
            &["cannotpull", "manifest unknown"],
            &["cannotpull", "does not exist"],
        ],
        "push the image, or correct its name: cargo ecs doctor",
    ),
    (
        "registry's rate limit",
        &[&["toomanyrequests"], &["pull rate limit"]],
        "give the task definition repositoryCredentials, or wait",
    ),
    (
        "image of another platform",
        &[&["descriptor matching platform"], &["exec format error"]],
        "build for the task's architecture, or change runtimePlatform",
    ),
    (
        "image not readable",
        &[
            &["cannotpull", "denied"],
            &["cannotpull", "unauthorized"],
            &["cannotpull", "authentication"],
        ],
        "make the repository public, or give repositoryCredentials and let the execution role read them",
    ),
    (
        "registry not reachable",
        &[
            &["cannotpull", "timeout"],
            &["cannotpull", "deadline"],
            &["cannotpull", "dial tcp"],
            &["cannotpull", "no such host"],
        ],
        "let the tasks out on port 443: a public address, or a NAT gateway, and the security group's egress",
    ),
    (
        "image cannot be pulled",
        &[&["cannotpull"]],
        "cargo ecs doctor tells more about the image",
    ),
    (
        "secret not found",
        &[
            &["resourceinitialization", "resourcenotfound"],
            &["resourceinitialization", "can't find the specified secret"],
        ],
        "create the secret, or correct valueFrom",
    ),
    (
        "secret not allowed",
        &[&["resourceinitialization", "accessdenied"]],
        "allow the execution role to read the secret: secretsmanager:GetSecretValue",
    ),
    (
        "secrets or registry not reachable",
        &[
            &["resourceinitialization", "deadline"],
            &["resourceinitialization", "timeout"],
            &["resourceinitialization", "unable to pull secrets"],
        ],
        "let the tasks out on port 443: a public address, or a NAT gateway, and the security group's egress",
    ),
    (
        "log group missing",
        &[
            &["resourceinitialization", "log"],
            &["log group does not exist"],
        ],
        "create the log group, and allow the execution role to write there",
    ),
    (
        "role not usable",
        &[&["unable to assume the role"], &["unable to assume role"]],
        "let ecs-tasks.amazonaws.com assume the roles of the task definition",
    ),
    (
        "program cannot be started",
        &[
            &["cannotstartcontainer"],
            &["no such file or directory"],
            &["executable file not found"],
        ],
        "correct entryPoint and command of the task definition",
    ),
    (
        "no capacity",
        &[
            &["capacity is unavailable"],
            &["capacityprovider", "unavailable"],
        ],
        "try again, or add subnets in other zones",
    ),
    (
        "no free addresses",
        &[
            &["insufficientfreeaddresses"],
            &["not enough free addresses"],
            &["no available ip"],
        ],
        "use larger subnets",
    ),
    (
        "quota of vcpus",
        &[&["limit on the number of vcpus"], &["vcpu limit"]],
        "ask AWS for a higher quota of Fargate vCPUs",
    ),
    (
        "health check of the container",
        &[&["failed container health checks"]],
        "look at healthCheck of the task definition, and at the log",
    ),
    (
        "health check of the load balancer: wrong port or blocked",
        &[
            &["failed elb health checks", "target.timeout"],
            &["failed elb health checks", "target.failedhealthchecks"],
        ],
        "map the port that the app listens on, and let the balancer in on it: cargo ecs doctor",
    ),
    (
        "health check of the load balancer: wrong answer",
        &[&["failed elb health checks", "responsecodemismatch"]],
        "answer the health check's path with the status that it wants",
    ),
    (
        "health check of the load balancer",
        &[&["failed elb health checks"], &["is unhealthy in"]],
        "map the port that the app listens on, and answer the health check's path",
    ),
    (
        "spot capacity was taken back",
        &[&["spotinterruption"]],
        "deploy again; use FARGATE where that must not be",
    ),
];

/// The cause that the evidence tells of, if any.
pub(super) fn of(evidence: &Evidence) -> Option<Cause> {
    if let Some(line) = evidence
        .log
        .iter()
        .rev()
        .find(|line| line.contains(MISSING))
    {
        let mend = "give the variables in environment or secrets of the task definition";
        return Some(cause("missing variable", line.trim(), mend));
    }
    named(evidence)
        .or_else(|| by_exit_code(evidence))
        .or_else(|| {
            let text = evidence.reasons.first().or(evidence.events.first())?;
            Some(cause("unknown", text, "cargo ecs doctor checks the rest"))
        })
}

fn named(evidence: &Evidence) -> Option<Cause> {
    // Tasks know best; events repeat it later and shorter.
    for texts in [&evidence.reasons, &evidence.events] {
        for text in texts {
            let all = format!("{text} {}", evidence.targets.join(" ")).to_lowercase();
            let fits = |needles: &&[&str]| needles.iter().all(|needle| all.contains(needle));
            let found = CAUSES.iter().find(|(_, any, _)| any.iter().any(&fits));
            if let Some((name, _, mend)) = found {
                return Some(cause(name, text, mend));
            }
        }
    }
    None
}

/// Of a program that ended by itself, or by a signal.
fn by_exit_code(evidence: &Evidence) -> Option<Cause> {
    let code = *evidence
        .exit_codes
        .iter()
        .find(|code| **code != 0)
        .or(evidence.exit_codes.first())?;
    let name = match code {
        0 => "the program ended by itself".to_owned(),
        127 | 126 => "program cannot be started".to_owned(),
        137 => "killed (SIGKILL)".to_owned(),
        139 => "crashed (SIGSEGV)".to_owned(),
        134 => "crashed (SIGABRT)".to_owned(),
        code => format!("the program ended with {code}"),
    };
    let mend = match code {
        0 => "an essential container has to go on running",
        137 => "raise memory, or stop sooner than stopTimeout",
        _ => "look at the log: cargo ecs logs",
    };
    let last = evidence
        .log
        .iter()
        .rev()
        .find(|line| !line.trim().is_empty());
    let evidence = last.map_or_else(
        || format!("exit code {code}"),
        |line| line.trim().to_owned(),
    );
    Some(cause(&name, &evidence, mend))
}

fn cause(name: &str, evidence: &str, mend: &str) -> Cause {
    Cause {
        name: name.to_owned(),
        evidence: evidence.to_owned(),
        mend: mend.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's texts, as its documents have them.
    const TEXTS: &[(&str, &str)] = &[
        (
            "CannotPullContainerError: docker.io/a/b:1: not found",
            "image not found",
        ),
        (
            "CannotPullContainerError: pull access denied for a/b, repository does not exist",
            "image not found",
        ),
        (
            "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit",
            "registry's rate limit",
        ),
        (
            "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
            "image of another platform",
        ),
        (
            "CannotPullContainerError: 401 Unauthorized",
            "image not readable",
        ),
        (
            "CannotPullContainerError: dial tcp 1.2.3.4:443: i/o timeout",
            "registry not reachable",
        ),
        (
            "ResourceInitializationError: unable to pull secrets: AccessDeniedException",
            "secret not allowed",
        ),
        (
            "ResourceInitializationError: unable to pull secrets: ResourceNotFoundException",
            "secret not found",
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: context deadline exceeded",
            "secrets or registry not reachable",
        ),
        (
            "ResourceInitializationError: failed to validate logger args: create stream",
            "log group missing",
        ),
        (
            "OutOfMemoryError: Container killed due to memory usage",
            "out of memory",
        ),
        (
            "ECS was unable to assume the role 'arn:aws:iam::1:role/x'",
            "role not usable",
        ),
        (
            "CannotStartContainerError: exec: \"/app\": stat /app",
            "program cannot be started",
        ),
        (
            "Capacity is unavailable at this time. Please try again later",
            "no capacity",
        ),
        (
            "Task failed container health checks",
            "health check of the container",
        ),
        (
            "Task failed ELB health checks in (target-group arn:x)",
            "health check of the load balancer",
        ),
        (
            "You've reached the limit on the number of vCPUs you can run concurrently",
            "quota of vcpus",
        ),
        ("SpotInterruption: capacity", "spot capacity was taken back"),
    ];

    #[test]
    fn awss_texts_have_names() {
        for (text, name) in TEXTS {
            let evidence = Evidence {
                reasons: vec![(*text).to_owned()],
                ..Evidence::default()
            };
            assert_eq!(of(&evidence).unwrap().name, *name, "{text}");
        }
    }

    #[test]
    fn a_targets_reason_makes_a_health_check_more_precise() {
        let evidence = Evidence {
            reasons: vec!["Task failed ELB health checks in (target-group arn:x)".into()],
            targets: vec!["Target.Timeout".into()],
            ..Evidence::default()
        };
        assert!(
            of(&evidence)
                .unwrap()
                .name
                .ends_with("wrong port or blocked")
        );
    }

    #[test]
    fn a_container_that_ends_is_told_by_its_last_words() {
        let mut evidence = Evidence {
            reasons: vec!["Essential container in task exited".into()],
            exit_codes: vec![1],
            log: vec!["starting".into(), "cannot connect to the database\n".into()],
            ..Evidence::default()
        };
        let cause = of(&evidence).unwrap();
        assert_eq!(
            (cause.name.as_str(), cause.evidence.as_str()),
            ("the program ended with 1", "cannot connect to the database")
        );
        evidence
            .log
            .push("Missing required environment variables: SECRET_KEY".into());
        let cause = of(&evidence).unwrap();
        assert_eq!(cause.name, "missing variable");
        assert!(cause.evidence.ends_with("SECRET_KEY"));
    }
}
