//! A template as a request takes it: as it is written, or without comments and spaces where that would be too long.

use super::{StackError, plain};
use crate::files::Template;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// Bytes of a template in a request (AWS, "CloudFormation quotas").
pub(super) const MOST_BYTES: usize = 51_200;

/// Functions with a short form that takes what is written here as well.
const SHORT: [&str; 13] = [
    "And",
    "Cidr",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Not",
    "Or",
    "Select",
    "Split",
];

/// The text to send for the stack of this name. One that is too long is sent without spaces, or in YAML's short style, which
/// means the same.
///
/// # Errors
///
/// If it is too long in that style, too, or has values that would mean something else.
pub(super) fn body(name: &str, template: &str) -> Result<String, StackError> {
    if template.len() <= MOST_BYTES {
        return Ok(template.to_owned());
    }
    let text = match serde_json::from_str(template) {
        Ok(IgnoredAny) => without_spaces(template),
        Err(_) => in_short_style(template)?,
    };
    match text.len() {
        0..=MOST_BYTES => Ok(text),
        bytes => Err(StackError::TooLong {
            name: name.to_owned(),
            bytes,
        }),
    }
}

/// JSON without what stands between its values.
fn without_spaces(json: &str) -> String {
    let (mut in_text, mut is_escaped) = (false, false);
    let mut stays = |letter: char| {
        let stays = in_text || !letter.is_ascii_whitespace();
        in_text ^= letter == '"' && !is_escaped;
        is_escaped = in_text && letter == '\\' && !is_escaped;
        stays
    };
    json.chars().filter(|letter| stays(*letter)).collect()
}

fn in_short_style(template: &str) -> Result<String, StackError> {
    if let Some((text, line)) = plain::ambiguous(template) {
        return Err(StackError::Ambiguous { text, line });
    }
    let mut value = Template::parse(template)?.as_json().clone();
    let resources = value.get_mut("Resources").and_then(Value::as_object_mut);
    for (_, resource) in resources.into_iter().flatten() {
        leave_out_notes(resource);
    }
    // Sections are lines of their own: a text that begins with a brace is taken for JSON.
    let mut text = String::new();
    for (section, value) in value.as_object().into_iter().flatten() {
        text += &scalar(section);
        text += ": ";
        write(value, &mut text);
        text.push('\n');
    }
    Ok(text)
}

/// Takes away what only programs that check templates read.
fn leave_out_notes(resource: &mut Value) {
    let Some(resource) = resource.as_object_mut() else {
        return;
    };
    let metadata = resource.get_mut("Metadata").and_then(Value::as_object_mut);
    let is_empty = metadata.is_some_and(|metadata| {
        metadata.retain(|key, _| key != "cfn-lint" && key != "checkov");
        metadata.is_empty()
    });
    if is_empty {
        resource.remove("Metadata");
    }
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => *text += &scalar(string),
        Value::Array(items) => {
            let mut separator = "[";
            for item in items {
                *text += separator;
                write(item, text);
                separator = ",";
            }
            *text += if items.is_empty() { "[]" } else { "]" };
        }
        Value::Object(entries) => match short(entries) {
            Some((function, argument)) => {
                *text += &format!("!{function} ");
                write(&argument, text);
            }
            None => {
                let mut separator = "{";
                for (key, value) in entries {
                    *text += separator;
                    *text += &scalar(key);
                    *text += ": ";
                    write(value, text);
                    separator = ",";
                }
                *text += if entries.is_empty() { "{}" } else { "}" };
            }
        },
        value => *text += &value.to_string(),
    }
}

/// A function's call in its short form. One function directly in another has none.
fn short(entries: &Map<String, Value>) -> Option<(&str, Value)> {
    let (name, argument) = entries.iter().next().filter(|_| entries.len() == 1)?;
    let is_call = |value: &Value| {
        let entries = value.as_object();
        entries.is_some_and(|entries| entries.len() == 1)
    };
    if is_call(argument) {
        return None;
    }
    match (name.as_str(), argument) {
        ("Ref" | "Condition", Value::String(_)) => Some((name, argument.clone())),
        ("Fn::GetAtt", Value::Array(path)) => {
            let path: Option<Vec<&str>> = path.iter().map(Value::as_str).collect();
            Some(("GetAtt", path?.join(".").into()))
        }
        (name, argument) => {
            let function = name.strip_prefix("Fn::")?;
            let is_short = SHORT.contains(&function) || function == "Sub";
            is_short.then(|| (function, argument.clone()))
        }
    }
}

/// A text, in quotes unless no parser can take it for something else.
fn scalar(text: &str) -> String {
    // What YAML 1.1 takes for true, false or nothing.
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./:".contains(c))
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        text.to_owned()
    } else {
        in_quotes(text)
    }
}

/// In the quotes that take less. Single ones know no escapes but for themselves.
fn in_quotes(text: &str) -> String {
    let count = |wanted: char| text.matches(wanted).count();
    let is_printed = text.chars().all(|letter| matches!(letter, ' '..='~'));
    if is_printed && count('"') + count('\\') > count('\'') {
        return format!("'{}'", text.replace('\'', "''"));
    }
    // JSON's quotes are among YAML's, but not all that may stand in them.
    let quoted = Value::from(text).to_string();
    let mut all = String::with_capacity(quoted.len());
    for letter in quoted.chars() {
        let breaks = ['\u{2028}', '\u{2029}', '\u{feff}', '\u{fffe}', '\u{ffff}'];
        if letter.is_control() || breaks.contains(&letter) {
            all += &format!("\\u{:04x}", u32::from(letter));
        } else {
            all.push(letter);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK: &str = include_str!("../../stack.yaml");

    fn parsed(text: &str) -> Value {
        Template::parse(text).unwrap().as_json().clone()
    }

    /// Without what is said of resources.
    fn meaning(text: &str) -> Value {
        let mut value = parsed(text);
        let resources = value["Resources"].as_object_mut().unwrap();
        for resource in resources.values_mut() {
            resource.as_object_mut().unwrap().remove("Metadata");
        }
        value
    }

    #[test]
    fn what_fits_is_sent_as_it_is_written() {
        let text = "# A comment.\nResources: { A: { Type: T } }\n";
        assert_eq!(body("shop", text).unwrap(), text);
    }

    #[test]
    fn the_stack_fits_into_a_request_with_room_for_changes_and_means_the_same() {
        let sent = body("shop", STACK).unwrap();
        assert!(sent.len() <= MOST_BYTES - 2_000, "{}", sent.len());
        assert!(!sent.contains("null"), "cloudformation takes none");
        assert!(!sent.starts_with('{'), "it would be taken for JSON");
        assert_eq!(meaning(&sent), meaning(STACK));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_length() {
        let text = format!("Resources: {{ A: {{ Type: {} }} }}", "T".repeat(60_000));
        let refused = body("shop", &text).unwrap_err().to_string();
        let (bytes, command) = (
            "has 60025 bytes",
            "aws cloudformation deploy --stack-name shop ",
        );
        assert!(
            refused.contains(bytes) && refused.contains(command),
            "{refused}"
        );
    }

    #[test]
    fn json_is_sent_without_its_spaces_however_it_is_indented() {
        let text = r#"{"Resources": {"A b": {"Type": "a  \\\" { b\\", "N": [1.10, 12e4567]}}}"#;
        let short = text.replace(": ", ":").replace(", ", ",");
        let long = text.replacen('{', &format!("{{\n{}", "\t".repeat(60_000)), 1);
        assert_eq!(body("shop", &long).unwrap(), short);
    }

    #[test]
    fn what_yamls_versions_read_differently_is_not_sent_otherwise_than_it_is_written() {
        let text = "A: { B: yes }\n";
        assert_eq!(body("shop", text).unwrap(), text);
        let long = format!("{}{text}", "# why\n".repeat(10_000));
        let refused = body("shop", &long).unwrap_err().to_string();
        assert!(refused.contains("yes in line 10001"), "{refused}");
    }

    #[test]
    fn what_yaml_takes_for_a_break_or_forbids_is_written_as_its_number() {
        let text = "a\u{7f}b\u{85}c\u{9b}d\u{2028}e\u{2029}f\u{feff}g\u{ffff}h\u{1f600}\u{e9}\u{7}";
        let written = scalar(text);
        assert_eq!(
            written,
            "\"a\\u007fb\\u0085c\\u009bd\\u2028e\\u2029f\\ufeffg\\uffffh\u{1f600}\u{e9}\\u0007\""
        );
        assert_eq!(
            parsed(&format!("A: {written}")),
            serde_json::json!({ "A": text })
        );
    }

    #[test]
    fn texts_stay_texts_and_functions_stay_functions() {
        let value = parsed(
            r#"
A: ["off", "1", "2010-09-09", "a: b", "", "x:", "- a", off, 1, true, '{"a":"it''s # \"b\""}', '"', ' "', "\"\n"]
B: !Base64 { "Fn::Sub": "${A} #b" }
C: { "Fn::GetAZs": { Ref: AWS::Region } }
D: { "Fn::Contains": [["512"], !Ref Memory] }
E: !Sub ["${A}-\n${B}", { A: !GetAtt B.C.D, B: !If [C, [], {}] }]
"#,
        );
        let mut text = String::new();
        write(&value, &mut text);
        assert_eq!(parsed(&text), value, "{text}");
    }
}
