//! An AWS with one stack, whose changes and deployments succeed at once.

use crate::support::front::{Asked, front};
use crate::support::responses::{definition, network, query};
use crate::support::served::Served;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub(crate) struct World {
    served: Served,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    has_stack: bool,
    /// The parameter of a change set that was made.
    image: String,
    /// By their numbers, from 1.
    definitions: Vec<Value>,
    service: Value,
    /// The definitions of all deployments.
    deployments: Vec<String>,
    refused: Option<&'static str>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let served = front(move |asked| {
            let mut state = shared.lock().unwrap();
            match asked {
                Asked::Json(operation, parameters) => state.json(&operation, &parameters),
                Asked::Query(_, parameters) => state.xml(&parameters.into_iter().collect()),
            }
        })
        .await;
        Self { served, state }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.served.addr)
    }

    pub(crate) fn has_stack(&self) -> bool {
        self.state.lock().unwrap().has_stack
    }

    pub(crate) fn refuse(&self, operation: &'static str) {
        self.state.lock().unwrap().refused = Some(operation);
    }
}

impl State {
    fn json(&mut self, operation: &str, parameters: &Value) -> (u16, String) {
        if self.refused == Some(operation) {
            return (
                400,
                json!({ "__type": "AccessDeniedException" }).to_string(),
            );
        }
        if operation == "UpdateService" && !self.has_stack {
            return (
                400,
                json!({ "__type": "ClusterNotFoundException" }).to_string(),
            );
        }
        let answer = match operation {
            "DescribeServices" if self.has_stack => json!({ "services": [self.service()] }),
            "DescribeServices" => json!({ "services": [] }),
            "UpdateService" => {
                for key in ["loadBalancers", "desiredCount"] {
                    if let Some(value) = parameters.get(key) {
                        self.service[key] = value.clone();
                    }
                }
                if let Some(definition) = parameters["taskDefinition"].as_str() {
                    self.deploy(definition);
                }
                json!({ "service": self.service() })
            }
            "RegisterTaskDefinition" => {
                let arn = self.register(parameters.clone());
                json!({ "taskDefinition": { "taskDefinitionArn": arn } })
            }
            "DescribeTaskDefinition" => {
                let name = parameters["taskDefinition"].as_str().unwrap();
                let number: usize = name.rsplit(':').next().unwrap().parse().unwrap();
                json!({ "taskDefinition": self.definitions[number - 1], "tags": [] })
            }
            // Whatever is asked for is there.
            "DescribeLogGroups" => {
                json!({ "logGroups": [{ "logGroupName": parameters["logGroupNamePrefix"] }] })
            }
            "ListServiceDeployments" => {
                let deployments = self.deployments.iter().enumerate().map(|(number, _)| {
                    json!({
                        "serviceDeploymentArn": number.to_string(),
                        "targetServiceRevisionArn": number.to_string(),
                        "createdAt": number,
                        "status": "SUCCESSFUL",
                    })
                });
                json!({ "serviceDeployments": deployments.collect::<Vec<_>>() })
            }
            "DescribeServiceRevisions" => {
                let arns = parameters["serviceRevisionArns"].as_array().unwrap().iter();
                let revisions = arns.map(|arn| {
                    let number: usize = arn.as_str().unwrap().parse().unwrap();
                    json!({ "serviceRevisionArn": arn, "taskDefinition": self.deployments[number] })
                });
                json!({ "serviceRevisions": revisions.collect::<Vec<_>>() })
            }
            "DescribeServiceDeployments" => {
                json!({ "serviceDeployments": [{ "serviceDeploymentArn": "0", "status": "SUCCESSFUL" }] })
            }
            _ => json!({}),
        };
        (200, answer.to_string())
    }

    fn register(&mut self, mut definition: Value) -> String {
        let arn = format!(
            "arn:aws:ecs:us-east-1:1:task-definition/drill:{}",
            self.definitions.len() + 1
        );
        definition["taskDefinitionArn"] = arn.clone().into();
        self.definitions.push(definition);
        arn
    }

    fn deploy(&mut self, definition: &str) {
        self.service["taskDefinition"] = definition.into();
        self.deployments.push(definition.to_owned());
    }

    fn service(&self) -> Value {
        let mut service = self.service.clone();
        service["deployments"] = json!([{
            "id": format!("id-of-{}", service["taskDefinition"]),
            "status": "PRIMARY",
            "taskDefinition": service["taskDefinition"],
            "rolloutState": "COMPLETED",
            "desiredCount": service["desiredCount"],
            "runningCount": service["desiredCount"],
        }]);
        service
    }

    /// What the stack's creation makes of ECS.
    fn make(&mut self) {
        self.has_stack = true;
        self.service = json!({
            "serviceName": "drill",
            "status": "ACTIVE",
            "desiredCount": 1,
            "loadBalancers": [
                { "targetGroupArn": "arn:tg/shop/1", "containerName": "app", "containerPort": 8000 },
            ],
            "networkConfiguration": network(),
        });
        let mut first = definition("", &self.image);
        first["runtimePlatform"] = json!({ "cpuArchitecture": "ARM64" });
        let arn = self.register(first);
        self.deploy(&arn);
    }

    fn xml(&mut self, parameters: &HashMap<String, String>) -> (u16, String) {
        let text = match parameters["Action"].as_str() {
            "DescribeStacks" if self.has_stack => {
                "<Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>".into()
            }
            "DescribeStackEvents" if self.has_stack => {
                "<StackEvents><member><EventId>1</EventId><LogicalResourceId>drill</LogicalResourceId>\
                 <ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackEvents>"
                    .into()
            }
            "DescribeStacks" => {
                let error = "<Code>ValidationError</Code><Message>Stack with id drill does not exist</Message>";
                return (400, format!("<R><Error>{error}</Error></R>"));
            }
            "CreateChangeSet" => {
                let named = (1..).map(|number| format!("Parameters.member.{number}"));
                let mut named = named.take_while(|name| parameters.contains_key(&format!("{name}.ParameterKey")));
                let image = named.find(|name| parameters[&format!("{name}.ParameterKey")] == "Image");
                self.image.clone_from(&parameters[&format!("{}.ParameterValue", image.unwrap())]);
                String::new()
            }
            "DescribeChangeSet" => "<Status>CREATE_COMPLETE</Status><Changes><member><ResourceChange>\
                <Action>Add</Action><LogicalResourceId>Service</LogicalResourceId><ResourceType>AWS::ECS::Service\
                </ResourceType></ResourceChange></member></Changes>"
                .into(),
            "ExecuteChangeSet" => {
                self.make();
                String::new()
            }
            "DeleteStack" => {
                self.has_stack = false;
                String::new()
            }
            operation => return (200, query(operation)),
        };
        (200, format!("<R>{text}</R>"))
    }
}
