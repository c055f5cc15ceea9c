//! A CloudFormation (with as much of ECS and tagging as is asked) that plays a script.

use ecs::aws::{Api, ApiError, Cloud, Json, Query};
use serde_json::{Value, json};
use std::cell::RefCell;
use tokio::time::Instant;

type Parameters = Vec<(String, String)>;

/// What happens to the stack after it was told to change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Status {
    Stack(&'static str),
    /// Resource, status, why.
    Event(&'static str, &'static str, &'static str),
    Gone,
}

pub(crate) struct FakeCloudFormation {
    status: Option<&'static str>,
    change_set_fails: Option<&'static str>,
    is_change_set_made: bool,
    script: Vec<(u64, Status)>,
    tagged: Vec<&'static str>,
    begun: RefCell<Option<Instant>>,
    asked: RefCell<Vec<(String, Parameters)>>,
}

impl FakeCloudFormation {
    pub(crate) fn without_stack() -> Self {
        Self {
            status: None,
            change_set_fails: None,
            is_change_set_made: true,
            script: vec![
                (10, Status::Event("Service", "CREATE_COMPLETE", "")),
                (20, Status::Stack("CREATE_COMPLETE")),
            ],
            tagged: Vec::new(),
            begun: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    pub(crate) fn with_stack(status: &'static str) -> Self {
        Self {
            status: Some(status),
            ..Self::without_stack()
        }
    }

    pub(crate) fn whose_change_set_fails(mut self, why: &'static str) -> Self {
        self.change_set_fails = Some(why);
        self
    }

    pub(crate) fn whose_change_set_is_never_made(mut self) -> Self {
        self.is_change_set_made = false;
        self
    }

    pub(crate) fn ending_in(mut self, script: &[(u64, Status)]) -> Self {
        self.script = script.to_vec();
        self
    }

    pub(crate) fn with_tagged(mut self, arns: &[&'static str]) -> Self {
        self.tagged = arns.to_vec();
        self
    }

    pub(crate) fn asked(&self, operation: &str) -> Vec<Parameters> {
        let asked = self.asked.borrow();
        let asked = asked.iter().filter(|(asked, _)| asked == operation);
        asked.map(|(_, parameters)| parameters.clone()).collect()
    }

    /// These two, in the order in which they were asked.
    pub(crate) fn operations(&self, one: &str, other: &str) -> Vec<String> {
        let asked = self.asked.borrow();
        let names = asked.iter().map(|(operation, _)| operation.clone());
        names
            .filter(|operation| operation == one || operation == other)
            .collect()
    }

    /// What of the script has happened.
    fn happened(&self) -> Vec<Status> {
        let Some(begun) = *self.begun.borrow() else {
            return Vec::new();
        };
        let seconds = begun.elapsed().as_secs();
        self.script
            .iter()
            .filter(|(at, _)| *at <= seconds)
            .map(|(_, status)| *status)
            .collect()
    }

    fn status(&self) -> Option<&'static str> {
        let begun = self
            .begun
            .borrow()
            .map(|_| "UPDATE_IN_PROGRESS")
            .or(self.status);
        self.happened()
            .iter()
            .fold(begun, |status, step| match step {
                Status::Stack(status) => Some(status),
                Status::Gone => None,
                Status::Event(..) => status,
            })
    }

    fn refused(name: String) -> ApiError {
        ApiError::Refused {
            operation: name,
            resource: "shop".into(),
            code: "ValidationError".into(),
            message: "Stack with id shop does not exist".into(),
        }
    }
}

impl Cloud for FakeCloudFormation {
    fn region(&self) -> &str {
        "us-east-1"
    }

    async fn json(
        &self,
        _: Api<Json>,
        operation: &str,
        _: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError> {
        self.asked
            .borrow_mut()
            .push((operation.to_owned(), Vec::new()));
        if operation != "GetResources" {
            return Ok(json!({}));
        }
        // One to a page.
        let page: usize = parameters["PaginationToken"]
            .as_str()
            .map_or(0, |token| token.parse().unwrap());
        let next = if page + 1 < self.tagged.len() {
            (page + 1).to_string()
        } else {
            String::new()
        };
        Ok(json!({
            "ResourceTagMappingList": self.tagged.get(page).map(|arn| json!({ "ResourceARN": arn })).as_slice(),
            "PaginationToken": next,
        }))
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        _: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        self.asked
            .borrow_mut()
            .push((operation.to_owned(), parameters.to_vec()));
        Ok(match operation {
            "DescribeStacks" => {
                let status = self.status().ok_or_else(|| Self::refused(api.action(operation)))?;
                format!(
                    "<R><Stacks><member><StackStatus>{status}</StackStatus><Parameters><member><ParameterKey>Image\
                     </ParameterKey><ParameterValue>me/shop:1</ParameterValue></member><member><ParameterKey>\
                     DesiredCount</ParameterKey><ParameterValue>2</ParameterValue></member></Parameters><Outputs>\
                     <member><OutputKey>Url</OutputKey><OutputValue>http://shop.example</OutputValue></member>\
                     </Outputs></member></Stacks></R>"
                )
            }
            "DescribeChangeSet" if !self.is_change_set_made => {
                "<R><Status>CREATE_IN_PROGRESS</Status></R>".into()
            }
            "DescribeChangeSet" => match self.change_set_fails {
                Some(why) => format!("<R><Status>FAILED</Status><StatusReason>{why}</StatusReason></R>"),
                None => "<R><Status>CREATE_COMPLETE</Status><Changes><member><ResourceChange><Action>Modify</Action>\
                    <LogicalResourceId>Service</LogicalResourceId><ResourceType>AWS::ECS::Service</ResourceType>\
                    <Replacement>Conditional</Replacement></ResourceChange></member></Changes></R>"
                    .into(),
            },
            "ExecuteChangeSet" => {
                *self.begun.borrow_mut() = Some(Instant::now());
                "<R/>".into()
            }
            "DeleteStack" if self.status.is_some() => {
                *self.begun.borrow_mut() = Some(Instant::now());
                "<R/>".into()
            }
            "DescribeStackEvents" => {
                let events = self.happened().into_iter().enumerate().rev().filter_map(|(id, step)| match step {
                    Status::Event(resource, status, why) => {
                        let why = match why {
                            "" => String::new(),
                            why => format!("<ResourceStatusReason>{why}</ResourceStatusReason>"),
                        };
                        Some(format!(
                            "<member><EventId>{id}</EventId><LogicalResourceId>{resource}</LogicalResourceId>\
                             <ResourceStatus>{status}</ResourceStatus>{why}</member>"
                        ))
                    }
                    _ => None,
                });
                format!("<R><StackEvents>{}</StackEvents></R>", events.collect::<String>())
            }
            _ => "<R/>".into(),
        })
    }
}
