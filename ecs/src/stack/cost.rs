//! What a service costs as it runs now, and what it would cost parked, from the dated table in `docs/prices.toml`.

use super::{StackError, Watch};
use crate::facts::Facts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The table that the tool was built with.
pub const PRICES: &str = include_str!("../../../docs/prices.toml");

/// The parts of the table that are looked at.
#[derive(Debug, Deserialize)]
struct Prices {
    as_of: String,
    region: String,
    currency: String,
    hours_a_month: f64,
    fargate: Fargate,
    gateway: Gateway,
    balancer: Balancer,
    secret_month: f64,
    alarm_metric_month: f64,
    watching: Watching,
}

#[derive(Debug, Deserialize)]
struct Fargate {
    vcpu_hour: f64,
    gb_hour: f64,
    x86_vcpu_hour: f64,
    x86_gb_hour: f64,
}

#[derive(Debug, Deserialize)]
struct Gateway {
    public_ipv4_hour: f64,
}

#[derive(Debug, Deserialize)]
struct Balancer {
    hour: f64,
}

#[derive(Debug, Deserialize)]
struct Watching {
    dashboard_month: f64,
    custom_metric_month: f64,
    log_gigabyte: f64,
    million_traces: f64,
    emf_metrics: u32,
    emf_kilobytes_a_minute: f64,
}

/// What Fargate charges a task by.
#[derive(Clone, Copy, Debug)]
pub struct TaskSize {
    /// Whole CPUs.
    pub vcpu: f64,
    /// Gigabytes of memory.
    pub gb: f64,
}

/// One thing that costs.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Item {
    /// What it is.
    pub what: String,
    /// For a month, as it is now.
    pub now: f64,
    /// For a month, parked.
    pub parked: f64,
}

/// What a service costs.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Costs {
    /// When the prices were looked up.
    pub as_of: String,
    /// Where they hold.
    pub region: String,
    /// What they are in.
    pub currency: String,
    /// One by one.
    pub items: Vec<Item>,
}

impl Costs {
    /// Now and parked, for a month.
    pub fn totals(&self) -> (f64, f64) {
        let sum = |of: fn(&Item) -> f64| self.items.iter().map(of).sum();
        (sum(|item| item.now), sum(|item| item.parked))
    }
}

/// What a service of these facts costs, whose tasks have this much, with what its stack watches it by. Traffic, logs and
/// traces come on top, by what they are.
///
/// # Errors
///
/// If the table is not what it should be.
pub fn costs(
    facts: &Facts,
    TaskSize { vcpu, gb }: TaskSize,
    watch: &Watch,
    prices: &str,
) -> Result<Costs, StackError> {
    let prices: Prices = toml::from_str(prices)?;
    let month = prices.hours_a_month;
    let tasks = f64::from(facts.service.running_count.unwrap_or_default());
    let (vcpu_hour, gb_hour) = match facts.definition.platform().architecture.as_str() {
        "arm64" => (prices.fargate.vcpu_hour, prices.fargate.gb_hour),
        _ => (prices.fargate.x86_vcpu_hour, prices.fargate.x86_gb_hour),
    };
    let hour = vcpu * vcpu_hour + gb * gb_hour;
    let mut items = vec![
        Item {
            what: format!("{tasks} tasks of {vcpu} vCPU and {gb} GB"),
            now: tasks * hour * month,
            parked: 0.0,
        },
        Item {
            what: format!("{tasks} public addresses of tasks"),
            now: tasks * prices.gateway.public_ipv4_hour * month,
            parked: 0.0,
        },
    ];
    for balancer in &facts.balancers {
        #[allow(clippy::cast_precision_loss, reason = "zones are few")]
        let addresses = if balancer.is_public {
            balancer.zones as f64
        } else {
            0.0
        };
        items.push(Item {
            what: format!("load balancer {}, without its traffic", balancer.name),
            now: prices.balancer.hour * month,
            parked: 0.0,
        });
        items.push(Item {
            what: format!("{addresses} public addresses of {}", balancer.name),
            now: addresses * prices.gateway.public_ipv4_hour * month,
            parked: 0.0,
        });
    }
    let secrets = facts.definition.secrets();
    if !secrets.is_empty() {
        #[allow(clippy::cast_precision_loss, reason = "secrets are few")]
        let cost = secrets.len() as f64 * prices.secret_month;
        items.push(Item {
            what: format!("{} secrets of Secrets Manager", secrets.len()),
            now: cost,
            parked: cost,
        });
    }
    items.extend(watched(watch, &prices));
    items.extend(told(facts, &prices));
    Ok(Costs {
        as_of: prices.as_of,
        region: prices.region,
        currency: prices.currency,
        items,
    })
}

/// Alarms and dashboards.
fn watched(watch: &Watch, prices: &Prices) -> Vec<Item> {
    let (metrics, dashboards) = (watch.alarm_metrics, watch.dashboards);
    let rows = [
        (
            metrics,
            prices.alarm_metric_month,
            "metrics that alarms look at",
        ),
        (
            dashboards,
            prices.watching.dashboard_month,
            "dashboards; three of an account are free",
        ),
    ];
    let made = rows.into_iter().filter(|(count, ..)| count.now > 0);
    let items = made.map(|(count, price, what)| Item {
        what: format!("{} {what}", count.now),
        now: f64::from(count.now) * price,
        parked: f64::from(count.parked) * price,
    });
    items.collect()
}

/// What the service tells of itself, by its variables: metrics and traces.
fn told(facts: &Facts, prices: &Prices) -> Vec<Item> {
    let tasks = f64::from(facts.service.running_count.unwrap_or_default());
    let variable = |name: &str| facts.main_container()?.variable(name);
    let watching = &prices.watching;
    let mut items = Vec::new();
    if variable("DUALRUN_METRICS") == Some("emf") {
        let metrics = f64::from(watching.emf_metrics) * watching.custom_metric_month;
        let kilobytes = tasks * watching.emf_kilobytes_a_minute * 60.0 * prices.hours_a_month;
        // Metrics are charged by the hours in which there is something to tell.
        let metrics = if tasks > 0.0 { metrics } else { 0.0 };
        items.push(Item {
            what: format!(
                "some {} metrics of its own, with their lines in the log",
                watching.emf_metrics
            ),
            now: metrics + kilobytes / 1e6 * watching.log_gigabyte,
            parked: 0.0,
        });
    }
    if variable("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
        items.push(Item {
            what: format!(
                "traces, without what X-Ray asks: {:.2} for each million",
                watching.million_traces
            ),
            now: 0.0,
            parked: 0.0,
        });
    }
    items
}
