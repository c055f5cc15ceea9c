//! Amazon resource names, taken apart.

/// `arn:partition:service:region:account:resource`. Of files, parts may be placeholders.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Arn<'a> {
    /// Such as `ecs`.
    pub(crate) service: &'a str,
    /// None if it is empty, as an IAM role's.
    pub(crate) region: Option<&'a str>,
    /// None if it is empty, as an S3 bucket's.
    pub(crate) account: Option<&'a str>,
    /// All that is behind the account, such as `cluster/shop`.
    pub(crate) resource: &'a str,
    whole: &'a str,
}

impl<'a> Arn<'a> {
    /// None if it is something else, such as a name.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix("arn:")?;
        let mut part = || {
            let (part, behind) = rest.split_at(colon(rest)?);
            rest = &behind[1..];
            Some(part)
        };
        let (_partition, service) = (part()?, part()?);
        let (region, account) = (part()?, part()?);
        let given = |part: &'a str| (!part.is_empty()).then_some(part);
        Some(Self {
            service,
            region: given(region),
            account: given(account),
            resource: rest,
            whole: text,
        })
    }

    /// The ARN of a secret without the key, stage and version that may stand behind it.
    pub(crate) fn secret(&self) -> Option<&'a str> {
        let name = self.resource.strip_prefix("secret:")?;
        let behind = colon(name).map_or(0, |at| name.len() - at);
        (self.service == "secretsmanager").then(|| &self.whole[..self.whole.len() - behind])
    }
}

/// The first colon outside of braces: placeholders may have some.
fn colon(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

/// What is behind the last slash of an ARN or a path: a name, or an id. A name alone is itself.
pub(crate) fn last_part(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_parts_are_told_apart_whatever_is_in_them() {
        for (text, parts) in [
            (
                "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
                (
                    "ecs",
                    Some("eu-west-1"),
                    Some("111122223333"),
                    "cluster/shop",
                ),
            ),
            (
                "arn:aws-cn:iam::111122223333:role/shop",
                ("iam", None, Some("111122223333"), "role/shop"),
            ),
            ("arn:aws:s3:::shop/a:b", ("s3", None, None, "shop/a:b")),
            (
                "arn:aws:ecs:{{AWS::Region}}:${Account}:cluster/shop",
                (
                    "ecs",
                    Some("{{AWS::Region}}"),
                    Some("${Account}"),
                    "cluster/shop",
                ),
            ),
        ] {
            let arn = Arn::parse(text).unwrap();
            assert_eq!((arn.service, arn.region, arn.account, arn.resource), parts);
        }
        for text in [
            "",
            "shop",
            "/shop/key",
            "arn:aws:ecs",
            "arn:x:7",
            "arn:{{a:b:c:d:e:f",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_secret_is_named_without_its_key_and_version() {
        let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-a1b2c3";
        for behind in ["", ":user", ":user:AWSCURRENT:", "::AWSCURRENT:"] {
            let text = format!("{secret}{behind}");
            assert_eq!(Arn::parse(&text).unwrap().secret(), Some(secret));
        }
        let parameter = "arn:aws:ssm:us-east-1:111122223333:parameter/shop";
        assert_eq!(Arn::parse(parameter).unwrap().secret(), None);
    }
}
