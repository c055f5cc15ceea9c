//! What stands in a file for a value that is not there: `<IMAGE>`, `${IMAGE}`, `{{ image }}`, and the marks of the same form
//! that are made here for what a template does not tell, such as `{{parameter Image}}`.

/// The mark for what only AWS, another stack or whoever deploys knows. Marks inside of it lose their braces.
pub(crate) fn mark(what: &str) -> String {
    format!("{{{{{}}}}}", plain(what))
}

/// A text as it reads in a sentence: marks of references as CloudFormation writes them.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inner, rest) = part.split_once("}}").unwrap_or((part, ""));
        let name = match inner.split_once(' ') {
            Some(("apply" | "parameter" | "resource" | "import", name)) => name.to_owned(),
            Some(("because", _)) => "unknown".to_owned(),
            Some(("attribute" | "output", path)) => match path.split_once(" of ") {
                Some((attribute, name)) => format!("{name}.{attribute}"),
                None => path.to_owned(),
            },
            _ => inner.trim().to_owned(),
        };
        plain += &format!("${{{name}}}{rest}");
    }
    plain
}

/// The first placeholder in a text.
pub(crate) fn first(text: &str) -> Option<&str> {
    let (start, length) = text.char_indices().find_map(|(start, _)| {
        let length = length(&text[start..])?;
        Some((start, length))
    })?;
    text.get(start..start + length)
}

/// A text with letters in the place of its placeholders, to look at the rest.
pub(crate) fn filled(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(found) = first(&text).map(str::to_owned) {
        text = text.replace(&found, "x");
    }
    text
}

/// What a text stands for, for sentences; none if it has no placeholder.
pub(crate) fn described(text: &str) -> Option<String> {
    let found = first(text)?;
    let what = of_mark(found);
    Some(if found.len() == text.trim().len() {
        what
    } else {
        format!("{}, with {what}", plain(text))
    })
}

fn of_mark(found: &str) -> String {
    let inner = found
        .strip_prefix("{{")
        .and_then(|it| it.strip_suffix("}}"));
    let Some((kind, name)) = inner.and_then(|inner| inner.split_once(' ')) else {
        return match inner {
            Some("flaw") => "a value that is invalid in the template".into(),
            Some(inner) if inner.starts_with("resolve:") => {
                format!("{inner}, which only AWS can resolve")
            }
            Some(inner) if inner.starts_with("AWS::") => {
                format!("{inner}, which only AWS knows")
            }
            _ => format!("the placeholder {found}"),
        };
    };
    match kind {
        "apply" => format!("known only after apply ({name})"),
        "parameter" => format!("the parameter {name}, which has no value"),
        "import" => format!("the export {name} of another stack"),
        "output" => format!("the output {name}, which has to be looked up in AWS"),
        "mapping" => format!("an entry of the mapping {name}, which depends on what is unknown"),
        "condition" => format!("decided by the condition {name}, which depends on what is unknown"),
        "because" => format!("a value that is unknown, because {name}"),
        "resource" => format!("the name of {name}, which AWS makes up"),
        "attribute" => format!("the attribute {name}, which only AWS knows"),
        "function" => format!("the result of {name}, which only AWS knows"),
        _ => format!("the placeholder {found}"),
    }
}

/// The length of the placeholder that a text begins with.
fn length(text: &str) -> Option<usize> {
    for (open, close) in [("{{", "}}"), ("${", "}"), ("<", ">")] {
        let Some(rest) = text.strip_prefix(open) else {
            continue;
        };
        let inner = &rest[..rest.find(close)?];
        let is_name = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        let is_one = match open {
            "<" => inner.starts_with(char::is_alphabetic) && inner.chars().all(is_name),
            _ => !inner.trim().is_empty(),
        };
        return is_one.then_some(open.len() + inner.len() + close.len());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_in_the_ways_in_which_people_write_them() {
        for (text, found) in [
            ("<IMAGE1_NAME>", Some("<IMAGE1_NAME>")),
            ("me/{{ image }}:1", Some("{{ image }}")),
            ("me/app:${TAG}", Some("${TAG}")),
            ("<your image>", Some("<your image>")),
            ("me/app:1", None),
            ("a < b > c", None),
            ("<>", None),
            ("${", None),
            ("é${A}", Some("${A}")),
        ] {
            assert_eq!(first(text), found, "{text}");
        }
        assert_eq!(filled("me/{{ image }}:${TAG}"), "me/x:x");
    }

    #[test]
    fn marks_say_where_the_value_is_to_be_had() {
        let import = mark(&format!("import {}-sg", mark("parameter Env")));
        for (text, said) in [
            (import.as_str(), "the export ${Env}-sg of another stack"),
            ("{{parameter A}}", "the parameter A, which has no value"),
            ("<IMAGE>", "the placeholder <IMAGE>"),
            ("{{ image }}", "the placeholder {{ image }}"),
            (
                "me/app:{{parameter Tag}}",
                "me/app:${Tag}, with the parameter Tag, which has no value",
            ),
            (
                "{{resolve:ssm:/a}}",
                "resolve:ssm:/a, which only AWS can resolve",
            ),
        ] {
            assert_eq!(described(text).as_deref(), Some(said), "{text}");
        }
        assert_eq!(described("me/app:1"), None);
    }
}
