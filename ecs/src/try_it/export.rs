//! What sends the commands of a shell to the emulator, whatever account its environment is about.

use super::Images;

/// Names of variables by which the SDKs and the `aws` command find an account.
fn is_of_aws(name: &str) -> bool {
    name.starts_with("AWS_")
}

/// Lines for a shell of POSIX's: nothing of what was set stays, and no file is read.
pub fn exports(set: impl Iterator<Item = String>, endpoint: &str, images: &Images) -> String {
    let mut set: Vec<String> = set
        .filter(|name| is_of_aws(name) && is_word(name))
        .collect();
    set.sort_unstable();
    let mut lines: Vec<String> = set.iter().map(|name| format!("unset {name}")).collect();
    let exported = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "emulated"),
        ("AWS_SECRET_ACCESS_KEY", "emulated"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("ECS_SERVICE", "shop"),
        ("IMAGE", &images.references[0].name()),
        ("ARCHITECTURE", images.architecture),
    ];
    lines.extend(exported.map(|(name, value)| format!("export {name}={value}")));
    lines.join("\n")
}

fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_environment_says_of_an_account_is_gone() {
        let set = [
            "AWS_PROFILE",
            "HOME",
            "AWS_ENDPOINT_URL_ECS",
            "AWS_A;rm -rf",
        ];
        let reference = |tag| {
            format!("localhost:5000/dualrun-try/shop:{tag}")
                .parse()
                .unwrap()
        };
        let images = Images {
            references: ["first", "second"].map(reference),
            architecture: "ARM64",
        };
        let text = exports(
            set.into_iter().map(str::to_owned),
            "http://127.0.0.1:4000",
            &images,
        );
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "unset AWS_ENDPOINT_URL_ECS",
                "unset AWS_PROFILE",
                "export AWS_ENDPOINT_URL=http://127.0.0.1:4000"
            ]
        );
        for line in [
            "export IMAGE=localhost:5000/dualrun-try/shop",
            "export ARCHITECTURE=ARM64",
        ] {
            assert!(lines.contains(&line), "{text}");
        }
        assert!(!text.contains("HOME") && !text.contains(';'), "{text}");
    }
}
