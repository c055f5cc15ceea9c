//! What the tagging API answers: one resource to a page.

use super::Whose;
use serde_json::{Value, json};

pub(super) fn page(all: &[(&str, Whose)], parameters: &Value) -> Value {
    let filter = &parameters["TagFilters"][0];
    let of_kind = &parameters["ResourceTypeFilters"][0];
    let has_tag = |whose: Whose| matches!(whose, Whose::Stack | Whose::Team);
    let asked = all.iter().filter(|(arn, whose)| match of_kind {
        Value::Null => has_tag(*whose),
        kind => *kind == "ecs:task-definition" && arn.contains(":task-definition/"),
    });
    let asked: Vec<_> = asked.collect();
    let page: usize = parameters["PaginationToken"]
        .as_str()
        .map_or(0, |token| token.parse().unwrap());
    let next = match page + 1 < asked.len() {
        true => (page + 1).to_string(),
        false => String::new(),
    };
    let found = asked.get(page).map(|(arn, whose)| {
        let tag = |key: &str| json!({ "Key": key, "Value": "shop" });
        let key = filter["Key"].as_str().unwrap_or("a-key");
        let tags = match whose {
            Whose::Stack if arn.contains(":task-definition/") => json!([tag(key)]),
            Whose::Stack => json!([tag(key), tag("aws:cloudformation:stack-name")]),
            Whose::StackBefore => json!([tag("old-key")]),
            Whose::Team => json!([tag(key)]),
            Whose::Namesake => json!([tag("Name")]),
        };
        json!({ "ResourceARN": arn, "Tags": tags })
    });
    json!({ "ResourceTagMappingList": found.as_slice(), "PaginationToken": next })
}
