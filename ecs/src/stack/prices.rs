//! The parts of `docs/prices.toml` that are looked at.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Prices {
    pub(super) as_of: String,
    pub(super) region: String,
    pub(super) currency: String,
    pub(super) hours_a_month: f64,
    pub(super) fargate: Fargate,
    pub(super) gateway: Gateway,
    pub(super) nat: Nat,
    pub(super) balancer: Balancer,
    pub(super) secret_month: f64,
    pub(super) alarm_metric_month: f64,
    pub(super) watching: Watching,
}

#[derive(Debug, Deserialize)]
pub(super) struct Fargate {
    pub(super) vcpu_hour: f64,
    pub(super) gb_hour: f64,
    pub(super) x86_vcpu_hour: f64,
    pub(super) x86_gb_hour: f64,
    pub(super) storage_gb_hour: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Gateway {
    pub(super) public_ipv4_hour: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Nat {
    pub(super) hour: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Balancer {
    pub(super) hour: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Watching {
    pub(super) dashboard_month: f64,
    pub(super) custom_metric_month: f64,
    pub(super) log_gigabyte: f64,
    pub(super) million_traces: f64,
    pub(super) emf_metrics: u32,
    pub(super) emf_kilobytes_a_minute: f64,
}
