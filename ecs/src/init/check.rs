//! What names, paths and variables may be: on the command line, and as an answer.

use crate::doctor::fargate::{self, Wrong};
use crate::image::{DOCKER_HUB, Reference};

/// The service's roles have its name with a region of up to 14 characters and `operations` behind it, and 64 in all (AWS, IAM
/// user guide, "IAM and AWS STS quotas").
const LONGEST_NAME: usize = 64 - "-".len() - 14 - "-operations".len();

/// A name that a stack, a cluster and a service can have.
///
/// # Errors
///
/// What is wrong with it, with a name that is near.
pub fn name(text: &str) -> Result<String, String> {
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_name && text.len() <= LONGEST_NAME {
        return Ok(text.to_owned());
    }
    let rule = format!("a letter, then letters, digits and -, at most {LONGEST_NAME}");
    Err(match near(text) {
        Some(near) => format!("a stack's name is {rule}, such as {near}"),
        None => format!("a stack's name is {rule}"),
    })
}

/// The name that is nearest to a text, if it has a letter.
pub(super) fn near(text: &str) -> Option<String> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = text.chars().map(plain).collect();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let parts: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    let mut name = parts.join("-");
    name.truncate(LONGEST_NAME);
    let name = name.trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

/// A repository for images: a name without a tag.
///
/// # Errors
///
/// What is wrong with it.
pub fn image(text: &str) -> Result<String, String> {
    let image: Reference = text.parse().map_err(|error| format!("{error}"))?;
    if image.tag.is_some() || image.digest.is_some() {
        return Err(format!(
            "write it as {}: each commit is a tag of its own",
            image.name()
        ));
    }
    if image.registry == DOCKER_HUB && image.repository.starts_with("library/") {
        return Err(format!("on Docker Hub write it as OWNER/{}", image.name()));
    }
    Ok(image.name())
}

/// A branch, such that neither a workflow nor a shell takes it for anything else.
///
/// # Errors
///
/// If it is none.
pub fn branch(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("a branch has letters, digits and ._/- in its name here".into())
}

/// A port.
///
/// # Errors
///
/// If it is none.
pub fn port(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| "a port is a number from 1 to 65535".into())
}

/// A path that health checks can ask for.
///
/// # Errors
///
/// If it is none, or one that `ecs/stack.yaml` does not take.
pub fn health_path(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_.~$@:+-".contains(c);
    if text.starts_with('/') && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("a health path begins with / and has letters, digits and /_.~$@:+- in it".into())
}

/// The name of a variable.
///
/// # Errors
///
/// If it is none.
pub fn variable_name(text: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_word);
    if is_name && !text.is_empty() {
        return Ok(text.to_owned());
    }
    Err("a variable's name has letters, digits and _, and begins with no digit".into())
}

/// A name in a definition, where other programs take more than a shell does.
pub(super) fn is_name_of_definition(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    !text.is_empty() && text.chars().all(is_plain)
}

/// `NAME=VALUE`.
///
/// # Errors
///
/// If it is none, without the value, which may be a secret.
pub fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    if value.chars().any(char::is_control) {
        return Err(format!("the value of {name} has a control character in it"));
    }
    Ok((variable_name(name)?, value.to_owned()))
}

/// A variable whose value is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The variable.
    pub name: String,
    /// Where its value is, if that is not for the stack to make.
    pub arn: Option<String>,
}

/// `NAME`, or `NAME=ARN` for a secret that is there.
///
/// # Errors
///
/// If it is none, without what may be a secret's value.
pub fn secret(text: &str) -> Result<Secret, String> {
    let (name, arn) = text.split_once('=').unzip();
    let name = variable_name(name.unwrap_or(text))?;
    if arn.is_some_and(|arn| !is_arn(arn)) {
        return Err(format!(
            "behind {name}= stands the ARN of a secret or parameter, not its value; {name} alone has the stack make one"
        ));
    }
    let arn = arn.map(str::to_owned);
    Ok(Secret { name, arn })
}

/// If a text is the ARN of a secret or a parameter.
fn is_arn(text: &str) -> bool {
    // arn:partition:service:region:account:resource
    let parts: Vec<&str> = text.split(':').collect();
    let is_known = matches!(parts.get(2), Some(&("secretsmanager" | "ssm")));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/_+=.@-".contains(c);
    parts.len() > 5 && parts[0] == "arn" && is_known && text.chars().all(is_plain)
}

/// If a definition may name a secret so: by its ARN, or as a parameter of the task's region by its name (AWS, ECS API
/// reference, "Secret").
pub(super) fn is_source(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_.-".contains(c);
    is_arn(text) || !text.is_empty() && text.chars().all(is_plain)
}

/// A size of a task as ECS writes it, in units or such as `1 vCPU` and `2 GB`.
///
/// # Errors
///
/// If it is none, or none that Fargate has.
pub fn size_in_words(cpu: &str, memory: &str) -> Result<(u32, u32), String> {
    let cpu = fargate::parsed(cpu, "vcpu")
        .ok_or_else(|| format!("{cpu:?} is neither CPU units nor a number of vCPU"))?;
    let memory = fargate::parsed(memory, "gb")
        .ok_or_else(|| format!("{memory:?} is neither MiB of memory nor a number of GB"))?;
    size(cpu, memory)
}

/// An architecture, in ECS's words.
///
/// # Errors
///
/// If there is no such.
pub fn architecture(text: &str) -> Result<String, String> {
    let known = ["ARM64", "X86_64"].contains(&text);
    known
        .then(|| text.to_owned())
        .ok_or_else(|| "ARM64 or X86_64".into())
}

/// A size of a task that Fargate has.
///
/// # Errors
///
/// The nearest that it has.
pub fn size(cpu: u32, memory: u32) -> Result<(u32, u32), String> {
    match fargate::size(&cpu.to_string(), &memory.to_string()) {
        Ok(()) => Ok((cpu, memory)),
        Err(Wrong::Nearest(cpu, memory)) => Err(format!(
            "Fargate has no task of that size; the nearest is --cpu {cpu} --memory {memory}"
        )),
        Err(Wrong::Larger | Wrong::NoSize(_)) => Err(
            "Fargate has no task of that size; the largest has --cpu 16384 --memory 122880".into(),
        ),
    }
}

/// `owner/name` on GitHub.
///
/// # Errors
///
/// If it is none.
pub fn github(text: &str) -> Result<String, String> {
    let is_owner = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_name = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    match text.split_once('/') {
        Some((owner, name))
            if !owner.is_empty() && !name.is_empty() && is_owner(owner) && is_name(name) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("write it as OWNER/NAME".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_stack_can_have_comes_with_one_that_it_can() {
        assert_eq!(name("shop-2").unwrap(), "shop-2");
        for (text, near) in [
            ("my_shop", Some("my-shop")),
            ("2shop", Some("shop")),
            ("Shop API", Some("shop-api")),
            ("shop..", Some("shop")),
            ("42", None),
            ("", None),
        ] {
            let error = name(text).unwrap_err();
            let hint = error.split(", such as ").nth(1);
            assert_eq!(hint, near, "{text}: {error}");
        }
        let long = "a".repeat(LONGEST_NAME + 1);
        assert!(name(&long).is_err());
        assert!(name(&near(&long).unwrap()).is_ok());
    }

    #[test]
    fn an_image_is_named_without_a_tag() {
        assert_eq!(image("ghcr.io/ann/shop").unwrap(), "ghcr.io/ann/shop");
        let error = image("ann/shop:latest").unwrap_err();
        assert_eq!(
            error,
            "write it as ann/shop: each commit is a tag of its own"
        );
        assert!(image("Ann/Shop").unwrap_err().contains("lower case"));
        let error = image("shop").unwrap_err();
        assert_eq!(error, "on Docker Hub write it as OWNER/shop");
    }

    #[test]
    fn a_refused_variable_is_told_without_its_value() {
        assert_eq!(variable("A=b=c").unwrap(), ("A".into(), "b=c".into()));
        assert_eq!(variable("A=").unwrap(), ("A".into(), String::new()));
        for text in [
            "hunter2",
            "9A=hunter2",
            "A-B=hunter2",
            "=hunter2",
            "A=hunter2\n",
        ] {
            let error = variable(text).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_secret_is_a_name_with_or_without_an_arn_and_never_a_value() {
        assert_eq!(
            secret("A").unwrap(),
            Secret {
                name: "A".into(),
                arn: None
            }
        );
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf:password::";
        assert_eq!(
            secret(&format!("A={arn}")).unwrap().arn.as_deref(),
            Some(arn)
        );
        for text in ["A=hunter2", "hun-ter2", "A=arn:aws:s3:::hunter2", "A="] {
            let error = secret(text).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_size_is_one_that_fargate_has() {
        assert_eq!(size(512, 1024), Ok((512, 1024)));
        assert!(
            size(512, 512)
                .unwrap_err()
                .ends_with("--cpu 512 --memory 1024")
        );
        assert!(size(99999, 1).unwrap_err().contains("the largest"));
    }

    #[test]
    fn paths_and_ports_are_what_the_stack_takes() {
        assert!(health_path("/").is_ok() && health_path("/api/health-1").is_ok());
        assert!(health_path("health").is_err() && health_path("/a?b=c").is_err());
        assert_eq!(port("8080"), Ok(8080));
        assert!(
            ["0", "65536", "http", ""]
                .iter()
                .all(|text| port(text).is_err())
        );
    }
}
