//! An AWS with one sound service, that is busy or refuses if a test wants it.

use super::registry::served::Served;
use dualrun::{Body, BoxError};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tower::service_fn;

/// How it answers.
#[derive(Clone, Copy)]
pub(crate) struct Answers {
    /// The image that runs.
    pub(crate) image: &'static str,
    /// How many of the first requests are too many.
    pub(crate) throttled: usize,
    /// An operation that is not allowed.
    pub(crate) denied: Option<&'static str>,
    /// If the credentials have expired.
    pub(crate) expired: bool,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            image: "vkuldeep1/myapp:3f1c9e7",
            throttled: 0,
            denied: None,
            expired: false,
        }
    }
}

pub(crate) struct FakeAws {
    served: Served,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FakeAws {
    pub(crate) async fn start(answers: Answers) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let service = service_fn(move |request: Request<Body>| {
            let log = Arc::clone(&log);
            async move {
                let target = request.headers().get("x-amz-target").cloned();
                let body = request.into_body().collect().await?.to_bytes();
                let body = String::from_utf8(body.to_vec())?;
                let (is_json, operation) = match &target {
                    Some(target) => (true, target.to_str()?.rsplit('.').next()),
                    None => (false, body.split(['=', '&']).nth(1)),
                };
                let operation = operation.ok_or("no operation")?.to_owned();
                let before = {
                    let mut log = log.lock().unwrap();
                    log.push(operation.clone());
                    log.len() - 1
                };
                let refusal = match answers {
                    Answers { expired: true, .. } => Some("ExpiredTokenException"),
                    Answers { throttled, .. } if before < throttled => Some("ThrottlingException"),
                    Answers {
                        denied: Some(denied),
                        ..
                    } if denied == operation => Some("UnauthorizedOperation"),
                    _ => None,
                };
                let (status, text) = match refusal {
                    Some(code) if is_json => (400, json!({ "__type": code }).to_string()),
                    Some(code) => (
                        403,
                        format!("<R><Errors><Error><Code>{code}</Code></Error></Errors></R>"),
                    ),
                    None if is_json => (200, in_json(&operation, answers.image).to_string()),
                    None => (200, in_xml(&operation).to_owned()),
                };
                let response = Response::builder().status(status).body(Body::from(text));
                Ok::<_, BoxError>(response?)
            }
        });
        let served = Served::start(|_| service).await;
        Self { served, asked }
    }

    pub(crate) fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.served.addr)),
            ("AWS_ACCESS_KEY_ID", "testing".into()),
            ("AWS_SECRET_ACCESS_KEY", "testing".into()),
            ("AWS_REGION", "us-east-1".into()),
        ]
    }

    /// How often it was asked for this.
    pub(crate) fn asked(&self, operation: &str) -> usize {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|asked| *asked == operation)
            .count()
    }
}

fn in_json(operation: &str, image: &str) -> Value {
    match operation {
        "DescribeServices" => json!({ "services": [{
            "serviceName": "shop",
            "status": "ACTIVE",
            "desiredCount": 1,
            "runningCount": 1,
            "deployments": [{
                "id": "ecs-svc/1",
                "status": "PRIMARY",
                "taskDefinition": "shop:1",
                "rolloutState": "COMPLETED",
                "desiredCount": 1,
                "runningCount": 1,
                "failedTasks": 0,
            }],
            "events": [{ "message": "(service shop) has reached a steady state." }],
            "taskDefinition": "shop:1",
            "loadBalancers": [{ "targetGroupArn": "arn:tg/shop/1", "containerName": "app", "containerPort": 8000 }],
            "networkConfiguration": { "awsvpcConfiguration": { "securityGroups": ["sg-task"] } },
        }] }),
        "DescribeTaskDefinition" => json!({ "taskDefinition": {
            "family": "shop",
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": [{
                "name": "app",
                "image": image,
                "portMappings": [{ "containerPort": 8000 }],
                "healthCheck": { "command": ["CMD", "/bin-fargate", "healthcheck"] },
                "logConfiguration": { "options": { "awslogs-group": "/ecs/shop" } },
            }],
        } }),
        "ListServiceDeployments" => {
            json!({ "serviceDeployments": [{ "serviceDeploymentArn": "arn:sd", "createdAt": 1 }] })
        }
        "DescribeServiceDeployments" => {
            json!({ "serviceDeployments": [{ "status": "SUCCESSFUL" }] })
        }
        "FilterLogEvents" => json!({ "events": [
            { "eventId": "1", "timestamp": 1, "message": "listening\n" },
            { "eventId": "2", "timestamp": 2, "message": "request" },
        ] }),
        _ => json!({}),
    }
}

fn in_xml(operation: &str) -> &'static str {
    match operation {
        "DescribeTargetGroups" => {
            "<R><TargetGroups><member><TargetType>ip</TargetType><HealthCheckPath>/health</HealthCheckPath>\
             <LoadBalancerArns><member>arn:lb</member></LoadBalancerArns></member></TargetGroups></R>"
        }
        "DescribeTargetHealth" => {
            "<R><TargetHealthDescriptions><member><Target><Id>10.0.0.17</Id><Port>8000</Port></Target>\
             <TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions></R>"
        }
        "DescribeLoadBalancers" => {
            "<R><LoadBalancers><member><LoadBalancerArn>arn:lb</LoadBalancerArn><LoadBalancerName>shop\
             </LoadBalancerName><Type>application</Type><Scheme>internet-facing</Scheme><State><Code>active</Code>\
             </State><AvailabilityZones><member/><member/></AvailabilityZones><SecurityGroups><member>sg-lb\
             </member></SecurityGroups></member></LoadBalancers></R>"
        }
        "DescribeListeners" => {
            "<R><Listeners><member><ListenerArn>arn:l</ListenerArn><Port>80</Port><DefaultActions><member><Type>\
             forward</Type><TargetGroupArn>arn:tg/shop/1</TargetGroupArn></member></DefaultActions></member>\
             </Listeners></R>"
        }
        "DescribeSecurityGroups" => {
            "<R><securityGroupInfo><item><groupId>sg-task</groupId><groupName>task</groupName><ipPermissions><item>\
             <ipProtocol>tcp</ipProtocol><fromPort>8000</fromPort><toPort>8000</toPort><groups><item><groupId>sg-lb\
             </groupId></item></groups></item></ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol>\
             <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress></item><item>\
             <groupId>sg-lb</groupId><groupName>lb</groupName><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
             <fromPort>80</fromPort><toPort>80</toPort><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
             </item></ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>\
             0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress></item></securityGroupInfo></R>"
        }
        _ => "<R/>",
    }
}
