//! The new revision: the current one with another image, and nothing else.

use crate::diff::as_given;
use serde_json::{Value, json};

/// The definition to register; none if the container has the image already. Fields that nobody here knows are kept.
pub(super) fn next(
    current: &Value,
    tags: &Value,
    container: &str,
    image: &str,
    new_tags: &[(String, String)],
) -> Option<Value> {
    let mut next = as_given(current);
    let containers = next.get_mut("containerDefinitions")?.as_array_mut()?;
    let container = containers.iter_mut().find(|it| it["name"] == container)?;
    if container["image"] == image {
        return None;
    }
    container["image"] = image.into();
    let kept = tags.as_array().into_iter().flatten();
    let kept = kept
        .filter(|tag| !new_tags.iter().any(|(key, _)| tag["key"] == *key))
        .cloned();
    let new = new_tags
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }));
    let tags: Vec<Value> = kept.chain(new).collect();
    if !tags.is_empty() {
        next["tags"] = tags.into();
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_image_and_the_tags_differ_also_where_fields_are_not_known() {
        let current = json!({
            "taskDefinitionArn": "arn:x:1",
            "revision": 1,
            "status": "ACTIVE",
            "requiresAttributes": [],
            "compatibilities": ["FARGATE"],
            "registeredAt": 1.5,
            "registeredBy": "someone",
            "family": "shop",
            "aFieldOfTomorrow": { "deep": [1, null] },
            "containerDefinitions": [
                { "name": "app", "image": "a/b:1", "alsoNew": true },
                { "name": "sidecar", "image": "a/b:1" },
            ],
        });
        let tags =
            json!([{ "key": "team", "value": "a" }, { "key": "dualrun:commit", "value": "1" }]);
        let new_tags = [("dualrun:commit".to_owned(), "2".to_owned())];
        let next = next(&current, &tags, "app", "a/b:2", &new_tags).unwrap();
        let expected = json!({
            "family": "shop",
            "aFieldOfTomorrow": { "deep": [1, null] },
            "containerDefinitions": [
                { "name": "app", "image": "a/b:2", "alsoNew": true },
                { "name": "sidecar", "image": "a/b:1" },
            ],
            "tags": [{ "key": "team", "value": "a" }, { "key": "dualrun:commit", "value": "2" }],
        });
        assert_eq!(next, expected);
        assert_eq!(
            super::next(&current, &tags, "app", "a/b:1", &new_tags),
            None
        );
    }
}
