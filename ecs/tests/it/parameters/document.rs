//! `docs/stack.md` and the groups of the console, held to the parameters of the template.

use super::*;
use std::collections::BTreeSet;
use std::fmt::Write;

fn default(parameter: &Value) -> String {
    match &parameter["Default"] {
        Value::Null => "needed".into(),
        Value::String(text) if text.is_empty() => "none".into(),
        Value::String(text) => format!("`{text}`"),
        number => format!("`{number}`"),
    }
}

#[test]
fn the_document_has_each_parameter_in_its_group_with_its_default_and_meaning() {
    let template = stack().as_json().clone();
    let groups = &template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"];
    let (mut tables, mut named) = (String::new(), Vec::new());
    for group in groups.as_array().unwrap() {
        let label = group["Label"]["default"].as_str().unwrap();
        write!(
            tables,
            "### {label}\n\n| parameter | default | meaning |\n|---|---|---|\n"
        )
        .unwrap();
        for name in group["Parameters"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let parameter = &template["Parameters"][name];
            let meaning = parameter["Description"]
                .as_str()
                .unwrap_or_else(|| panic!("{name}"));
            writeln!(
                tables,
                "| `{name}` | {} | {} |",
                default(parameter),
                meaning.replace('*', "\\*")
            )
            .unwrap();
            named.push(name);
        }
        tables.push('\n');
    }
    let tables = tables.trim_end();
    let document = include_str!("../../../../docs/stack.md");
    assert!(
        document.contains(tables),
        "docs/stack.md should have:\n{tables}"
    );

    let all = template["Parameters"].as_object().unwrap().keys();
    let all: BTreeSet<&str> = all.map(String::as_str).collect();
    assert_eq!(named.len(), all.len());
    assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), all);
}
