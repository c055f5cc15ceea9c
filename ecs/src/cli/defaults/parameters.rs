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

/// A value as CloudFormation takes it, a text or a list with commas, and where in the text its name is.
pub(super) struct Parameter {
    pub(super) at: usize,
    pub(super) pair: (String, String),
}

/// All of the table.
pub(super) fn of_table(table: DeTable<'_>) -> Result<Vec<Parameter>, Mistake> {
    let mut parameters = Vec::new();
    for (name, value) in table {
        let at = name.span().start;
        let name = name.into_inner().into_owned();
        if let Some((_, instead)) = SET_ELSEWHERE.iter().find(|(it, _)| *it == name) {
            let why = format!("{name} cannot be set here; {instead}");
            return Err(Mistake { at, why });
        }
        let value = text(value.into_inner()).map_err(|why| Mistake {
            at,
            why: format!("invalid parameter {name}: {why}"),
        })?;
        parameters.push(Parameter {
            at,
            pair: (name, value),
        });
    }
    Ok(parameters)
}

const NO_TEXT: &str = "write a text in quotes, a whole number, true or false, or a list of them";

fn text(value: DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.into_owned()),
        DeValue::Boolean(value) => Ok(value.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(|number| number.to_string())
            .map_err(|_| NO_TEXT.to_owned()),
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| item_text(item.into_inner()));
            Ok(items.collect::<Result<Vec<_>, _>>()?.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => Err(NO_TEXT.to_owned()),
    }
}

fn item_text(item: DeValue<'_>) -> Result<String, String> {
    if let DeValue::Array(_) = item {
        return Err(NO_TEXT.to_owned());
    }
    let item = text(item)?;
    if item.contains(',') {
        return Err(format!(
            "{item:?} has a comma, which CloudFormation takes for the end of an item; write each item in quotes of its own"
        ));
    }
    Ok(item)
}
