//! What a stack has to watch the service with, as far as it costs by the month: alarms and dashboards.

use super::StackError;
use super::read::read;
use super::resources::read_template;
use crate::aws::Cloud;
use crate::files::{Template, TemplateError};
use serde_json::Value;

/// How many there are as the stack is now, and how many it would have parked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Count {
    /// As it is now.
    pub now: u32,
    /// Parked.
    pub parked: u32,
}

/// What watches a service.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Watch {
    /// The metrics that all alarms look at, which is what they are charged by.
    pub alarm_metrics: Count,
    /// Dashboards.
    pub dashboards: Count,
}

impl Watch {
    /// What a template makes with these parameters.
    ///
    /// # Errors
    ///
    /// If the template cannot be understood here.
    pub fn of(template: &Template, parameters: &[(&str, &str)]) -> Result<Self, TemplateError> {
        // The first of a name counts.
        let parked = [&[("Parked", "true")], parameters].concat();
        let (metrics, dashboards) = counted(template, parameters)?;
        let (parked_metrics, parked_dashboards) = counted(template, &parked)?;
        Ok(Self {
            alarm_metrics: Count {
                now: metrics,
                parked: parked_metrics,
            },
            dashboards: Count {
                now: dashboards,
                parked: parked_dashboards,
            },
        })
    }
}

/// The metrics of all alarms, and the dashboards.
fn counted(template: &Template, parameters: &[(&str, &str)]) -> Result<(u32, u32), TemplateError> {
    let mut counts = (0, 0);
    for resource in template.resources(parameters)?.values() {
        match resource["Type"].as_str() {
            Some("AWS::CloudWatch::Alarm") => counts.0 += metrics(&resource["Properties"]),
            Some("AWS::CloudWatch::Dashboard") => counts.1 += 1,
            _ => {}
        }
    }
    Ok(counts)
}

/// An alarm looks at one metric, or at those of its expression.
fn metrics(alarm: &Value) -> u32 {
    let Some(queries) = alarm["Metrics"].as_array() else {
        return 1;
    };
    let measured = queries
        .iter()
        .filter(|query| query["MetricStat"].is_object());
    measured.map(|_| 1).sum()
}

/// What the stack of a service has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Watched {
    /// What watches the service.
    pub watch: Watch,
    /// If it can be parked.
    pub can_park: bool,
    /// If it has a load balancer of its own, which goes when it is parked.
    pub has_balancer: bool,
}

/// What the stack of this name has, by its own template; none if there is no such stack.
///
/// # Errors
///
/// If the stack may not be read, or its template cannot be understood.
pub async fn watch(cloud: &impl Cloud, name: &str) -> Result<Option<Watched>, StackError> {
    let Some(stack) = read(cloud, name).await? else {
        return Ok(None);
    };
    let template = read_template(cloud, name).await?;
    let parameters = stack.parameters.iter();
    let parameters: Vec<_> = parameters
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let resources = template.resources(&parameters)?;
    let mut kinds = resources.values().map(|it| &it["Type"]);
    Ok(Some(Watched {
        has_balancer: kinds.any(|it| it == "AWS::ElasticLoadBalancingV2::LoadBalancer"),
        watch: Watch::of(&template, &parameters)?,
        can_park: template.as_json()["Parameters"].get("Parked").is_some(),
    }))
}
