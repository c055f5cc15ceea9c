//! A registry of ECR: its host's name tells the account and the region.

/// `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, with `.cn` behind it in China.
#[derive(Debug)]
pub(crate) struct Ecr<'a> {
    account: &'a str,
    region: &'a str,
}

impl<'a> Ecr<'a> {
    /// If a host means to be one, be it a whole name or not.
    pub(crate) fn is_meant(host: &str) -> bool {
        host.contains(".dkr.ecr")
    }

    pub(crate) fn of_host(host: &'a str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        let rest = rest.strip_prefix("dkr.ecr")?;
        let rest = rest.strip_prefix("-fips").unwrap_or(rest);
        let (region, domain) = rest.strip_prefix('.')?.split_once('.')?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let of_region = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        (is_account && is_region(region) && domain == of_region).then_some(Self { account, region })
    }

    /// The ARN of a repository there.
    pub(crate) fn arn(&self, repository: &str) -> String {
        let Self { account, region } = self;
        let partition = match region {
            _ if region.starts_with("cn-") => "aws-cn",
            _ if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        format!("arn:{partition}:ecr:{region}:{account}:repository/{repository}")
    }
}

/// Words and a number, such as `eu-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [words @ .., number] = parts.as_slice() else {
        return false;
    };
    let all = |part: &str, is: fn(&u8) -> bool| !part.is_empty() && part.bytes().all(|b| is(&b));
    words.len() > 1
        && words.iter().all(|word| all(word, u8::is_ascii_lowercase))
        && all(number, u8::is_ascii_digit)
}
