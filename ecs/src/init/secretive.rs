//! Variables that look like secrets.

/// Words of names that secrets have.
const WORDS: [&str; 11] = [
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "DSN",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PWD",
    "SECRET",
    "SECRETS",
    "TOKEN",
];

/// If a variable is probably a secret, by its name, or by a password in a URL that is its value.
pub fn looks_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.split('_');
    let is_word = words.any(|word| WORDS.contains(&word));
    let is_key = name.ends_with("_KEY") && !name.ends_with("PUBLIC_KEY");
    !value.is_empty() && (is_word || is_key || has_password(value))
}

/// `scheme://user:password@host`.
fn has_password(value: &str) -> bool {
    let rest = value.split_once("://").map(|(_, rest)| rest);
    let place = rest.and_then(|rest| rest.split(['/', '?']).next());
    let user = place.and_then(|place| place.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, it)| !it.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_urls_tell_secrets() {
        for (name, value, is_secret) in [
            ("DB_PASSWORD", "x", true),
            ("stripe_api_key", "x", true),
            ("GITHUB_TOKEN", "x", true),
            ("SENTRY_DSN", "x", true),
            ("DB_PASSWORD", "", false),
            ("JWT_PUBLIC_KEY", "x", false),
            ("KEYBOARD", "x", false),
            ("TOKENIZER", "x", false),
            ("DATABASE_URL", "postgres://shop:hunter2@db/shop", true),
            ("DATABASE_URL", "postgres://shop@db/shop", false),
            ("URL", "https://a.example/@b:c", false),
        ] {
            assert_eq!(looks_secret(name, value), is_secret, "{name}={value}");
        }
    }
}
