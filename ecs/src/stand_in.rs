//! What stands in this repository's files for what each deployment or account has of its own: `COMMIT`, and the account of
//! AWS's documents. (`placeholder` is about what other people write.)

use crate::image::Reference;

/// The account of AWS's documents, which stands for one's own in files.
pub(crate) const ANY_ACCOUNT: &str = "111122223333";
/// The tag in files that stands for the commit.
pub(crate) const COMMIT: &str = "COMMIT";

/// If a file's text says what runs, with what it leaves open.
pub(crate) fn is_same_text(file: &str, live: &str) -> bool {
    let repository = |text: &str| text.parse::<Reference>().ok().map(|image| image.name());
    is_same_account(file, live)
        || leaves_commit_open(file) && {
            let of_file = repository(file).zip(repository(live));
            of_file.is_some_and(|(file, live)| file == live || is_same_but_account(&file, &live))
        }
}

/// The same without the commit.
pub(crate) fn is_same_account(file: &str, live: &str) -> bool {
    file == live || has_any_account(file) && is_same_but_account(file, live)
}

/// If a text leaves its commit open.
pub(crate) fn leaves_commit_open(text: &str) -> bool {
    text.strip_suffix(COMMIT)
        .is_some_and(|before| before.ends_with(':'))
}

/// The same with this commit in the place of the placeholder, if it has one.
pub(crate) fn with_commit(text: &str, commit: &str) -> Option<String> {
    let before = text
        .strip_suffix(COMMIT)
        .filter(|_| leaves_commit_open(text))?;
    Some(format!("{before}{commit}"))
}

/// If a text has the account of AWS's documents where an account stands: in an ARN, or in the name of a registry of ECR.
pub(crate) fn has_any_account(text: &str) -> bool {
    text.contains(&in_arn(ANY_ACCOUNT)) || text.starts_with(&of_registry(ANY_ACCOUNT))
}

/// The same with this account wherever that one stands for it.
pub(crate) fn with_account(text: &str, account: &str) -> String {
    let text = text.replace(&in_arn(ANY_ACCOUNT), &in_arn(account));
    match text.strip_prefix(&of_registry(ANY_ACCOUNT)) {
        Some(rest) => of_registry(account) + rest,
        None => text,
    }
}

fn in_arn(account: &str) -> String {
    format!(":{account}:")
}

fn of_registry(account: &str) -> String {
    format!("{account}.dkr.ecr.")
}

fn is_same_but_account(file: &str, live: &str) -> bool {
    let mut parts = file.split(ANY_ACCOUNT);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = live.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return false;
    }
    while let Some(part) = parts.next() {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_account = rest.len() - after.len() == ANY_ACCOUNT.len();
        let Some(after) = after.strip_prefix(part).filter(|_| is_account) else {
            return false;
        };
        // Secrets Manager adds a hyphen and six characters to a secret's name.
        let is_suffix = file.contains(":secretsmanager:") && after.len() == 7;
        if parts.peek().is_none() {
            return after.is_empty() || is_suffix && after.starts_with('-');
        }
        rest = after;
    }
    false
}
