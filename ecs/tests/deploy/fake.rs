//! An ECS (with load balancer and log) that plays a script: what it says depends on how long ago it was updated.

use super::view::{NEW, OLD, OTHER, View, begins, succeeds};
use ecs::aws::{Api, ApiError, Cloud, Json, Query};
use serde_json::{Value, json};
use std::cell::RefCell;
use tokio::time::Instant;

type Step = fn(&mut View);

pub(crate) struct FakeEcs {
    /// What changes, and how many seconds after the update.
    script: Vec<(u64, Step)>,
    desired: u64,
    has_rollback: bool,
    is_first: bool,
    reads_late: bool,
    has_pages: bool,
    before: View,
    /// The path that the balancer asks.
    health_path: &'static str,
    /// Operation, code, from how many seconds after the update on, and how often.
    refusals: RefCell<Vec<(&'static str, &'static str, u64, usize)>>,
    updated: RefCell<Option<Instant>>,
    asked: RefCell<Vec<(String, Value)>>,
}

impl FakeEcs {
    pub(crate) fn playing(script: Vec<(u64, Step)>) -> Self {
        Self {
            script,
            desired: 2,
            has_rollback: true,
            is_first: false,
            reads_late: false,
            has_pages: false,
            before: View {
                status: None,
                is_breaker_triggered: false,
                has_later: false,
                primary: OLD,
                rollout: "COMPLETED",
                reason: "",
                ours: None,
                running: 2,
                target: ("healthy", None),
                stopped: None,
                log: Vec::new(),
            },
            health_path: "/health",
            refusals: RefCell::default(),
            updated: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    pub(crate) fn succeeds() -> Self {
        Self::playing(vec![
            (0, begins),
            (20, |view| view.running = 2),
            (30, succeeds),
        ])
    }

    /// What else changes, after that many seconds.
    pub(crate) fn then(mut self, seconds: u64, step: Step) -> Self {
        self.script.push((seconds, step));
        self
    }

    /// The update is answered with what it begins, and DescribeServices is behind.
    pub(crate) fn that_reads_late(mut self) -> Self {
        self.reads_late = true;
        self
    }

    /// One deployment on each page of the list, the oldest last.
    pub(crate) fn in_pages(mut self) -> Self {
        self.has_pages = true;
        self
    }

    pub(crate) fn with_desired(mut self, desired: u64) -> Self {
        self.desired = desired;
        self
    }

    pub(crate) fn without_rollback(mut self) -> Self {
        self.has_rollback = false;
        self
    }

    /// One that has deployed nothing yet.
    pub(crate) fn for_the_first_time(mut self) -> Self {
        self.is_first = true;
        self.before.running = 0;
        self
    }

    pub(crate) fn whose_targets_are_unwell_before(mut self) -> Self {
        self.before.target = ("unhealthy", Some("Target.Timeout"));
        self.script
            .push((0, |view| view.target = ("healthy", None)));
        self
    }

    pub(crate) fn whose_balancer_asks(mut self, path: &'static str) -> Self {
        self.health_path = path;
        self
    }

    pub(crate) fn refusing(
        self,
        operation: &'static str,
        code: &'static str,
        from: u64,
        times: usize,
    ) -> Self {
        self.refusals
            .borrow_mut()
            .push((operation, code, from, times));
        self
    }

    /// The newer API, denied.
    pub(crate) fn of_the_older_api(self) -> Self {
        self.refusing(
            "ListServiceDeployments",
            "AccessDeniedException",
            0,
            usize::MAX,
        )
    }

    /// What was asked, by operation.
    pub(crate) fn asked(&self, operation: &str) -> Vec<Value> {
        let asked = self.asked.borrow();
        let asked = asked.iter().filter(|(asked, _)| asked == operation);
        asked.map(|(_, parameters)| parameters.clone()).collect()
    }

    fn seconds(&self) -> Option<u64> {
        self.updated
            .borrow()
            .map(|updated| updated.elapsed().as_secs())
    }

    fn view(&self) -> View {
        let mut view = self.before.clone();
        if let Some(seconds) = self.seconds() {
            for (_, step) in self.script.iter().filter(|(at, _)| *at <= seconds) {
                step(&mut view);
            }
        }
        view
    }

    fn refuse(&self, operation: &str, name: &str) -> Result<(), ApiError> {
        let seconds = self.seconds().unwrap_or_default();
        let mut refusals = self.refusals.borrow_mut();
        let refusal = refusals.iter_mut().find(|(refused, _, from, times)| {
            (*refused == operation || *refused == "*") && *from <= seconds && *times > 0
        });
        let Some((_, code, _, times)) = refusal else {
            return Ok(());
        };
        *times -= 1;
        Err(ApiError::Refused {
            operation: name.to_owned(),
            resource: "shop".into(),
            code: (*code).to_owned(),
            message: "refused".into(),
        })
    }

    fn service(&self, view: &View) -> Value {
        let deployment = |status: &str, definition: &str, rollout: &str, running: u64| {
            json!({
                "id": format!("id-of-{definition}"),
                "status": status,
                "taskDefinition": definition,
                "rolloutState": rollout,
                "rolloutStateReason": view.reason,
                "desiredCount": self.desired,
                "runningCount": running,
            })
        };
        let mut deployments = vec![deployment(
            "PRIMARY",
            view.primary,
            view.rollout,
            view.running,
        )];
        if let Some(rollout) = view.ours {
            deployments.push(deployment("ACTIVE", NEW, rollout, 0));
        }
        json!({
            "serviceName": "shop",
            "status": "ACTIVE",
            "desiredCount": self.desired,
            "runningCount": view.running,
            "taskDefinition": view.primary,
            "deployments": deployments,
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": { "enable": true, "rollback": self.has_rollback },
            },
            "loadBalancers": [
                { "targetGroupArn": "arn:tg/shop/1", "containerName": "app", "containerPort": 8000 },
            ],
            "networkConfiguration": { "awsvpcConfiguration": { "securityGroups": ["sg-task"] } },
            "events": [],
        })
    }

    fn deployments(&self) -> Value {
        let view = self.view();
        let mut all = Vec::new();
        let mut add = |name: &str, at: u64| {
            let status = view.status.filter(|_| name == "ours");
            all.push(json!({
                "serviceDeploymentArn": name,
                "targetServiceRevisionArn": format!("revision-of-{name}"),
                "createdAt": at,
                "status": status.unwrap_or("SUCCESSFUL"),
            }));
        };
        if !self.is_first {
            add("earlier", 1);
            add("old", 2);
        }
        if view.status.is_some() {
            add("ours", 3);
        }
        if view.has_later {
            add("later", 4);
        }
        json!({ "serviceDeployments": all })
    }
}

impl Cloud for FakeEcs {
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
        self.refuse(operation, &api.action(operation))?;
        self.asked
            .borrow_mut()
            .push((operation.to_owned(), parameters.clone()));
        let view = self.view();
        Ok(match operation {
            "DescribeServices" => json!({ "services": [self.service(&view)] }),
            "DescribeTaskDefinition" => json!({
                "taskDefinition": {
                    "taskDefinitionArn": parameters["taskDefinition"],
                    "registeredBy": "arn:aws:iam::1:user/bob",
                    "family": "shop",
                    "networkMode": "awsvpc",
                    "anotherOne": { "deep": true },
                    "containerDefinitions": [{
                        "name": "app",
                        "image": "vkuldeep1/myapp:old",
                        "aFieldOfTomorrow": 1,
                        "portMappings": [{ "containerPort": 8000 }],
                        "healthCheck": { "command": ["CMD", "/bin-fargate", "healthcheck"] },
                        "logConfiguration": {
                            "options": { "awslogs-group": "/ecs/shop", "awslogs-stream-prefix": "app" },
                        },
                    }],
                },
                "tags": [],
            }),
            "RegisterTaskDefinition" => json!({ "taskDefinition": { "taskDefinitionArn": NEW } }),
            "UpdateService" => {
                *self.updated.borrow_mut() = Some(Instant::now());
                let mut answer = self.view();
                if self.reads_late {
                    begins(&mut answer);
                }
                let mut service = self.service(&answer);
                let before = self.service(&self.before)["deployments"][0].clone();
                if let Some(deployments) = service["deployments"].as_array_mut() {
                    deployments.push(before);
                }
                json!({ "service": service })
            }
            "ListServiceDeployments" if self.has_pages => {
                let mut all = self.deployments()["serviceDeployments"].take();
                let all = all.as_array_mut().unwrap();
                all.reverse();
                let page = parameters["nextToken"].as_str().unwrap_or("0");
                let page: usize = page.parse().unwrap();
                let next = (page + 1 < all.len()).then(|| (page + 1).to_string());
                json!({ "serviceDeployments": [all[page]], "nextToken": next })
            }
            "ListServiceDeployments" => self.deployments(),
            "DescribeServiceRevisions" => {
                let definition = match parameters["serviceRevisionArns"][0].as_str().unwrap() {
                    "revision-of-ours" => {
                        let updates = self.asked("UpdateService");
                        return Ok(json!({ "serviceRevisions": [updates.last().unwrap()] }));
                    }
                    "revision-of-later" => OTHER,
                    "revision-of-earlier" => "arn:aws:ecs:us-east-1:1:task-definition/shop:0",
                    _ => OLD,
                };
                json!({ "serviceRevisions": [{ "taskDefinition": definition }] })
            }
            "DescribeServiceDeployments" => {
                let is_ours = parameters["serviceDeploymentArns"][0] == "ours";
                let breaker = if view.is_breaker_triggered {
                    "TRIGGERED"
                } else {
                    "MONITORING"
                };
                json!({ "serviceDeployments": [{
                    "status": if is_ours { view.status.unwrap() } else { "SUCCESSFUL" },
                    "deploymentCircuitBreaker": { "status": breaker },
                }] })
            }
            "ListTasks" if parameters["desiredStatus"] == "STOPPED" && view.stopped.is_some() => {
                json!({ "taskArns": ["arn:task/main/abc"] })
            }
            "DescribeTasks" => json!({ "tasks": [view.stopped] }),
            "GetLogEvents" => {
                assert_eq!(parameters["logStreamName"], "app/app/abc");
                let events = view.log.iter().map(|line| json!({ "message": line }));
                json!({ "events": events.collect::<Vec<_>>() })
            }
            _ => json!({}),
        })
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        _: &str,
        _: &[(String, String)],
    ) -> Result<String, ApiError> {
        self.refuse(operation, &api.action(operation))?;
        let (state, reason) = self.view().target;
        let reason = reason.map_or(String::new(), |reason| format!("<Reason>{reason}</Reason>"));
        Ok(match operation {
            "DescribeTargetHealth" => format!(
                "<R><TargetHealthDescriptions><member><Target><Id>10.0.0.17</Id><Port>8000</Port></Target>\
                 <TargetHealth><State>{state}</State>{reason}</TargetHealth></member>\
                 </TargetHealthDescriptions></R>"
            ),
            "DescribeTargetGroups" => format!(
                "<R><TargetGroups><member><TargetType>ip</TargetType><HealthCheckPath>{}</HealthCheckPath>\
                 <LoadBalancerArns><member>arn:lb</member></LoadBalancerArns></member></TargetGroups></R>",
                self.health_path
            ),
            "DescribeLoadBalancers" => "<R><LoadBalancers><member><LoadBalancerName>shop</LoadBalancerName>\
                <Type>application</Type><AvailabilityZones><member/><member/></AvailabilityZones>\
                <SecurityGroups><member>sg-lb</member></SecurityGroups></member></LoadBalancers></R>"
                .into(),
            "DescribeListeners" => "<R><Listeners><member><ListenerArn>l</ListenerArn><Port>80</Port>\
                <DefaultActions><member><TargetGroupArn>arn:tg/shop/1</TargetGroupArn></member>\
                </DefaultActions></member></Listeners></R>"
                .into(),
            "DescribeSecurityGroups" => {
                let all = "<ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item>\
                    <cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>";
                format!(
                    "<R><securityGroupInfo><item><groupId>sg-task</groupId><ipPermissions><item><ipProtocol>tcp\
                     </ipProtocol><fromPort>8000</fromPort><toPort>8000</toPort><groups><item><groupId>sg-lb\
                     </groupId></item></groups></item></ipPermissions>{all}</item><item><groupId>sg-lb</groupId>\
                     <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort>\
                     <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissions>{all}\
                     </item></securityGroupInfo></R>"
                )
            }
            _ => "<R/>".into(),
        })
    }
}
