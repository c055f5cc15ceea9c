//! Percentages with which a rolling deployment can neither start a task nor stop one.

use super::Refusal;
use crate::aws::ecs::{Service, Strategy};

/// What ECS takes where nothing is said (AWS, API reference, "DeploymentConfiguration").
const MINIMUM: u32 = 100;
const MAXIMUM: u32 = 200;

/// Why the service can never replace a task. ECS rounds the minimum up and the maximum down.
pub(crate) fn percentages(service: &Service) -> Option<Refusal> {
    let configuration = &service.deployment_configuration;
    let desired = service.desired_count.filter(|desired| *desired > 0)?;
    if *configuration.strategy() != Strategy::Rolling {
        return None;
    }
    let minimum = configuration.minimum_healthy_percent.unwrap_or(MINIMUM);
    let maximum = configuration.maximum_percent.unwrap_or(MAXIMUM);
    let (least, most) = (
        (u64::from(desired) * u64::from(minimum)).div_ceil(100),
        u64::from(desired) * u64::from(maximum) / 100,
    );
    if most > u64::from(desired) || least < u64::from(desired) {
        return None;
    }
    Some(Refusal {
        reason: format!(
            "no task can ever be replaced: of {desired}, ECS has to keep {least} (minimumHealthyPercent {minimum}) and \
             may run {most} at most (maximumPercent {maximum})"
        ),
        fix: format!(
            "aws ecs update-service --cluster {} --service {} --deployment-configuration \
             minimumHealthyPercent=100,maximumPercent=200",
            service.cluster(),
            service.name
        ),
        is_final: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_can_never_roll_is_found_by_the_numbers_that_ecs_makes_of_the_percentages() {
        let cases = [
            ((1, 100, 200), true),
            ((1, 100, 100), false),
            // 1.34 tasks are one.
            ((1, 100, 134), false),
            ((3, 100, 134), true),
            ((3, 100, 133), false),
            ((4, 50, 100), true),
            // Half a task is one.
            ((1, 50, 100), false),
            ((1, 0, 100), true),
            ((0, 100, 100), true),
        ];
        for ((desired, minimum, maximum), can_roll) in cases {
            let service: Service = serde_json::from_value(json!({
                "serviceName": "shop",
                "status": "ACTIVE",
                "desiredCount": desired,
                "deploymentConfiguration":
                    { "minimumHealthyPercent": minimum, "maximumPercent": maximum },
            }))
            .unwrap();
            let refusal = percentages(&service);
            assert_eq!(refusal.is_none(), can_roll, "{desired} {minimum} {maximum}");
        }
    }

    #[test]
    fn traffic_that_shifts_does_not_care_and_neither_do_the_defaults() {
        let service = |configuration: serde_json::Value| -> Service {
            let service = json!({ "serviceName": "shop", "status": "ACTIVE", "desiredCount": 1,
                                  "deploymentConfiguration": configuration });
            serde_json::from_value(service).unwrap()
        };
        assert_eq!(percentages(&service(json!({}))), None);
        let blue_green = json!({ "strategy": "BLUE_GREEN", "minimumHealthyPercent": 100, "maximumPercent": 100 });
        assert_eq!(percentages(&service(blue_green)), None);
    }
}
