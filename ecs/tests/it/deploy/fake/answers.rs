//! What it answers.

use super::super::view::{NEW, OLD, OTHER, View, begins};
use super::{FakeEcs, GARBLED, ONE_OFF, lost, merge, refused};
use crate::support::record;
use crate::support::responses::{
    attached, definition, listener, log_groups, network, query, security_groups, target_group,
    target_health,
};
use ecs::aws::{Api, ApiError, Cloud, Json, Query};
use serde_json::{Value, json};
use tokio::time::Instant;

impl FakeEcs {
    fn seconds(&self) -> Option<u64> {
        self.updated
            .borrow()
            .map(|updated| updated.elapsed().as_secs())
    }

    fn view(&self) -> View {
        let mut view = self.before.clone();
        let is_overtaken = |operation| !self.asked(operation).is_empty();
        if self.is_overtaken_after.is_some_and(is_overtaken) {
            view.primary = OTHER;
        }
        if let Some(seconds) = self.seconds() {
            for (_, step) in self.script.iter().filter(|(at, _)| *at <= seconds) {
                step(&mut view);
            }
            view.status = self.status.or(view.status);
        }
        view
    }

    /// The tags of a task definition.
    fn tags(&self, arn: &str) -> Value {
        let at = self.family.iter().find(|(own, _)| *own == arn);
        match at.and_then(|(_, at)| *at) {
            Some(at) => json!([{ "key": "dualrun:deployed", "value": at }]),
            None => json!([]),
        }
    }

    fn refuse(&self, operation: &str, name: &str) -> Result<(), ApiError> {
        let (seconds, is_begun) = (self.seconds().unwrap_or_default(), self.seconds().is_some());
        let mut refusals = self.refusals.borrow_mut();
        let refusal = refusals.iter_mut().find(|(refused, code, from, times)| {
            let is_due = *from <= seconds && (is_begun || *code != GARBLED);
            (*refused == operation || *refused == "*") && is_due && *times > 0
        });
        let Some((_, code, _, times)) = refusal else {
            return Ok(());
        };
        *times -= 1;
        Err(refused(name, code))
    }

    fn service(&self, view: &View) -> Value {
        let deployment = |status: &str, definition: &str, rollout: &str, running: u64| {
            json!({
                "id": format!("id-of-{definition}"),
                "status": status,
                "createdAt": self.created_at,
                "taskDefinition": definition,
                "rolloutState": rollout,
                "rolloutStateReason": view.reason,
                "desiredCount": view.desired.unwrap_or(self.desired),
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
        let mut service = json!({
            "serviceName": "shop",
            "clusterArn": "arn:aws:ecs:us-east-1:1:cluster/main",
            "status": "ACTIVE",
            "desiredCount": view.desired.unwrap_or(self.desired),
            "runningCount": view.running,
            "taskDefinition": view.primary,
            "deployments": deployments,
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": { "enable": true, "rollback": self.has_rollback },
            },
            "loadBalancers": attached(),
            "networkConfiguration": network(),
            "launchType": "FARGATE",
            "events": [],
        });
        merge(&mut service, self.more.clone());
        service
    }

    fn revision(&self, arn: &str, view: &View) -> Value {
        let definition = match arn {
            "revision-of-ours" => {
                let updates = self.asked("UpdateService");
                updates
                    .last()
                    .map_or(NEW.into(), |it| it["taskDefinition"].clone())
            }
            "revision-of-later" => OTHER.into(),
            "revision-of-earlier" => "arn:aws:ecs:us-east-1:1:task-definition/shop:0".into(),
            _ => OLD.into(),
        };
        let mut revision = json!({ "serviceRevisionArn": arn, "taskDefinition": definition });
        if let Some(group) = view.resolved.filter(|_| arn == "revision-of-ours") {
            revision["resolvedConfiguration"] =
                json!({ "loadBalancers": [{ "targetGroupArn": group }] });
        }
        revision
    }

    fn one_off(&self) -> Value {
        let started = *self.one_off_started.borrow();
        let seconds = started.map_or(0, |started| started.elapsed().as_secs());
        let mut task = json!({ "taskArn": ONE_OFF, "lastStatus": "RUNNING" });
        if seconds >= 20 && !self.one_off.is_null() {
            task["lastStatus"] = "STOPPED".into();
            merge(&mut task, self.one_off.clone());
        }
        task
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
        record::json(api.name(), operation, parameters);
        self.refuse(operation, &api.action(operation))?;
        self.asked
            .borrow_mut()
            .push((operation.to_owned(), parameters.clone()));
        let view = self.view();
        Ok(match operation {
            "DescribeServices" => json!({ "services": [self.service(&view)] }),
            "DescribeTaskDefinition" => {
                let arn = parameters["taskDefinition"].as_str().unwrap();
                if let Some((name, code)) = self.refused_definition
                    && arn.ends_with(name)
                {
                    return Err(ApiError::Refused {
                        operation: api.action(operation),
                        resource: arn.into(),
                        code: code.into(),
                        // All that it says of one that is not there.
                        message: match code {
                            "ClientException" => "Unable to describe task definition.".into(),
                            _ => "refused".into(),
                        },
                    });
                }
                let mut definition = definition(arn, "vkuldeep1/myapp:old");
                let containers = definition["containerDefinitions"].as_array_mut().unwrap();
                if !self.has_ports {
                    containers[0]
                        .as_object_mut()
                        .unwrap()
                        .remove("portMappings");
                }
                let options = &mut containers[0]["logConfiguration"]["options"];
                merge(options, self.log_options.clone());
                containers.splice(0..0, self.sidecars.as_array().unwrap().clone());
                if let Some(seconds) = self.registered_at {
                    definition["registeredAt"] = seconds.into();
                }
                if self.inactive.iter().any(|name| arn.ends_with(name)) {
                    definition["status"] = "INACTIVE".into();
                }
                json!({ "taskDefinition": definition, "tags": self.tags(arn) })
            }
            "ListTaskDefinitions" => {
                let arns: Vec<&str> = self.family.iter().map(|(arn, _)| *arn).collect();
                json!({ "taskDefinitionArns": arns })
            }
            "RegisterTaskDefinition" => json!({ "taskDefinition": { "taskDefinitionArn": NEW } }),
            "UpdateService" => {
                *self.updated.borrow_mut() = Some(Instant::now());
                if self.loses_answer {
                    return Err(lost("ecs:UpdateService"));
                }
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
                let arns = parameters["serviceRevisionArns"].as_array().unwrap().iter();
                let revisions = arns.map(|arn| self.revision(arn.as_str().unwrap(), &view));
                json!({ "serviceRevisions": revisions.collect::<Vec<_>>() })
            }
            "DescribeServiceDeployments" => {
                let is_ours = parameters["serviceDeploymentArns"][0] == "ours";
                let breaker = if view.is_breaker_triggered {
                    "TRIGGERED"
                } else {
                    "MONITORING"
                };
                let mut deployment = json!({
                    "serviceDeploymentArn": parameters["serviceDeploymentArns"][0],
                    "status": if is_ours { view.status.unwrap() } else { "SUCCESSFUL" },
                    "deploymentCircuitBreaker": { "status": breaker },
                    "targetServiceRevision": { "arn": "revision-of-ours" },
                });
                if is_ours {
                    merge(&mut deployment, self.more_of_deployment.clone());
                    merge(&mut deployment, view.deployment);
                }
                json!({ "serviceDeployments": [deployment] })
            }
            "ContinueServiceDeployment" => {
                *self.updated.borrow_mut() = Some(Instant::now());
                json!({ "serviceDeploymentArn": "ours" })
            }
            "RunTask" => match self.starts_no_task {
                Some(why) => json!({ "tasks": [], "failures": [{ "reason": why }] }),
                None if self.loses_answer => return Err(lost("ecs:RunTask")),
                None => {
                    *self.one_off_started.borrow_mut() = Some(Instant::now());
                    json!({ "tasks": [{ "taskArn": ONE_OFF, "lastStatus": "PROVISIONING" }] })
                }
            },
            "DescribeTasks" if parameters["tasks"][0] == ONE_OFF => {
                json!({ "tasks": [self.one_off()] })
            }
            "FilterLogEvents" if self.has_endless_log => {
                let page = self.asked(operation).len();
                json!({
                    "events": [{ "eventId": page.to_string(), "timestamp": page, "message": "busy" }],
                    "nextToken": page.to_string(),
                })
            }
            "FilterLogEvents" => {
                assert_eq!(parameters["logStreamNames"], json!(["app/app/one-off"]));
                json!({ "events": [
                    { "eventId": "1", "timestamp": 1, "message": "migrating" },
                    { "eventId": "2", "timestamp": 2, "message": "done\n" },
                ] })
            }
            "GetLogEvents" if parameters["logStreamName"] == "app/app/one-off" => {
                json!({ "events": [{ "message": "done" }] })
            }
            // One to a page.
            "ListServices" => match parameters["nextToken"].as_str() {
                None => json!({ "serviceArns": ["arn:service/main/web"], "nextToken": "2" }),
                Some(_) => json!({ "serviceArns": ["arn:service/main/worker"] }),
            },
            "ListTasks" if parameters["desiredStatus"] == "RUNNING" => {
                let page = parameters["nextToken"]
                    .as_str()
                    .map_or(0, |page| page.parse().unwrap());
                let arns = (page * 100..self.tasks.min(page * 100 + 100))
                    .map(|id| format!("arn:task/main/{id}"));
                let arns: Vec<String> = arns.collect();
                let next = (self.tasks > (page + 1) * 100).then(|| (page + 1).to_string());
                json!({ "taskArns": arns, "nextToken": next })
            }
            "DescribeTasks"
                if parameters["tasks"]
                    .as_array()
                    .is_some_and(|tasks| tasks.len() > 1) =>
            {
                let tasks = parameters["tasks"].as_array().unwrap().iter();
                let tasks = tasks.map(|arn| {
                    json!({ "taskArn": arn, "containers": [{ "name": "app", "imageDigest": "sha256:1" }] })
                });
                json!({ "tasks": tasks.collect::<Vec<_>>() })
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
            "DescribeLogGroups" => log_groups(),
            _ => json!({}),
        })
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        _: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        record::query(api.name(), operation, parameters);
        self.refuse(operation, &api.action(operation))?;
        let view = self.view();
        let count = view.targets.unwrap_or(self.desired.max(1));
        let count = usize::try_from(count).unwrap();
        let asks_for = |arn: &str| parameters.iter().any(|(_, value)| value == arn);
        Ok(match operation {
            "DescribeTargetHealth" if asks_for("arn:tg/shop/2") => {
                let target = view
                    .alternate
                    .map(|(state, reason)| ("10.0.0.18", state, reason));
                target_health(&target.into_iter().cycle().take(count).collect::<Vec<_>>())
            }
            "DescribeTargetHealth" if view.target.0.is_empty() => target_health(&[]),
            "DescribeTargetHealth" => {
                let (state, reason) = view.target;
                let mut targets = vec![("10.0.0.17", state, reason); count];
                let others = view.other_targets.iter();
                targets.extend(others.map(|state| ("10.0.0.19", *state, None)));
                target_health(&targets)
            }
            "DescribeTargetGroups" if view.is_second_gone && asks_for("arn:tg/shop/2") => {
                "<R><TargetGroups/></R>".into()
            }
            "DescribeTargetGroups" => target_group(self.health_path),
            "DescribeListeners" => listener(&self.forwards_to),
            "DescribeSecurityGroups" => security_groups(self.open_to),
            "DescribeRules" => match view.weights {
                Some((first, second)) => format!(
                    "<R><Rules><member><Actions><member><Type>forward</Type><ForwardConfig><TargetGroups><member>\
                     <TargetGroupArn>arn:tg/shop/1</TargetGroupArn><Weight>{first}</Weight></member><member>\
                     <TargetGroupArn>arn:tg/shop/2</TargetGroupArn><Weight>{second}</Weight></member></TargetGroups>\
                     </ForwardConfig></member></Actions></member></Rules></R>"
                ),
                None => query(operation),
            },
            _ => query(operation),
        })
    }
}
