//! An ECS (with load balancer and log) that plays a script: what it says depends on how long ago it was updated.

mod answers;

use super::view::{OLD, View, begins, succeeds};
use ecs::aws::ApiError;
use serde_json::{Value, json};
use std::cell::RefCell;
use tokio::time::Instant;

type Step = fn(&mut View);

/// The one-off task.
const ONE_OFF: &str = "arn:task/main/one-off";

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
    /// What else there is to say about the service.
    more: Value,
    more_of_deployment: Value,
    status: Option<&'static str>,
    one_off: Value,
    created_at: Option<f64>,
    /// How many tasks run, for who asks which.
    tasks: usize,
    has_ports: bool,
    loses_answer: bool,
    /// Somebody else updates the service once this was asked.
    is_overtaken_after: Option<&'static str>,
    has_endless_log: bool,
    log_options: Value,
    /// Containers in front of the app's.
    sidecars: Value,
    starts_no_task: Option<&'static str>,
    one_off_started: RefCell<Option<Instant>>,
    /// A network that the tasks are open to beside the balancer.
    open_to: &'static str,
    /// The target groups that the listener forwards to.
    forwards_to: Vec<&'static str>,
    /// The end of a task definition's ARN, and the code that it is refused with.
    refused_definition: Option<(&'static str, &'static str)>,
    /// When each task definition was registered, in seconds since 1970.
    registered_at: Option<f64>,
    /// The revisions of the family, and when each was deployed by its tag.
    family: Vec<(&'static str, Option<&'static str>)>,
    /// The ends of the ARNs of task definitions that were deregistered.
    inactive: Vec<&'static str>,
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
                targets: None,
                other_targets: &[],
                desired: None,
                alternate: None,
                is_second_gone: false,
                weights: None,
                resolved: None,
                deployment: json!({}),
                stopped: None,
                log: Vec::new(),
            },
            health_path: "/health",
            more: json!({}),
            more_of_deployment: json!({}),
            status: None,
            one_off: Value::Null,
            created_at: None,
            tasks: 0,
            has_ports: true,
            loses_answer: false,
            is_overtaken_after: None,
            has_endless_log: false,
            log_options: json!({}),
            sidecars: json!([]),
            starts_no_task: None,
            one_off_started: RefCell::default(),
            open_to: "",
            forwards_to: vec!["arn:tg/shop/1", "arn:tg/shop/2"],
            refused_definition: None,
            registered_at: None,
            family: Vec::new(),
            inactive: Vec::new(),
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

    /// With more to say about the service, in the place of what there is.
    pub(crate) fn with(mut self, more: Value) -> Self {
        merge(&mut self.more, more);
        self
    }

    /// With more to say about our deployment from the beginning, by the newer API.
    pub(crate) fn with_deployment(mut self, more: Value) -> Self {
        self.more_of_deployment = more;
        self
    }

    /// With our deployment in this status for as long as anybody looks.
    pub(crate) fn with_status(mut self, status: &'static str) -> Self {
        self.status = Some(status);
        self
    }

    /// Whose deployment was begun before anybody looks, and is now as `step` says. Time runs from the decision on.
    pub(crate) fn begun_before(mut self, step: Step) -> Self {
        begins(&mut self.before);
        step(&mut self.before);
        self
    }

    /// What else is so before.
    pub(crate) fn then_before(mut self, step: Step) -> Self {
        step(&mut self.before);
        self
    }

    /// What becomes of a one-off task after 20 s; `null` if it goes on.
    pub(crate) fn whose_one_off_task_ends(mut self, end: &Value) -> Self {
        self.one_off = end.clone();
        self
    }

    /// When all deployments of the older API were begun, in seconds since 1970.
    pub(crate) fn whose_deployments_begin_at(mut self, seconds: f64) -> Self {
        self.created_at = Some(seconds);
        self
    }

    pub(crate) fn with_tasks(mut self, tasks: usize) -> Self {
        self.tasks = tasks;
        self
    }

    /// Containers in front of the app's, which write to the same log.
    pub(crate) fn with_sidecars(mut self, sidecars: Value) -> Self {
        self.sidecars = sidecars;
        self
    }

    /// One whose container maps no port.
    pub(crate) fn without_ports(mut self) -> Self {
        self.has_ports = false;
        self
    }

    /// One whose one-off task writes faster than anybody reads.
    pub(crate) fn with_an_endless_log(mut self) -> Self {
        self.has_endless_log = true;
        self
    }

    /// With other options of the container's log; `null` for none.
    pub(crate) fn with_log_options(mut self, options: Value) -> Self {
        self.log_options = options;
        self
    }

    /// One that changes the service or runs a task, and whose answer is lost.
    pub(crate) fn losing_the_answer(mut self) -> Self {
        self.loses_answer = true;
        self
    }

    /// One that somebody else updates, once this was asked.
    pub(crate) fn overtaken_after(mut self, operation: &'static str) -> Self {
        self.is_overtaken_after = Some(operation);
        self
    }

    pub(crate) fn that_starts_no_task(mut self, why: &'static str) -> Self {
        self.starts_no_task = Some(why);
        self
    }

    /// One whose traffic shifts between two target groups.
    pub(crate) fn of_strategy(self, strategy: &str) -> Self {
        self.with(json!({
            "deploymentConfiguration": {
                "strategy": strategy,
                "bakeTimeInMinutes": 5,
                "canaryConfiguration": { "canaryPercent": 10.0, "canaryBakeTimeInMinutes": 10 },
                "linearConfiguration": { "stepPercent": 25.0, "stepBakeTimeInMinutes": 2 },
            },
            "loadBalancers": [{
                "targetGroupArn": "arn:tg/shop/1",
                "containerName": "app",
                "containerPort": 8000,
                "advancedConfiguration": {
                    "alternateTargetGroupArn": "arn:tg/shop/2",
                    "productionListenerRule": "arn:rule",
                    "roleArn": "arn:aws:iam::1:role/ecs",
                },
            }],
        }))
    }

    pub(crate) fn whose_tasks_are_open_to(mut self, network: &'static str) -> Self {
        self.open_to = network;
        self
    }

    pub(crate) fn forwarding_to(mut self, groups: &[&'static str]) -> Self {
        self.forwards_to = groups.to_vec();
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

    /// One task definition, refused.
    pub(crate) fn refusing_definition(mut self, name: &'static str, code: &'static str) -> Self {
        self.refused_definition = Some((name, code));
        self
    }

    pub(crate) fn registered_at(mut self, seconds: f64) -> Self {
        self.registered_at = Some(seconds);
        self
    }

    /// A revision of the family, with the time that its tag says, if it has one.
    pub(crate) fn with_revision(mut self, arn: &'static str, at: Option<&'static str>) -> Self {
        self.family.push((arn, at));
        self
    }

    /// One task definition, deregistered.
    pub(crate) fn with_deregistered(mut self, name: &'static str) -> Self {
        self.inactive.push(name);
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
}

/// In the place of a code, for a page of HTML where an answer should be, once the service is updated.
pub(crate) const GARBLED: &str = "GARBLED";

fn refused(operation: &str, code: &str) -> ApiError {
    let operation = operation.to_owned();
    match code {
        GARBLED => ApiError::Malformed {
            operation,
            why: "expected value at line 1 column 1".into(),
        },
        code => ApiError::Refused {
            operation,
            resource: "shop".into(),
            code: code.to_owned(),
            message: "refused".into(),
        },
    }
}

/// Of what was done, and whose answer is lost.
fn lost(operation: &str) -> ApiError {
    ApiError::Unreachable {
        operation: operation.into(),
        endpoint: "https://ecs".into(),
        is_unsent: false,
        source: "connection reset".into(),
    }
}

/// Puts what is in `more` in the place of what there is, member by member.
fn merge(value: &mut Value, more: Value) {
    match (value, more) {
        (Value::Object(members), Value::Object(more)) => {
            for (key, more) in more {
                merge(members.entry(key).or_insert(Value::Null), more);
            }
        }
        (value, more) => *value = more,
    }
}
