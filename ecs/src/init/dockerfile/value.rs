//! Values in a Dockerfile: variables are put in, quotes and escapes are taken off.

use super::lines::Escape;
use std::collections::BTreeMap;

/// Variables with their values; those of which only the build knows the value have none.
pub(super) type Scope = BTreeMap<String, Option<String>>;

/// What a word says. None if that depends on what only the build knows.
pub(super) fn value(word: &str, scope: &Scope, escape: Escape) -> Option<String> {
    let mut value = String::new();
    let mut quote = None;
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == escape.0 && quote != Some('\'') {
            let escaped = rest.chars().next();
            let is_special = |it: char| quote.is_none() || it == '"' || it == '$' || it == escape.0;
            if !escaped.is_some_and(is_special) {
                value.push(c);
            }
            value.extend(escaped);
            rest = &rest[escaped.map_or(0, char::len_utf8)..];
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && (c == '"' || c == '\'') {
            quote = Some(c);
        } else if c == '$' && quote != Some('\'') {
            let (put_in, after) = variable(rest, scope, escape)?;
            value += &put_in;
            rest = after;
        } else {
            value.push(c);
        }
    }
    Some(value)
}

/// The value of the variable whose name is next, and what follows it.
fn variable<'a>(text: &'a str, scope: &Scope, escape: Escape) -> Option<(String, &'a str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // One that nobody has set is empty.
    let known = |name: &str| scope.get(name).cloned().unwrap_or(Some(String::new()));
    let Some(braced) = text.strip_prefix('{') else {
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let (name, after) = text.split_at(end);
        if name.is_empty() {
            return Some(("$".into(), after));
        }
        return Some((known(name)?, after));
    };
    let end = braced.find(|c| !is_name(c))?;
    let (name, modifier) = braced.split_at(end);
    let close = closing(modifier)?;
    let (modifier, after) = (&modifier[..close], &modifier[close + 1..]);
    let word = |word: &str| value(word, scope, escape);
    let put_in = match modifier {
        "" => known(name)?,
        _ => {
            let current = known(name)?;
            if let Some(other) = modifier.strip_prefix(":-") {
                if current.is_empty() {
                    word(other)?
                } else {
                    current
                }
            } else if let Some(other) = modifier.strip_prefix(":+") {
                if current.is_empty() {
                    current
                } else {
                    word(other)?
                }
            } else {
                // Patterns, which few use.
                return None;
            }
        }
    };
    Some((put_in, after))
}

/// Where the brace ends that is open, past those that are within.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        (open == 0).then_some(at)
    })
}

/// The pairs of `ENV`, `LABEL` or `ARG`: `NAME=VALUE …`, or `NAME VALUE` in the old form. A name alone has no value.
pub(super) fn pairs(rest: &str, scope: &Scope, escape: Escape) -> Vec<(String, Option<String>)> {
    let words = escape.words(rest);
    if let Some(first) = words.first().filter(|first| !first.contains('=')) {
        let old = rest.trim_start().strip_prefix(first.as_str());
        let old = old.unwrap_or_default().trim();
        let of_old = (!old.is_empty() && !words[1..].iter().any(|it| it.contains('=')))
            .then(|| value(old, scope, escape));
        if let Some(of_old) = of_old {
            return vec![(first.clone(), of_old)];
        }
    }
    let pair = |word: &String| match word.split_once('=') {
        Some((name, text)) => {
            let name = name.trim_matches(['"', '\'']).to_owned();
            (name, value(text, scope, escape))
        }
        None => (word.clone(), None),
    };
    words.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        let own = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        [own("PORT", Some("5000")), own("GIVEN", None)].into()
    }

    #[test]
    fn variables_are_put_in_where_the_shell_would() {
        for (word, expected) in [
            ("$PORT", Some("5000")),
            ("${PORT}/tcp", Some("5000/tcp")),
            ("\"a $PORT\"", Some("a 5000")),
            ("'$PORT'", Some("$PORT")),
            ("\\$PORT", Some("$PORT")),
            ("$NONE", Some("")),
            ("${NONE:-${PORT}}0", Some("50000")),
            ("${NONE:-${PORT}", None),
            ("${NONE:-80}", Some("80")),
            ("${PORT:-80}", Some("5000")),
            ("${PORT:+81}", Some("81")),
            ("a\\ b", Some("a b")),
            ("\"a\\ b\"", Some("a\\ b")),
            ("100$", Some("100$")),
            ("$GIVEN", None),
            ("${GIVEN:-80}", None),
            ("${PORT%0}", None),
            ("${PORT", None),
        ] {
            let value = value(word, &scope(), Escape('\\'));
            assert_eq!(value.as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn pairs_are_written_in_the_new_form_or_the_old() {
        let read = |rest: &str| pairs(rest, &scope(), Escape('\\'));
        let own = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        assert_eq!(
            read("A=$PORT B=\"c d\" C="),
            [
                own("A", Some("5000")),
                own("B", Some("c d")),
                own("C", Some(""))
            ]
        );
        assert_eq!(read("A some value"), [own("A", Some("some value"))]);
        assert_eq!(
            read("A=1 B C=$GIVEN"),
            [own("A", Some("1")), own("B", None), own("C", None)]
        );
        assert_eq!(read("A B=1"), [own("A", None), own("B", Some("1"))]);
    }
}
