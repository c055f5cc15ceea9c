//! An AWS with one sound service, that is busy or refuses if a test wants it.

use crate::support::front::{Asked, front};
use crate::support::responses::{IMAGE, attached, definition, log_groups, network, query};
use crate::support::served::Served;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// How it answers.
#[derive(Clone, Copy)]
pub(crate) struct Answers {
    /// The image that runs.
    pub(crate) image: &'static str,
    /// How many of the first requests are too many.
    pub(crate) throttled: usize,
    /// How many of the first questions for the log are too many.
    pub(crate) throttled_log: usize,
    /// An operation that is not allowed.
    pub(crate) denied: Option<&'static str>,
    /// The last line of the log.
    pub(crate) logged: &'static str,
    /// How many of the first answers are a page of HTML, which is XML too.
    pub(crate) garbled: usize,
    /// If the credentials have expired.
    pub(crate) expired: bool,
    /// If a one-off task goes on and on.
    pub(crate) runs_on: bool,
    /// An operation that fails.
    pub(crate) failing: Option<&'static str>,
    /// What it answers to an operation of an API that speaks JSON, in the place of what it would.
    pub(crate) json: fn(&str, &Value) -> Option<Value>,
    /// The same of an API that answers in XML.
    pub(crate) query: fn(&str) -> Option<String>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            image: IMAGE,
            throttled: 0,
            garbled: 0,
            throttled_log: 0,
            denied: None,
            logged: "request",
            expired: false,
            runs_on: false,
            failing: None,
            json: |_, _| None,
            query: |_| None,
        }
    }
}

pub(crate) struct FakeAws {
    served: Served,
    asked: Arc<Mutex<Vec<String>>>,
    news: watch::Sender<()>,
}

impl FakeAws {
    pub(crate) async fn start(answers: Answers) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&log);
        let (news, _) = watch::channel(());
        let sender = news.clone();
        let served = front(move |asked| {
            let operation = asked.operation().to_owned();
            let before = {
                let mut log = log.lock().unwrap();
                log.push(operation.clone());
                log.len() - 1
            };
            let asked_before = {
                let log = log.lock().unwrap();
                log.iter().filter(|asked| **asked == operation).count() - 1
            };
            let is_log = operation == "FilterLogEvents";
            sender.send_replace(());
            if before < answers.garbled {
                return (200, "<html><body>Please log in</body></html>".into());
            }
            let refusal = match answers {
                Answers {
                    failing: Some(failing),
                    ..
                } if failing == operation => Some("ServerException"),
                Answers { expired: true, .. } => Some("ExpiredTokenException"),
                Answers { throttled_log, .. } if is_log && asked_before < throttled_log => {
                    Some("ThrottlingException")
                }
                Answers { throttled, .. } if before < throttled => Some("ThrottlingException"),
                Answers {
                    denied: Some(denied),
                    ..
                } if denied == operation => Some("UnauthorizedOperation"),
                _ => None,
            };
            match (asked, refusal) {
                (Asked::Json(..), Some(code)) => (400, json!({ "__type": code }).to_string()),
                (Asked::Query(..), Some(code)) => (
                    403,
                    format!("<R><Errors><Error><Code>{code}</Code></Error></Errors></R>"),
                ),
                (Asked::Json(_, parameters), None) => {
                    let own = (answers.json)(&operation, &parameters);
                    let answer = own.unwrap_or_else(|| in_json(&operation, &answers));
                    (200, answer.to_string())
                }
                (Asked::Query(..), None) => {
                    let own = (answers.query)(&operation);
                    (200, own.unwrap_or_else(|| query(&operation)))
                }
            }
        })
        .await;
        Self {
            served,
            asked,
            news,
        }
    }

    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = self.place().to_vec();
        variables.push(("AWS_ACCESS_KEY_ID", "testing".into()));
        variables.push(("AWS_SECRET_ACCESS_KEY", "testing".into()));
        variables
    }

    /// The same without credentials.
    pub(crate) fn place(&self) -> [(&'static str, String); 2] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.served.addr)),
            ("AWS_REGION", "us-east-1".into()),
        ]
    }

    /// Waits until it is asked for this.
    pub(crate) async fn until_asked(&self, operation: &str) {
        let mut news = self.news.subscribe();
        while self.asked(operation) == 0 {
            news.changed().await.unwrap();
        }
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

pub(super) fn service() -> Value {
    json!({
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
            "loadBalancers": attached(),
            "networkConfiguration": network(),
    })
}

fn in_json(operation: &str, answers: &Answers) -> Value {
    match operation {
        "DescribeServices" => json!({ "services": [service()] }),
        "UpdateService" => json!({ "service": service() }),
        "DescribeTaskDefinition" => {
            json!({ "taskDefinition": definition("arn:aws:ecs:us-east-1:1:task-definition/shop:1", answers.image) })
        }
        "ListServiceDeployments" => {
            json!({ "serviceDeployments": [
                { "serviceDeploymentArn": "arn:sd", "createdAt": 1, "status": "SUCCESSFUL" },
            ] })
        }
        "DescribeServiceDeployments" => {
            json!({ "serviceDeployments": [{ "serviceDeploymentArn": "arn:sd", "status": "SUCCESSFUL" }] })
        }
        "DescribeLogGroups" => log_groups(),
        "RunTask" => {
            json!({ "tasks": [{ "taskArn": "arn:task/shop/1", "lastStatus": "PENDING" }] })
        }
        "DescribeTasks" if answers.runs_on => {
            json!({ "tasks": [{ "taskArn": "arn:task/shop/1", "lastStatus": "RUNNING" }] })
        }
        "RegisterTaskDefinition" => json!({ "taskDefinition": { "taskDefinitionArn": "shop:2" } }),
        "DescribeTasks" => json!({ "tasks": [{
            "taskArn": "arn:task/shop/1",
            "lastStatus": "STOPPED",
            "launchType": "FARGATE",
            "stoppedReason": "Essential container in task exited",
            "containers": [{ "name": "app", "exitCode": 3 }],
        }] }),
        "FilterLogEvents" => json!({ "events": [
            { "eventId": "1", "timestamp": 1, "message": "listening\n" },
            { "eventId": "2", "timestamp": 2, "message": answers.logged },
        ] }),
        _ => json!({}),
    }
}
