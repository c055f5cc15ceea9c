//! What a service costs as it runs now, and what it would cost parked, from the dated table in `docs/prices.toml`.

use super::StackError;
use super::prices::Prices;
use super::usage::{TaskSize, Tasks, Usage};
use super::watch::Watch;
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::Add;

/// The table that the tool was built with.
pub const PRICES: &str = include_str!("../../prices.toml");

/// Gigabytes of ephemeral storage that each task has without charge (AWS, "AWS Fargate Pricing").
const FREE_STORAGE: f64 = 20.0;

/// One thing that costs.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Item {
    /// What it is.
    pub what: String,
    /// For a month, as it is now.
    pub now: f64,
    /// For a month, parked; null where `park` does not know the stack.
    pub parked: Option<f64>,
}

/// All items together.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Total {
    /// For a month, as it is now.
    pub now: f64,
    /// For a month, parked; null where `park` does not know the stack.
    pub parked: Option<f64>,
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
    /// What they come to.
    pub total: Total,
    /// What comes on top: its price depends on what is not known here, or it could not be read.
    pub not_counted: Vec<String>,
}

/// What this usage costs.
///
/// # Errors
///
/// If the table is not what it should be, or has no prices for the region.
pub fn costs(usage: &Usage, prices: &str) -> Result<Costs, StackError> {
    let prices: Prices = toml::from_str(prices)?;
    if prices.region != usage.region {
        return Err(StackError::NoPrices {
            region: usage.region.clone(),
            known: prices.region,
        });
    }
    let mut bill = Bill {
        usage,
        prices: &prices,
        items: Vec::new(),
        not_counted: usage.not_counted.clone(),
    };
    bill.tasks();
    bill.balancers();
    bill.gateways();
    bill.secrets();
    bill.watched();
    bill.told();
    bill.traffic();
    let items = bill.items;
    let total = Total {
        now: items.iter().map(|item| item.now).fold(0.0, Add::add),
        parked: items.iter().map(|item| item.parked).sum(),
    };
    let total = Total {
        parked: total.parked.filter(|_| usage.can_park),
        ..total
    };
    Ok(Costs {
        not_counted: bill.not_counted,
        as_of: prices.as_of,
        region: prices.region,
        currency: prices.currency,
        items,
        total,
    })
}

/// The bill as it is written.
struct Bill<'a> {
    usage: &'a Usage,
    prices: &'a Prices,
    items: Vec<Item>,
    not_counted: Vec<String>,
}

impl Bill<'_> {
    fn add(&mut self, what: String, now: f64, parked: f64) {
        let parked = self.usage.can_park.then_some(parked);
        self.items.push(Item { what, now, parked });
    }

    fn leave_out(&mut self, what: impl Into<String>) {
        self.not_counted.push(what.into());
    }

    /// By the hour, for what goes when it is parked, unless others have it too.
    fn add_of_balancer(&mut self, what: String, hour: f64) {
        let month = hour * self.prices.hours_a_month;
        match self.usage.shares_balancers {
            true => self.add(what + ", shared with what else is behind it", month, month),
            false => self.add(what, month, 0.0),
        }
    }

    /// By the hour, which parking ends.
    fn add_hourly(&mut self, what: String, hour: f64) {
        self.add(what, hour * self.prices.hours_a_month, 0.0);
    }

    fn tasks(&mut self) {
        // Who may not know how many there are gets no figure for them.
        let Some(tasks) = self.usage.tasks else {
            return;
        };
        let definition = &self.usage.facts.definition;
        if tasks.other > 0 {
            self.leave_out(format!(
                "{} tasks that are not on Fargate: the machines that they run on",
                tasks.other
            ));
        }
        let on_fargate = tasks.fargate + tasks.spot;
        let size = self
            .usage
            .size
            .filter(|_| definition.platform().os == "linux");
        match size {
            None if on_fargate > 0 => self.leave_out(format!(
                "{on_fargate} tasks: no price for Windows, or for a definition without cpu and memory"
            )),
            None => {}
            Some(size) => self.sized(tasks, size),
        }
        if self.usage.facts.service.has_public_addresses() {
            let hour = f64::from(on_fargate) * self.prices.gateway.public_ipv4_hour;
            self.add_hourly(format!("{on_fargate} public addresses of tasks"), hour);
        } else if on_fargate > 0 {
            self.leave_out("VPC endpoints, if the tasks' network has some");
        }
    }

    fn sized(&mut self, tasks: Tasks, TaskSize { vcpu, gb, storage }: TaskSize) {
        let fargate = &self.prices.fargate;
        let platform = self.usage.facts.definition.platform();
        let (vcpu_hour, gb_hour) = match platform.architecture.as_str() {
            "arm64" => (fargate.vcpu_hour, fargate.gb_hour),
            _ => (fargate.x86_vcpu_hour, fargate.x86_gb_hour),
        };
        let hour = vcpu * vcpu_hour + gb * gb_hour;
        let count = tasks.fargate;
        if count > 0 || tasks.spot + tasks.other == 0 {
            self.add_hourly(
                format!("{count} tasks of {vcpu} vCPU and {gb} GB"),
                f64::from(count) * hour,
            );
        }
        if tasks.spot > 0 {
            let month = f64::from(tasks.spot) * hour * self.prices.hours_a_month;
            self.leave_out(format!(
                "{} tasks on Fargate Spot, whose price changes: {month:.2} if they were on demand",
                tasks.spot
            ));
        }
        let more = (storage - FREE_STORAGE).max(0.0);
        let all = tasks.fargate + tasks.spot;
        if more > 0.0 && all > 0 {
            self.add_hourly(
                format!("{more} GB of storage above {FREE_STORAGE} for {all} tasks"),
                f64::from(all) * more * fargate.storage_gb_hour,
            );
        }
    }

    fn balancers(&mut self) {
        let facts = &self.usage.facts;
        for balancer in &facts.balancers {
            let name = &balancer.name;
            if balancer.kind != "application" {
                let kind = &balancer.kind;
                self.leave_out(format!("load balancer {name}, of type {kind}"));
                continue;
            }
            #[allow(clippy::cast_precision_loss, reason = "zones are few")]
            let addresses = if balancer.is_public {
                balancer.zones as f64
            } else {
                0.0
            };
            let hour = self.prices.balancer.hour;
            self.add_of_balancer(format!("load balancer {name}, without its traffic"), hour);
            if addresses > 0.0 {
                self.add_of_balancer(
                    format!("{addresses} public addresses of {name}"),
                    addresses * self.prices.gateway.public_ipv4_hour,
                );
            }
        }
        for attached in &facts.service.load_balancers {
            if let Some(name) = &attached.load_balancer_name {
                self.leave_out(format!("Classic Load Balancer {name}"));
            }
        }
        if !facts.balancers.is_empty() {
            self.leave_out("requests and bytes through load balancers");
        }
    }

    /// Parking leaves the network as it is.
    fn gateways(&mut self) {
        let gateways = self.usage.gateways;
        if gateways.count == 0 {
            return;
        }
        let hour = f64::from(gateways.count) * self.prices.nat.hour
            + f64::from(gateways.addresses) * self.prices.gateway.public_ipv4_hour;
        let month = hour * self.prices.hours_a_month;
        let what = format!(
            "{} NAT gateways with {} public addresses, shared with what else is in the network",
            gateways.count, gateways.addresses
        );
        self.add(what, month, month);
        self.leave_out("bytes through NAT gateways");
    }

    fn secrets(&mut self) {
        let secrets = self.usage.facts.definition.secrets().len();
        if secrets > 0 {
            #[allow(clippy::cast_precision_loss, reason = "secrets are few")]
            let cost = secrets as f64 * self.prices.secret_month;
            self.add(format!("{secrets} secrets of Secrets Manager"), cost, cost);
        }
    }

    /// Alarms and dashboards.
    fn watched(&mut self) {
        let Watch {
            alarm_metrics,
            dashboards,
        } = self.usage.watch;
        let rows = [
            (
                alarm_metrics,
                self.prices.alarm_metric_month,
                "metrics that alarms look at",
            ),
            (
                dashboards,
                self.prices.watching.dashboard_month,
                "dashboards; three of an account are free",
            ),
        ];
        for (count, price, what) in rows.into_iter().filter(|(count, ..)| count.now > 0) {
            let (now, parked) = (f64::from(count.now), f64::from(count.parked));
            self.add(format!("{} {what}", count.now), now * price, parked * price);
        }
    }

    /// What the service tells of itself, by its variables: metrics and traces.
    fn told(&mut self) {
        let Usage { facts, tasks, .. } = self.usage;
        let variable = |name: &str| facts.main_container()?.variable(name);
        let watching = &self.prices.watching;
        match (variable("DUALRUN_METRICS"), tasks) {
            (Some("emf"), Some(tasks)) => {
                let tasks = f64::from(tasks.fargate + tasks.spot + tasks.other);
                let metrics = f64::from(watching.emf_metrics) * watching.custom_metric_month;
                let kilobytes =
                    tasks * watching.emf_kilobytes_a_minute * 60.0 * self.prices.hours_a_month;
                // Metrics are charged by the hours in which there is something to tell.
                let metrics = if tasks > 0.0 { metrics } else { 0.0 };
                let what = format!(
                    "some {} metrics of its own, with their lines in the log",
                    watching.emf_metrics
                );
                let now = metrics + kilobytes / 1e6 * watching.log_gigabyte;
                self.add(what, now, 0.0);
            }
            (Some("emf"), None) => self.leave_out("metrics of its own"),
            _ => {}
        }
        if variable("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
            self.leave_out(format!(
                "traces: X-Ray asks {:.2} for each million",
                watching.million_traces
            ));
        }
    }

    fn traffic(&mut self) {
        let containers = self.usage.facts.definition.container_definitions.iter();
        let mut logs = containers.filter_map(|it| it.log_configuration.as_ref());
        if logs.any(|log| log.log_driver == "awslogs") {
            self.leave_out("lines of the log and their storage");
        }
        self.leave_out("traffic to the internet and between zones");
    }
}
