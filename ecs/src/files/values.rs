//! The values of a template's parameters: what CloudFormation refuses of them.

use super::flaw::Flaw;
use super::intrinsics::text;
use super::template::Template;
use crate::placeholder;
use crate::typed::Step;
use regex_lite::Regex;
use serde_json::Value;

impl Template {
    /// What is wrong with a parameter's value, whether it is given or the default.
    pub(super) fn refused_value(&self, name: &str, value: &Value) -> Option<Flaw> {
        let parameter = &self.as_json()["Parameters"][name];
        let kind = parameter["Type"].as_str().unwrap_or_default();
        // Of what Systems Manager has, only the name is here.
        if kind.starts_with("AWS::SSM::") {
            return None;
        }
        let value = text(value);
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        let items: Vec<&str> = match is_list {
            true => value.split(',').map(str::trim).collect(),
            false => vec![&value],
        };
        let (item, asked) = items
            .into_iter()
            .filter(|item| placeholder::first(item).is_none())
            .find_map(|item| Some((item, asked(parameter, kind, item)?)))?;
        let is_secret =
            matches!(&parameter["NoEcho"], Value::Bool(true)) || parameter["NoEcho"] == "true";
        let is = match is_secret {
            true => "has a value that it does not take".to_owned(),
            false => format!("is {item:?}"),
        };
        let steps = ["Parameters", name].map(|step| Step::Key(step.to_owned()));
        Some(Flaw {
            resource: None,
            field: String::new(),
            place: self.place_of(&steps),
            what: format!("the parameter {name} {is}, and has to be {asked}"),
            fix: format!("change the parameter {name}: it has to be {asked}"),
        })
    }
}

/// What a value has to be, if it is not that.
fn asked(parameter: &Value, kind: &str, value: &str) -> Option<String> {
    let is_number = matches!(kind, "Number" | "List<Number>");
    let number = value.trim().parse::<f64>().ok();
    if is_number && number.is_none() {
        return Some("a number".into());
    }
    if let Some(allowed) = parameter["AllowedValues"].as_array() {
        let allowed: Vec<String> = allowed.iter().map(text).collect();
        let is_same = |it: &String| match number.filter(|_| is_number) {
            Some(number) => it.parse() == Ok(number),
            None => it == value,
        };
        if !allowed.iter().any(is_same) {
            return Some(match allowed.as_slice() {
                [only] => only.clone(),
                several => format!("one of {}", several.join(", ")),
            });
        }
    }
    let limit = |name: &str| text(&parameter[name]).parse::<f64>().ok();
    if let Some(number) = number.filter(|_| is_number) {
        let least = limit("MinValue").filter(|least| number < *least);
        let most = limit("MaxValue").filter(|most| number > *most);
        return match (least, most) {
            (Some(least), _) => Some(format!("{least} or more")),
            (_, Some(most)) => Some(format!("{most} or less")),
            _ => None,
        };
    }
    let length = value.chars().count() as f64;
    if let Some(least) = limit("MinLength").filter(|least| length < *least) {
        return Some(format!("{least} characters long or longer"));
    }
    if let Some(most) = limit("MaxLength").filter(|most| length > *most) {
        return Some(format!("{most} characters long or shorter"));
    }
    let pattern = parameter["AllowedPattern"].as_str()?;
    // One that is not understood here, such as one that looks ahead, may let it pass.
    let whole = Regex::new(&format!("^(?:{pattern})$")).ok()?;
    (!whole.is_match(value)).then(|| format!("of the form {pattern}"))
}
