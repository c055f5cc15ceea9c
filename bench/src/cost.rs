//! What a service costs in a month, on Fargate and on Lambda, by its request rate.

use serde::Deserialize;

/// A Lambda function has a whole vCPU from this memory on (AWS, "Configure Lambda function memory").
const MEGABYTES_OF_A_VCPU: f64 = 1769.0;

/// `docs/prices.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Table {
    /// When the prices were looked up.
    pub as_of: String,
    /// Where they hold.
    pub region: String,
    /// What they are in.
    pub currency: String,
    hours_a_month: f64,
    fargate: Fargate,
    lambda: Lambda,
    gateway: Gateway,
    balancer: Balancer,
    service: Service,
}

/// The table has the prices of x86 too, for `cargo ecs cost`.
#[derive(Clone, Debug, Deserialize)]
struct Fargate {
    vcpu_hour: f64,
    gb_hour: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lambda {
    gb_second: f64,
    million_requests: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gateway {
    http_api_million_requests: f64,
    public_ipv4_hour: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Balancer {
    hour: f64,
    lcu_hour: f64,
    lcu: Lcu,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lcu {
    new_connections_a_second: f64,
    gigabytes_an_hour: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    cpu_millis: f64,
    wait_millis: f64,
    kilobytes: f64,
    requests_a_connection: f64,
    zones: f64,
    task: Task,
    function: Function,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    vcpu: f64,
    gb: f64,
    tasks: f64,
    cpu_target: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Function {
    megabytes: f64,
}

/// The CPU time that each runtime takes for a request, in milliseconds, as measured.
#[derive(Clone, Copy, Debug)]
pub struct Overhead {
    /// Of `bin-fargate`.
    pub server: f64,
    /// Of `bin-lambda`.
    pub function: f64,
}

/// A way to run the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Tasks behind a load balancer.
    Fargate,
    /// A function with a URL.
    FunctionUrl,
    /// A function behind an HTTP API.
    HttpApi,
    /// A function behind a load balancer.
    FunctionBehindBalancer,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Fargate,
        Self::FunctionUrl,
        Self::HttpApi,
        Self::FunctionBehindBalancer,
    ];

    /// As tables and the chart call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fargate => "Fargate behind an ALB",
            Self::FunctionUrl => "Lambda, function URL",
            Self::HttpApi => "Lambda, HTTP API",
            Self::FunctionBehindBalancer => "Lambda behind an ALB",
        }
    }
}

impl Table {
    /// The price of a month at `rate` requests a second, the same at every hour.
    pub fn month(&self, way: Way, rate: f64, overhead: Overhead) -> f64 {
        let requests = self.requests(rate);
        let function = || self.function(requests, overhead.function);
        match way {
            Way::Fargate => self.tasks(rate, overhead.server) + self.balancer(rate),
            Way::FunctionUrl => function(),
            Way::HttpApi => function() + requests / 1e6 * self.gateway.http_api_million_requests,
            Way::FunctionBehindBalancer => function() + self.balancer(rate),
        }
    }

    /// Requests in a month.
    pub fn requests(&self, rate: f64) -> f64 {
        rate * 3600.0 * self.hours_a_month
    }

    /// The rate from which on Fargate costs less than `other`, to two digits; none up to 100,000 a second.
    pub fn crossover(&self, other: Way, overhead: Overhead) -> Option<f64> {
        let rates = (-3..5).flat_map(|power| (10..100).map(move |digits| (power, digits)));
        let mut rates = rates.map(|(power, digits)| f64::from(digits) / 10.0 * 10_f64.powi(power));
        rates.find(|&rate| {
            self.month(Way::Fargate, rate, overhead) <= self.month(other, rate, overhead)
        })
    }

    fn tasks(&self, rate: f64, overhead_millis: f64) -> f64 {
        let Task {
            vcpu,
            gb,
            tasks,
            cpu_target,
        } = self.service.task;
        let cpus = rate * (self.service.cpu_millis + overhead_millis) / 1000.0;
        let tasks = (cpus / (vcpu * cpu_target)).ceil().max(tasks);
        let hour = vcpu * self.fargate.vcpu_hour
            + gb * self.fargate.gb_hour
            + self.gateway.public_ipv4_hour;
        tasks * hour * self.hours_a_month
    }

    fn function(&self, requests: f64, overhead_millis: f64) -> f64 {
        let megabytes = self.service.function.megabytes;
        let share = (megabytes / MEGABYTES_OF_A_VCPU).min(1.0);
        let cpu = (self.service.cpu_millis + overhead_millis) / share;
        let billed_seconds = (cpu + self.service.wait_millis).ceil() / 1000.0;
        requests
            * (megabytes / 1024.0 * billed_seconds * self.lambda.gb_second
                + self.lambda.million_requests / 1e6)
    }

    fn balancer(&self, rate: f64) -> f64 {
        let Balancer {
            hour,
            lcu_hour,
            lcu,
        } = &self.balancer;
        let connections = rate / self.service.requests_a_connection / lcu.new_connections_a_second;
        let gigabytes = rate * 3600.0 * self.service.kilobytes / 1e6 / lcu.gigabytes_an_hour;
        let addresses = self.service.zones * self.gateway.public_ipv4_hour;
        (hour + addresses + connections.max(gigabytes) * lcu_hour) * self.hours_a_month
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Overhead = Overhead {
        server: 0.0,
        function: 0.0,
    };

    fn table() -> Table {
        toml::from_str(include_str!("../../docs/prices.toml")).unwrap()
    }

    #[test]
    fn nothing_is_asked_of_a_function_that_nobody_calls() {
        assert_eq!(table().month(Way::FunctionUrl, 0.0, NONE), 0.0);
        // Two tasks with an address each, the balancer with two: 730 times
        // 2 * (0.25 * 0.03238 + 0.5 * 0.00356 + 0.005) + 0.0225 + 2 * 0.005.
        let parked_never = table().month(Way::Fargate, 0.0, NONE);
        assert!((parked_never - 45.442_5).abs() < 1e-9, "{parked_never}");
    }

    #[test]
    fn a_function_is_billed_by_whole_milliseconds_of_its_share_of_a_cpu() {
        let mut table = table();
        table.service.cpu_millis = 1.0;
        table.service.wait_millis = 0.0;
        table.service.function.megabytes = MEGABYTES_OF_A_VCPU / 2.5;
        let gigabytes = MEGABYTES_OF_A_VCPU / 2.5 / 1024.0;
        let one = table.function(1e6, 0.0);
        assert!(
            (one - (1e6 * gigabytes * 0.003 * 0.000_013_333_4 + 0.20)).abs() < 1e-9,
            "{one}"
        );
    }

    #[test]
    fn tasks_come_by_load_and_the_crossover_is_where_the_prices_meet() {
        let table = table();
        // 2 ms on half of a quarter of a CPU: 62.5 requests a second for each task.
        let step = table.tasks(126.0, 0.0) - table.tasks(124.0, 0.0);
        let one = table.tasks(1.0, 0.0) / 2.0;
        assert!((step - one).abs() < 1e-9);
        let rate = table.crossover(Way::HttpApi, NONE).unwrap();
        let difference =
            |rate| table.month(Way::Fargate, rate, NONE) - table.month(Way::HttpApi, rate, NONE);
        assert!(
            difference(rate) <= 0.0 && difference(rate * 0.9) > 0.0,
            "{rate}"
        );
    }
}
