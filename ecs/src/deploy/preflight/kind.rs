//! Services that an update does not deploy.

use super::Refusal;
use crate::aws::ecs::{Controller, ResourceManagement, Service, ServiceStatus, Strategy};

fn refusal(reason: String, fix: impl Into<String>) -> Option<Refusal> {
    Some(Refusal {
        reason,
        fix: fix.into(),
        is_final: true,
    })
}

/// Why a service of this kind cannot be deployed by updating it.
pub(crate) fn kind(service: &Service) -> Option<Refusal> {
    let (name, cluster) = (&service.name, service.cluster());
    match &service.status {
        ServiceStatus::Active => {}
        ServiceStatus::Draining => {
            return refusal(
                format!("the service {name} is being deleted (DRAINING)"),
                "wait until it is gone, and create it again",
            );
        }
        ServiceStatus::Inactive | ServiceStatus::Unknown(_) => {
            return refusal(
                format!("the service {name} has the status {}", service.status),
                "look at it in the AWS console; only an ACTIVE service can be deployed",
            );
        }
    }
    match service.controller() {
        Controller::Ecs => {}
        Controller::CodeDeploy => {
            return refusal(
                format!(
                    "CodeDeploy deploys the service {name} (deployment controller CODE_DEPLOY)"
                ),
                format!(
                    "use aws deploy create-deployment, or move the service to blue/green of ECS itself: \
                     aws ecs update-service --cluster {cluster} --service {name} --deployment-controller type=ECS"
                ),
            );
        }
        Controller::External => {
            return refusal(
                format!(
                    "the service {name} is deployed in task sets (deployment controller EXTERNAL)"
                ),
                "use aws ecs create-task-set and update-service-primary-task-set, or whatever manages its task sets",
            );
        }
        Controller::Unknown(controller) => {
            return refusal(
                format!(
                    "the service {name} has the deployment controller {controller}, which this version does not know"
                ),
                "deploy it with what manages it, or update this tool",
            );
        }
    }
    match service.resource_management() {
        ResourceManagement::Customer => None,
        ResourceManagement::Ecs => refusal(
            format!("the service {name} is an Express Mode service: ECS manages what it stands on"),
            "use aws ecs update-express-gateway-service with the new image",
        ),
        ResourceManagement::Unknown(management) => refusal(
            format!(
                "{management} manages what the service {name} stands on, which this version does not know"
            ),
            "deploy it with what manages it, or update this tool",
        ),
    }
}

/// Why a deployment of this strategy cannot be followed without the newer API: the older one knows of tasks, and of no
/// traffic.
pub(crate) fn blind(strategy: &Strategy) -> Option<Refusal> {
    if *strategy == Strategy::Rolling {
        return None;
    }
    refusal(
        format!("how a {strategy} deployment goes cannot be read, so its end would not be known"),
        "allow ecs:ListServiceDeployments, ecs:DescribeServiceDeployments and ecs:DescribeServiceRevisions to the \
         role that this runs with",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn service(more: &Value) -> Service {
        let mut service = json!({ "serviceName": "shop", "status": "ACTIVE" });
        let object = service.as_object_mut().unwrap();
        object.extend(more.as_object().unwrap().clone());
        serde_json::from_value(service).unwrap()
    }

    #[test]
    fn each_kind_that_cannot_be_updated_is_refused_with_what_to_use_instead() {
        for (more, reason, fix) in [
            (
                json!({ "deploymentController": { "type": "CODE_DEPLOY" } }),
                "CODE_DEPLOY",
                "aws deploy",
            ),
            (
                json!({ "deploymentController": { "type": "EXTERNAL" } }),
                "EXTERNAL",
                "create-task-set",
            ),
            (
                json!({ "deploymentController": { "type": "MAGIC" } }),
                "MAGIC",
                "update this tool",
            ),
            (
                json!({ "resourceManagementType": "ECS" }),
                "Express",
                "update-express-gateway-service",
            ),
            (
                json!({ "resourceManagementType": "MAGIC" }),
                "MAGIC",
                "update this tool",
            ),
            (
                json!({ "status": "DRAINING" }),
                "being deleted",
                "create it again",
            ),
            (json!({ "status": "MAGIC" }), "MAGIC", "ACTIVE"),
        ] {
            let refusal = kind(&service(&more)).expect("a refusal");
            assert!(refusal.reason.contains(reason), "{refusal:?}");
            assert!(refusal.fix.contains(fix), "{refusal:?}");
            assert!(refusal.is_final);
        }
        let ours = json!({ "deploymentController": { "type": "ECS" }, "resourceManagementType": "CUSTOMER" });
        assert_eq!(kind(&service(&ours)), None);
        assert_eq!(kind(&service(&json!({}))), None);
    }

    #[test]
    fn only_a_rolling_deployment_can_be_followed_by_the_older_api() {
        assert_eq!(blind(&Strategy::Rolling), None);
        for strategy in [Strategy::BlueGreen, Strategy::Unknown("RAINBOW".into())] {
            assert!(blind(&strategy).is_some());
        }
    }
}
