//! What changes something in ECS, each by one operation.

use super::definition::RawDefinition;
use super::deployment::HookAction;
use super::service::{LoadBalancer, Service};
use super::task::Task;
use crate::aws::{ApiError, Cloud, ECS, Question};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What changes of a service. What is none stays as it is.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateService<'a> {
    /// The cluster.
    pub cluster: &'a str,
    /// The service.
    pub service: &'a str,
    /// The definition of its tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<&'a str>,
    /// How many tasks there should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_count: Option<u32>,
    /// What it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancers: Option<&'a [LoadBalancer]>,
    /// If all tasks are replaced, also where nothing else changes.
    #[serde(skip_serializing_if = "is_false")]
    pub force_new_deployment: bool,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// Changes a service; returns what it is then.
///
/// # Errors
///
/// If it is refused or not answered; then it may have been done all the same.
pub async fn update_service(
    cloud: &impl Cloud,
    update: &UpdateService<'_>,
) -> Result<Service, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        service: Service,
    }
    let question = Question {
        api: ECS,
        operation: "UpdateService",
        resource: update.service,
        parameters: json!(update),
    };
    let Answer { service } = question.read(cloud).await?;
    Ok(service)
}

/// Registers a definition; returns the revision's ARN.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn register(cloud: &impl Cloud, definition: &RawDefinition) -> Result<String, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        task_definition: Registered,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Registered {
        task_definition_arn: String,
    }
    let question = Question {
        api: ECS,
        operation: "RegisterTaskDefinition",
        resource: definition.family(),
        parameters: definition.to_register(),
    };
    let answer: Answer = question.read(cloud).await?;
    Ok(answer.task_definition.task_definition_arn)
}

/// Asks ECS to go back from a service deployment that goes on.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn stop_deployment(cloud: &impl Cloud, arn: &str) -> Result<(), ApiError> {
    let parameters = json!({ "serviceDeploymentArn": arn, "stopType": "ROLLBACK" });
    change(cloud, "StopServiceDeployment", arn, parameters).await
}

/// Decides for a service deployment that waits at a hook.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn continue_deployment(
    cloud: &impl Cloud,
    arn: &str,
    hook: &str,
    action: &HookAction,
) -> Result<(), ApiError> {
    let parameters =
        json!({ "serviceDeploymentArn": arn, "hookId": hook, "action": action.as_str() });
    change(cloud, "ContinueServiceDeployment", arn, parameters).await
}

/// A task to run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunTask<'a> {
    cluster: &'a str,
    task_definition: &'a str,
    count: u32,
    started_by: &'static str,
    /// With the same token, ECS starts no second one.
    client_token: String,
    #[serde(rename = "enableECSManagedTags")]
    enable_ecs_managed_tags: bool,
    propagate_tags: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_configuration: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    launch_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity_provider_strategy: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Value::is_null")]
    overrides: Value,
}

impl<'a> RunTask<'a> {
    /// A task of this revision, where and as the service runs its own.
    pub fn of(service: &'a Service, (cluster, revision): (&'a str, &'a str)) -> Self {
        let strategy = service.capacity_provider_strategy.as_ref();
        let strategy = strategy.filter(|it| it.as_array().is_some_and(|it| !it.is_empty()));
        Self {
            cluster,
            task_definition: revision,
            count: 1,
            started_by: "cargo-ecs",
            client_token: client_token(),
            enable_ecs_managed_tags: true,
            propagate_tags: "TASK_DEFINITION",
            network_configuration: service.network_configuration.as_ref(),
            // The two exclude each other.
            launch_type: service
                .launch_type
                .as_deref()
                .filter(|_| strategy.is_none()),
            capacity_provider_strategy: strategy,
            platform_version: service.platform_version.as_deref(),
            overrides: Value::Null,
        }
    }

    /// The same with a command in the place of a container's own.
    #[must_use]
    pub fn with_command(mut self, container: &str, command: &[String]) -> Self {
        self.overrides =
            json!({ "containerOverrides": [{ "name": container, "command": command }] });
        self
    }
}

/// At most 64 characters that no other request has (AWS, ECS API, "Ensuring idempotency").
fn client_token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let random = || RandomState::new().hash_one(std::time::SystemTime::now());
    format!("cargo-ecs-{:016x}{:016x}", random(), random())
}

/// Runs a task; why not, in AWS's words, if ECS could not start one.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn run_task(
    cloud: &impl Cloud,
    request: &RunTask<'_>,
) -> Result<Result<Task, String>, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        tasks: Vec<Task>,
        #[serde(default)]
        failures: Vec<Failure>,
    }
    #[derive(Deserialize)]
    struct Failure {
        #[serde(default)]
        reason: String,
        detail: Option<String>,
    }
    let question = Question {
        api: ECS,
        operation: "RunTask",
        resource: request.task_definition,
        parameters: json!(request),
    };
    let Answer { tasks, failures } = question.read(cloud).await?;
    Ok(tasks.into_iter().next().ok_or_else(|| {
        let reasons = failures.into_iter().map(|failure| {
            let detail = failure.detail.map(|detail| format!(" ({detail})"));
            failure.reason + &detail.unwrap_or_default()
        });
        let reasons: Vec<String> = reasons.collect();
        match reasons.as_slice() {
            [] => "it gives no reason".into(),
            reasons => reasons.join(", "),
        }
    }))
}

/// Asks ECS to stop a task.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn stop_task(cloud: &impl Cloud, cluster: &str, task: &str) -> Result<(), ApiError> {
    let parameters = json!({ "cluster": cluster, "task": task, "reason": "stopped by cargo ecs" });
    change(cloud, "StopTask", task, parameters).await
}

/// Begins a command in a container; returns the session, which is a secret, as ECS gives it.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn execute_command(
    cloud: &impl Cloud,
    (cluster, task, container): (&str, &str, &str),
    command: &str,
) -> Result<Value, ApiError> {
    #[derive(Deserialize)]
    struct Answer {
        session: Value,
    }
    let question = Question {
        api: ECS,
        operation: "ExecuteCommand",
        resource: task,
        parameters: json!({
            "cluster": cluster,
            "task": task,
            "container": container,
            "command": command,
            "interactive": true,
        }),
    };
    let Answer { session } = question.read(cloud).await?;
    Ok(session)
}

/// Tags a resource by its ARN; a tag that it has gets the new value.
///
/// # Errors
///
/// If it is refused or not answered.
pub async fn tag(
    cloud: &impl Cloud,
    arn: &str,
    (key, value): (&str, &str),
) -> Result<(), ApiError> {
    let parameters = json!({ "resourceArn": arn, "tags": [{ "key": key, "value": value }] });
    change(cloud, "TagResource", arn, parameters).await
}

async fn change(
    cloud: &impl Cloud,
    operation: &'static str,
    resource: &str,
    parameters: Value,
) -> Result<(), ApiError> {
    let question = Question {
        api: ECS,
        operation,
        resource,
        parameters,
    };
    question.ask(cloud).await?;
    Ok(())
}
