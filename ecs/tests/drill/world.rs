//! An AWS with one stack, whose changes and deployments succeed at once.

use super::registry::served::Served;
use dualrun::{Body, BoxError};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tower::service_fn;

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
        let service = service_fn(move |request: Request<Body>| {
            let state = Arc::clone(&shared);
            async move {
                let target = request.headers().get("x-amz-target").cloned();
                let body = request.into_body().collect().await?.to_bytes();
                let mut state = state.lock().unwrap();
                let (status, text) = match target {
                    Some(target) => {
                        let operation = target
                            .to_str()?
                            .rsplit('.')
                            .next()
                            .unwrap_or_default()
                            .to_owned();
                        state.json(&operation, &serde_json::from_slice(&body)?)
                    }
                    None => {
                        let pairs = url::form_urlencoded::parse(&body).into_owned();
                        state.xml(&pairs.collect())
                    }
                };
                Ok::<_, BoxError>(Response::builder().status(status).body(Body::from(text))?)
            }
        });
        let served = Served::start(|_| service).await;
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
                let number: usize = parameters["serviceRevisionArns"][0]
                    .as_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                json!({ "serviceRevisions": [{ "taskDefinition": self.deployments[number] }] })
            }
            "DescribeServiceDeployments" => {
                json!({ "serviceDeployments": [{ "status": "SUCCESSFUL" }] })
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
                { "targetGroupArn": "arn:tg/drill/1", "containerName": "app", "containerPort": 8000 },
            ],
            "networkConfiguration": { "awsvpcConfiguration": { "securityGroups": ["sg-task"] } },
        });
        let first = json!({
            "family": "drill",
            "networkMode": "awsvpc",
            "runtimePlatform": { "cpuArchitecture": "ARM64" },
            "containerDefinitions": [{
                "name": "app",
                "image": self.image,
                "portMappings": [{ "containerPort": 8000 }],
                "healthCheck": { "command": ["CMD", "/bin-fargate", "healthcheck"] },
            }],
        });
        let arn = self.register(first);
        self.deploy(&arn);
    }

    fn xml(&mut self, parameters: &HashMap<String, String>) -> (u16, String) {
        let text = match parameters["Action"].as_str() {
            "DescribeStacks" if self.has_stack => {
                "<Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>".into()
            }
            "DescribeStacks" => {
                return (400, "<R><Error><Code>ValidationError</Code></Error></R>".into());
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
            "DescribeTargetGroups" => "<TargetGroups><member><TargetType>ip</TargetType><LoadBalancerArns>\
                <member>arn:lb</member></LoadBalancerArns></member></TargetGroups>"
                .into(),
            "DescribeTargetHealth" => "<TargetHealthDescriptions><member><Target><Id>10.0.0.17</Id></Target>\
                <TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions>"
                .into(),
            "DescribeLoadBalancers" => "<LoadBalancers><member><LoadBalancerName>drill</LoadBalancerName><Type>\
                application</Type><AvailabilityZones><member/><member/></AvailabilityZones><SecurityGroups>\
                <member>sg-lb</member></SecurityGroups></member></LoadBalancers>"
                .into(),
            "DescribeListeners" => "<Listeners><member><ListenerArn>l</ListenerArn><Port>80</Port><DefaultActions>\
                <member><TargetGroupArn>arn:tg/drill/1</TargetGroupArn></member></DefaultActions></member>\
                </Listeners>"
                .into(),
            "DescribeSecurityGroups" => {
                let all = "<ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item>\
                    <cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>";
                format!(
                    "<securityGroupInfo><item><groupId>sg-task</groupId><ipPermissions><item><ipProtocol>tcp\
                     </ipProtocol><fromPort>8000</fromPort><toPort>8000</toPort><groups><item><groupId>sg-lb\
                     </groupId></item></groups></item></ipPermissions>{all}</item><item><groupId>sg-lb</groupId>\
                     <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort>\
                     <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissions>{all}\
                     </item></securityGroupInfo>"
                )
            }
            _ => String::new(),
        };
        (200, format!("<R>{text}</R>"))
    }
}
