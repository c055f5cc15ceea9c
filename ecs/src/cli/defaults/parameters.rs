//! `[parameters]`: the values of the template's parameters that this repository wants.

use toml::de::{DeTable, DeValue};

/// What each of them is set by instead, since it changes without a commit.
const SET_ELSEWHERE: [(&str, &str); 3] = [
    ("CurrentCount", "cargo ecs up keeps what scaling has raised"),
    ("Image", "use --image, or cargo ecs deploy"),
    ("Parked", "use cargo ecs park and cargo ecs unpark"),
];

/// A mistake in the table, at this place of the text.
pub(super) struct Mistake {
    pub(super) at: usize,
    pub(super) why: String,
}

/// The values as CloudFormation takes them: texts, a list with commas.
pub(super) fn of_table(table: DeTable<'_>) -> Result<Vec<(String, String)>, Mistake> {
    let mut parameters = Vec::new();
    for (name, value) in table {
        let at = name.span().start;
        let name = name.into_inner().into_owned();
        if let Some((_, instead)) = SET_ELSEWHERE.iter().find(|(it, _)| *it == name) {
            let why = format!("{name} cannot be set here; {instead}");
            return Err(Mistake { at, why });
        }
        let Some(value) = text(value.into_inner()) else {
            let why = format!(
                "invalid parameter {name}: write a string, a whole number, true or false, or a list of them"
            );
            return Err(Mistake { at, why });
        };
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn text(value: DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.into_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
            number.map(|number| number.to_string())
        }
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| match item.into_inner() {
                DeValue::Array(_) => None,
                // It would come out as two.
                item => text(item).filter(|item| !item.contains(',')),
            });
            Some(items.collect::<Option<Vec<_>>>()?.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}
