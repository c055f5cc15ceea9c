//! A CloudFormation (with as much of ECS and tagging as is asked) that plays a script.

mod setup;
mod tagged;

use crate::support::record;
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

/// Whose something is that has tags.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Whose {
    /// CloudFormation or a deployment has given it the stack's tag.
    Stack,
    /// The same, when the tag's key was `old-key`.
    StackBefore,
    /// Another team's, with the stack's tag.
    Team,
    /// Nobody's who knows the stack; it is called like it.
    Namesake,
}

/// What a change set does with a resource: action, type, physical id and replacement.
pub(crate) type Changed = (&'static str, &'static str, &'static str, &'static str);

/// The production rule of the service that the tests play.
pub(crate) const RULE: &str =
    "arn:aws:elasticloadbalancing:us-east-1:1:listener-rule/app/shop/1/2/3";

/// What the stack is made of: name, type and physical id.
pub(crate) const RESOURCES: [(&str, &str, &str); 3] = [
    (
        "Service",
        "AWS::ECS::Service",
        "arn:aws:ecs:us-east-1:111122223333:service/shop/shop",
    ),
    ("TaskSecurityGroup", "AWS::EC2::SecurityGroup", "sg-1"),
    (
        "SecretKey",
        "AWS::SecretsManager::Secret",
        "arn:aws:secretsmanager:us-east-1:1:secret:SecretKey-abc",
    ),
];

pub(crate) struct FakeCloudFormation {
    status: Option<&'static str>,
    parameters: Vec<(&'static str, &'static str)>,
    change_set_fails: Option<&'static str>,
    /// Change sets of others.
    others: Vec<&'static str>,
    is_change_set_made: bool,
    changes: Vec<Changed>,
    /// What the production rule forwards to: each group and its weight.
    weights: Vec<(&'static str, u32)>,
    script: Vec<(u64, Status)>,
    tagged: Vec<(&'static str, Whose)>,
    /// The tag keys of deleted stacks of this name, with the times of their ends.
    deleted: Vec<(&'static str, &'static str)>,
    /// How many tasks the service wants; none if there is no service.
    desired_count: Option<u32>,
    is_protected: bool,
    template: &'static str,
    refused: &'static [&'static str],
    /// Answered by a web page: from the beginning, or once the change has begun, for so many seconds.
    garbled: Option<(&'static str, Option<u64>)>,
    begun: RefCell<Option<Instant>>,
    asked: RefCell<Vec<(String, Parameters)>>,
}

impl FakeCloudFormation {
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

    /// Somebody else carries a change set of theirs out.
    pub(crate) fn begin(&self) {
        *self.begun.borrow_mut() = Some(Instant::now());
    }

    fn status(&self) -> Option<&'static str> {
        // A change set that is to make a stack comes with an empty one.
        let is_planned = !self.asked("CreateChangeSet").is_empty();
        let planned = is_planned.then_some("REVIEW_IN_PROGRESS");
        let begun = self
            .begun
            .borrow()
            .map(|_| "UPDATE_IN_PROGRESS")
            .or(self.status)
            .or(planned);
        self.happened()
            .iter()
            .fold(begun, |status, step| match step {
                Status::Stack(status) => Some(status),
                Status::Gone => None,
                Status::Event(..) => status,
            })
    }

    fn check(&self, operation: &str) -> Result<(), ApiError> {
        if !self.refused.contains(&operation) {
            return Ok(());
        }
        Err(ApiError::Refused {
            operation: operation.to_owned(),
            resource: "shop".into(),
            code: "AccessDenied".into(),
            message: "not authorized".into(),
        })
    }

    /// What a proxy in between has answered, in the place of AWS.
    fn check_garbled(&self, operation: &str) -> Result<(), ApiError> {
        let is_garbled = match self.garbled {
            Some((garbled, _)) if garbled != operation => false,
            Some((_, Some(seconds))) => {
                let begun = *self.begun.borrow();
                begun.is_some_and(|begun| begun.elapsed().as_secs() < seconds)
            }
            Some((_, None)) => true,
            None => false,
        };
        if !is_garbled {
            return Ok(());
        }
        Err(ApiError::Malformed {
            operation: operation.to_owned(),
            why: "a web page".into(),
        })
    }

    /// A resource with the status that the script has brought it to.
    fn resource(&self, (name, kind, id): (&str, &str, &str)) -> String {
        let events = self.happened().into_iter().rev();
        let mut events = events.filter_map(|step| match step {
            Status::Event(resource, status, why) if resource == name => Some((status, why)),
            _ => None,
        });
        let (status, why) = events.next().unwrap_or(("CREATE_COMPLETE", ""));
        format!(
            "<member><LogicalResourceId>{name}</LogicalResourceId><PhysicalResourceId>{id}</PhysicalResourceId>\
             <ResourceType>{kind}</ResourceType><ResourceStatus>{status}</ResourceStatus>\
             <ResourceStatusReason>{why}</ResourceStatusReason></member>"
        )
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
        api: Api<Json>,
        operation: &str,
        _: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError> {
        record::json(api.name(), operation, parameters);
        let fields = parameters.as_object().into_iter().flatten();
        let fields = fields.map(|(name, value)| (name.clone(), value.to_string()));
        self.asked
            .borrow_mut()
            .push((operation.to_owned(), fields.collect()));
        self.check(operation)?;
        if operation == "DescribeServices" && self.weights.is_empty() {
            let service = self.desired_count.map(
                |count| json!({ "serviceName": "shop", "status": "ACTIVE", "desiredCount": count }),
            );
            return Ok(json!({ "services": service.as_slice() }));
        }
        if operation == "DescribeServices" {
            let attached = json!({
                "targetGroupArn": "One",
                "advancedConfiguration": { "alternateTargetGroupArn": "Two", "productionListenerRule": RULE },
            });
            let service =
                json!({ "serviceName": "shop", "status": "ACTIVE", "loadBalancers": [attached] });
            return Ok(json!({ "services": [service] }));
        }
        if operation != "GetResources" {
            return Ok(json!({}));
        }
        Ok(tagged::page(&self.tagged, parameters))
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        _: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        record::query(api.name(), operation, parameters);
        self.asked
            .borrow_mut()
            .push((operation.to_owned(), parameters.to_vec()));
        self.check(operation)?;
        self.check_garbled(operation)?;
        let page = |of: usize| {
            let token = parameters.iter().find(|(name, _)| name == "NextToken");
            let page: usize = token.map_or(0, |(_, token)| token.parse().unwrap());
            let next = match page + 1 < of {
                true => format!("<NextToken>{}</NextToken>", page + 1),
                false => String::new(),
            };
            (page, next)
        };
        let deleted = parameters
            .iter()
            .find_map(|(_, value)| value.strip_prefix("arn:deleted:"));
        Ok(match operation {
            "DescribeStacks" if deleted.is_some() => format!(
                "<R><Stacks><member><StackStatus>DELETE_COMPLETE</StackStatus><Parameters><member>\
                 <ParameterKey>TagKey</ParameterKey><ParameterValue>{}</ParameterValue></member></Parameters></member>\
                 </Stacks></R>",
                deleted.unwrap_or_default()
            ),
            // One to a page.
            "ListStacks" if !self.deleted.is_empty() => {
                let (page, next) = page(self.deleted.len());
                let (at, key) = self.deleted[page];
                format!(
                    "<R><StackSummaries><member><StackName>shop</StackName><StackId>arn:deleted:{key}</StackId>\
                     <DeletionTime>{at}</DeletionTime></member><member><StackName>other</StackName>\
                     <StackId>arn:deleted:other</StackId><DeletionTime>2026-12-01T00:00:00Z</DeletionTime></member>\
                     </StackSummaries>{next}</R>"
                )
            }
            "DescribeStacks" => {
                let status = self
                    .status()
                    .ok_or_else(|| Self::refused(api.action(operation)))?;
                let parameters = self.parameters.iter().map(|(key, value)| {
                    format!("<member><ParameterKey>{key}</ParameterKey><ParameterValue>{value}</ParameterValue></member>")
                });
                let parameters = parameters.collect::<String>();
                format!(
                    "<R><Stacks><member><StackId>arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1</StackId>\
                     <EnableTerminationProtection>{}</EnableTerminationProtection>\
                     <StackStatus>{status}</StackStatus><Parameters>{parameters}</Parameters><Outputs>\
                     <member><OutputKey>Url</OutputKey><OutputValue>http://shop.example</OutputValue></member>\
                     </Outputs></member></Stacks></R>",
                    self.is_protected
                )
            }
            "DescribeChangeSet" if !self.is_change_set_made => {
                "<R><Status>CREATE_IN_PROGRESS</Status></R>".into()
            }
            "DescribeChangeSet" => match self.change_set_fails {
                Some(why) => {
                    format!("<R><Status>FAILED</Status><StatusReason>{why}</StatusReason></R>")
                }
                None => {
                    let changes = self.changes.iter().map(|(action, kind, id, replacement)| {
                        let name = kind.rsplit("::").next().unwrap_or_default();
                        let id = match *id {
                            "" => String::new(),
                            id => format!("<PhysicalResourceId>{id}</PhysicalResourceId>"),
                        };
                        format!(
                            "<member><ResourceChange><Action>{action}</Action><LogicalResourceId>{name}</LogicalResourceId>{id}\
                             <ResourceType>{kind}</ResourceType><Replacement>{replacement}</Replacement></ResourceChange></member>"
                        )
                    });
                    format!(
                        "<R><Status>CREATE_COMPLETE</Status><Changes>{}</Changes></R>",
                        changes.collect::<String>()
                    )
                }
            },
            // The tool's own may be listed for a moment after it is deleted; one to a page.
            "ListChangeSets" => {
                let (page, next) = page(self.others.len() + 1);
                let own = [("cargo-ecs-1", "DELETE_IN_PROGRESS")].into_iter();
                let mut all = own.chain(self.others.iter().map(|name| (*name, "CREATE_COMPLETE")));
                let (name, status) = all.nth(page).unwrap();
                format!(
                    "<R><Summaries><member><ChangeSetName>{name}</ChangeSetName><Status>{status}</Status></member></Summaries>\
                     {next}</R>"
                )
            }
            "DescribeRules" => {
                let groups = self.weights.iter().map(|(group, weight)| {
                    format!("<member><TargetGroupArn>{group}</TargetGroupArn><Weight>{weight}</Weight></member>")
                });
                format!(
                    "<R><Rules><member><Actions><member><ForwardConfig><TargetGroups>{}</TargetGroups></ForwardConfig>\
                     </member></Actions></member></Rules></R>",
                    groups.collect::<String>()
                )
            }
            "GetTemplate" => {
                let template = self.template.replace('&', "&amp;").replace('<', "&lt;");
                format!(
                    "<R><GetTemplateResult><TemplateBody>{template}</TemplateBody></GetTemplateResult></R>"
                )
            }
            // One to a page.
            "ListStackResources" if self.status.is_some() => {
                let (page, next) = page(RESOURCES.len());
                format!(
                    "<R><StackResourceSummaries>{}</StackResourceSummaries>{next}</R>",
                    self.resource(RESOURCES[page])
                )
            }
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
                format!(
                    "<R><StackEvents>{}</StackEvents></R>",
                    events.collect::<String>()
                )
            }
            _ => "<R/>".into(),
        })
    }
}
