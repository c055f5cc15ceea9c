//! A template's text for a service.
//!
//! Statements are lines that begin with `#%`, so a file of this repository stays valid YAML, shell or TOML with blocks in it:
//!
//! ```yaml
//! #% block variables
//! - { Name: APP_NAME, Value: shop }
//! #% endblock
//! ```
//!
//! Values stand in `<%= … %>`, which occurs in none of these files.

use super::templates::TEMPLATES;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value};
use serde::Serialize;
use std::sync::OnceLock;

/// A template that cannot be rendered, which is a fault of the tool.
#[derive(Debug, thiserror::Error)]
#[error("cannot render the template {template}")]
pub struct RenderError {
    template: String,
    source: Error,
}

/// The text of a template with these values. What the template names has to be among them.
///
/// # Errors
///
/// If there is no such template, or it names a value that is not there.
pub fn render(template: &str, values: impl Serialize) -> Result<String, RenderError> {
    let failed = |source| RenderError {
        template: template.to_owned(),
        source,
    };
    let environment = environment().map_err(failed)?;
    let found = environment.get_template(template).map_err(failed)?;
    let values = Value::from(Serde(values));
    found.render(values).map_err(failed)
}

/// With all templates, which are read once.
fn environment() -> Result<&'static Environment<'static>, Error> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(environment) = ENVIRONMENT.get() {
        return Ok(environment);
    }
    let environment = with(TEMPLATES)?;
    Ok(ENVIRONMENT.get_or_init(|| environment))
}

fn with(templates: &[(&'static str, &'static str)]) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<%=", "%>")
        .comment_delimiters("<%#", "%>")
        .line_statement_prefix("#%")
        .keep_trailing_newline(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, text) in templates {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str =
        "a:\n  #% block variables\n  - { Name: A, Value: ${{ b }} }\n  #% endblock\n\n  c: {{d}}\n";

    fn rendered(child: &'static str) -> Result<String, Error> {
        let environment = with(&[("file", FILE), ("child", child)])?;
        let values = Value::from(Serde(json!({ "names": ["B", "C"] })));
        environment.get_template("child")?.render(values)
    }

    #[test]
    fn a_file_without_a_child_is_itself_without_its_marks() {
        let text = "a:\n  - { Name: A, Value: ${{ b }} }\n\n  c: {{d}}\n";
        assert_eq!(rendered("#% extends \"file\"\n").unwrap(), text);
    }

    #[test]
    fn a_child_replaces_blocks_and_nothing_else() {
        let child = "#% extends \"file\"\n#% block variables\n#% for name in names\n  - { Name: <%= name %> }\n#% endfor\n#% endblock\n";
        let text = "a:\n  - { Name: B }\n  - { Name: C }\n\n  c: {{d}}\n";
        assert_eq!(rendered(child).unwrap(), text);
    }

    #[test]
    fn a_child_can_keep_what_it_changes() {
        let child = "#% extends \"file\"\n#% block variables\n<%= super() | replace(\"A\", \"Z\") -%>\n#% endblock\n";
        let text = "a:\n  - { Name: Z, VZlue: ${{ b }} }\n\n  c: {{d}}\n";
        assert_eq!(rendered(child).unwrap(), text.replace("VZlue", "Value"));
    }

    #[test]
    fn a_value_that_is_not_there_is_an_error_and_not_nothing() {
        let error = render("repository/nothing", ()).unwrap_err().to_string();
        assert_eq!(error, "cannot render the template repository/nothing");
        assert!(rendered("<%= nmae %>").is_err());
    }

    #[test]
    fn files_of_this_repository_are_rendered_as_they_are_without_their_marks() {
        for (name, text) in TEMPLATES {
            if name.starts_with("repository/") {
                let lines = text.split_inclusive('\n');
                let plain: String = lines
                    .filter(|line| !line.trim_start().starts_with("#%"))
                    .collect();
                assert_eq!(render(name, ()).unwrap(), plain, "{name}");
            }
        }
    }
}
