//! What ECS answers, as types. Only what is registered again stays as it came: [`RawDefinition`].
//!
//! | file | what it is |
//! |---|---|
//! | `enumeration` | enumerations that grow: each has a place for values that are newer than this tool |
//! | `service` | services, their deployments by the older API, and their events |
//! | `configuration` | how a service rolls out: strategy, percentages, circuit breaker, alarms |
//! | `deployment` | service deployments, the newer API, and service revisions |
//! | `task` | tasks and their containers |
//! | `definition` | task definitions, typed to be looked at and raw to be registered again |
//! | `read` | the questions, each to one operation |
//! | `change` | the operations that change something |

mod change;
mod configuration;
mod definition;
mod deployment;
mod enumeration;
mod read;
mod service;
mod service_name;
mod task;

pub use self::change::{
    RunTask, UpdateService, continue_deployment, execute_command, register, run_task,
    stop_deployment, stop_task, tag, update_service,
};
pub use self::configuration::{
    AlarmConfiguration, CanaryConfiguration, CircuitBreakerConfiguration, DeploymentConfiguration,
    EarlySuccessCriteria, LinearConfiguration, Strategy,
};
pub(crate) use self::definition::GOOD;
pub use self::definition::{BadDefinition, RawDefinition, Tag};
pub use self::deployment::{
    Alarms, Brief, CircuitBreaker, Hook, HookAction, HookStatus, HookTarget, MonitorStatus,
    ServiceDeployment, ServiceDeploymentStatus, ServiceRevision, Stage, TargetRevision, Time,
};
pub use self::enumeration::enumerations;
pub use self::read::{
    describe_definition, describe_deployment, describe_revision, describe_revisions,
    describe_service, describe_tasks, list_definitions, list_deployments, list_services,
    list_tasks,
};
pub use self::service::{
    Controller, Deployment, Event, LoadBalancer, ResourceManagement, RolloutState, Service,
    ServiceStatus,
};
pub use self::service_name::ServiceName;
pub use self::task::{ManagedAgent, NetworkInterface, StopCode, Task, TaskContainer};
