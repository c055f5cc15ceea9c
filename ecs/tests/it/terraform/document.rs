//! The modules' pages, held to their variables and outputs.

use super::{plan, stack};
use serde_json::Value;
use std::fmt::Write;

/// Parameters of the stack that the module does not have, and where its page says why.
const NOT_HERE: [&str; 5] = [
    "BakeMinutes",
    "CurrentCount",
    "ShiftMinutes",
    "ShiftPercent",
    "Strategy",
];

fn default(variable: &Value) -> String {
    match variable.get("default") {
        None => "needed".into(),
        Some(Value::Null) => "none".into(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => format!("`{other}`"),
    }
}

fn tables(module: &str) -> String {
    let plan = plan();
    let config = &plan["configuration"]["root_module"]["module_calls"][module]["module"];
    let mut text = "| variable | default | meaning |\n|---|---|---|\n".to_owned();
    for (name, variable) in config["variables"].as_object().unwrap() {
        let meaning = variable["description"].as_str().unwrap();
        writeln!(text, "| `{name}` | {} | {meaning} |", default(variable)).unwrap();
    }
    text += "\n## Outputs\n\n| output | meaning |\n|---|---|\n";
    for (name, output) in config["outputs"].as_object().unwrap() {
        writeln!(
            text,
            "| `{name}` | {} |",
            output["description"].as_str().unwrap()
        )
        .unwrap();
    }
    text
}

#[test]
fn the_pages_have_each_variable_and_output_with_its_meaning() {
    for (module, page) in [
        ("plain", include_str!("../../../terraform/README.md")),
        (
            "github",
            include_str!("../../../terraform/github-oidc/README.md"),
        ),
    ] {
        let tables = tables(module);
        assert!(
            page.contains(&tables),
            "the page of {module} should have:\n{tables}"
        );
    }
}

#[test]
fn the_page_says_of_each_parameter_of_the_stack_what_it_is_in_the_module() {
    let page = include_str!("../../../terraform/README.md");
    let stack = stack();
    for parameter in stack.parameters() {
        let is_in_table = page.lines().any(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            cells
                .next()
                .is_some_and(|cell| cell.split(", ").any(|it| it == format!("`{parameter}`")))
        });
        let is_told = is_in_table || page.contains(&format!("`{}`", snake(parameter)));
        let is_missing = NOT_HERE.contains(&parameter) && page.contains(&format!("`{parameter}`"));
        assert!(is_told || is_missing, "{parameter}");
    }
}

/// `LogRetentionDays` as Terraform writes it.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
