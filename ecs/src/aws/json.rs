//! Answers of the APIs that speak JSON, read into types: `null` is the same as absent, and what does not fit is named.

use super::api::{Api, Json};
use super::cloud::Cloud;
use super::error::ApiError;
use crate::typed::typed;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;

/// A question to an API that speaks JSON.
#[derive(Debug)]
pub struct Question<'a> {
    /// The API.
    pub api: Api<Json>,
    /// The operation.
    pub operation: &'static str,
    /// What it is about, for errors.
    pub resource: &'a str,
    /// Its parameters.
    pub parameters: Value,
}

impl Question<'_> {
    /// Asks, and reads the answer.
    ///
    /// # Errors
    ///
    /// If it is refused, not answered, or the answer does not have this form.
    pub async fn read<T: DeserializeOwned>(&self, cloud: &impl Cloud) -> Result<T, ApiError> {
        let answer = self.ask(cloud).await?;
        read(&self.api.action(self.operation), &answer)
    }

    /// Asks, and returns the answer without its nulls.
    ///
    /// # Errors
    ///
    /// If it is refused or not answered.
    pub async fn ask(&self, cloud: &impl Cloud) -> Result<Value, ApiError> {
        let answer = cloud.json(self.api, self.operation, self.resource, &self.parameters);
        Ok(without_nulls(answer.await?))
    }

    /// Asks page by page, and reads the items of all pages, which are at `list`.
    ///
    /// # Errors
    ///
    /// If a page is refused, not answered, or does not have this form.
    pub async fn pages<T: DeserializeOwned>(
        self,
        cloud: &impl Cloud,
        list: &str,
    ) -> Result<Vec<T>, ApiError> {
        let (all, _) = self.some_pages(cloud, list, usize::MAX).await?;
        Ok(all)
    }

    /// The same for `most` pages, with the token of the next one if there are more.
    ///
    /// # Errors
    ///
    /// If a page is refused, not answered, or does not have this form.
    pub async fn some_pages<T: DeserializeOwned>(
        mut self,
        cloud: &impl Cloud,
        list: &str,
        most: usize,
    ) -> Result<(Vec<T>, Option<String>), ApiError> {
        let Json { token, .. } = self.api.form;
        let mut all = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let mut page = self.ask(cloud).await?;
            let items = page.get_mut(list).map(Value::take);
            let items: Option<Vec<T>> = items
                .map(|items| read(&self.api.action(self.operation), &items))
                .transpose()?;
            all.extend(items.into_iter().flatten());
            let next = page[token].as_str().filter(|next| !next.is_empty());
            let Some(next) = next else {
                return Ok((all, None));
            };
            if !seen.insert(next.to_owned()) {
                return Err(ApiError::Malformed {
                    operation: self.api.action(self.operation),
                    why: format!("the pages go round in a circle: {next:?} comes again"),
                });
            }
            if seen.len() >= most {
                return Ok((all, Some(next.to_owned())));
            }
            self.parameters[token] = next.into();
        }
    }
}

/// Reads what an operation was answered with. An error names the field.
fn read<T: DeserializeOwned>(operation: &str, answer: &Value) -> Result<T, ApiError> {
    typed(answer).map_err(|misfit| ApiError::Malformed {
        operation: operation.to_owned(),
        why: misfit.to_string(),
    })
}

/// The same without the members that are null, at any depth. Nulls in lists stay, since others would move.
pub(crate) fn without_nulls(mut value: Value) -> Value {
    drop_nulls(&mut value);
    value
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Answer {
        count: Option<u32>,
    }

    #[test]
    fn null_is_the_same_as_absent() {
        let value = json!({ "a": null, "b": [null, { "c": null, "d": 1 }] });
        assert_eq!(without_nulls(value), json!({ "b": [null, { "d": 1 }] }));
    }

    #[test]
    fn a_wrong_type_names_the_operation_and_the_field() {
        let error = read::<Vec<Answer>>("ecs:DescribeX", &json!([{}, { "count": "many" }]));
        let text = error.unwrap_err().to_string();
        assert!(text.contains("ecs:DescribeX"), "{text}");
        assert!(text.contains("[1].count is the string \"many\""), "{text}");
    }
}
