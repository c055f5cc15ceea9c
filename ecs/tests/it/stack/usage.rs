//! What a service uses, as it is read from AWS.

use crate::support::record;
use crate::support::responses::{attached, definition, log_groups, query};
use ecs::aws::{Api, ApiError, Cloud, Json, Query};
use ecs::stack::{Gateways, Tasks, Usage, usage};
use serde_json::{Value, json};

/// An account with one service, whose tasks came by these capacity providers or launch types.
struct Account {
    providers: &'static [(&'static str, &'static str)],
    /// What the service says of its tasks.
    service: Value,
    /// Route tables and NAT gateways.
    routes: &'static str,
    gateways: &'static str,
    volumes: Value,
    denied: &'static [&'static str],
}

fn account() -> Account {
    Account {
        providers: &[("launchType", "FARGATE")],
        service: json!({ "runningCount": 1, "pendingCount": 0, "launchType": "FARGATE" }),
        routes: PUBLIC,
        gateways: "",
        volumes: json!([]),
        denied: &[],
    }
}

/// The subnet has a table of its own, with a gateway of the internet.
const PUBLIC: &str = "<item><associationSet><item><main>false</main><subnetId>subnet-1</subnetId></item></associationSet>\
    <routeSet><item><gatewayId>igw-1</gatewayId></item></routeSet></item>";
/// The network's own table, for subnets without one.
const MAIN: &str = "<item><associationSet><item><main>true</main></item></associationSet>\
    <routeSet><item><natGatewayId>nat-1</natGatewayId></item></routeSet></item>";
const AVAILABLE: &str = "<item><natGatewayId>nat-1</natGatewayId><state>available</state><natGatewayAddressSet><item>\
    <publicIp>192.0.2.1</publicIp></item></natGatewayAddressSet></item>";

impl Account {
    fn check(&self, operation: &str) -> Result<(), ApiError> {
        if !self.denied.contains(&operation) {
            return Ok(());
        }
        Err(ApiError::Refused {
            operation: operation.to_owned(),
            resource: "shop".into(),
            code: "AccessDeniedException".into(),
            message: "no".into(),
        })
    }

    async fn usage(&self) -> Usage {
        usage(self, "shop", "shop").await.unwrap()
    }
}

impl Cloud for Account {
    fn region(&self) -> &str {
        "us-east-1"
    }

    async fn json(
        &self,
        api: Api<Json>,
        operation: &str,
        _: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError> {
        record::json(api.name(), operation, parameters);
        self.check(operation)?;
        Ok(match operation {
            "DescribeServices" => {
                let mut service = self.service.clone();
                service["serviceName"] = "shop".into();
                service["status"] = "ACTIVE".into();
                service["taskDefinition"] = "shop:1".into();
                service["loadBalancers"] = attached();
                service["networkConfiguration"] = json!({ "awsvpcConfiguration": {
                    "subnets": ["subnet-1"], "securityGroups": ["sg-task"], "assignPublicIp": "DISABLED",
                } });
                json!({ "services": [service] })
            }
            "DescribeTaskDefinition" => {
                let mut definition = definition("shop:1", "me/shop:1");
                definition["volumes"] = self.volumes.clone();
                json!({ "taskDefinition": definition })
            }
            "ListTasks" => {
                let tasks =
                    (0..self.providers.len()).map(|number| format!("arn:task/shop/{number}"));
                json!({ "taskArns": tasks.collect::<Vec<_>>() })
            }
            "DescribeTasks" => {
                let tasks = self.providers.iter().map(|(key, value)| {
                    let mut task = json!({ "taskArn": "arn:task/shop/1", "launchType": "FARGATE" });
                    task[key] = json!(value);
                    task
                });
                json!({ "tasks": tasks.collect::<Vec<_>>() })
            }
            "DescribeLogGroups" => log_groups(),
            _ => json!({}),
        })
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        _: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        record::query(api.name(), operation, parameters);
        self.check(operation)?;
        Ok(match operation {
            "DescribeSecurityGroups" => {
                query(operation).replace("<groupName>task", "<vpcId>vpc-1</vpcId><groupName>task")
            }
            "DescribeRouteTables" => {
                format!("<R><routeTableSet>{}</routeTableSet></R>", self.routes)
            }
            "DescribeNatGateways" => {
                format!("<R><natGatewaySet>{}</natGatewaySet></R>", self.gateways)
            }
            operation => query(operation),
        })
    }
}

fn leaves_out(usage: &Usage, what: &str) -> bool {
    usage.not_counted.iter().any(|it| it.starts_with(what))
}

#[tokio::test]
async fn tasks_are_counted_by_what_they_run_on() {
    let usage = Account {
        providers: &[
            ("launchType", "FARGATE"),
            ("capacityProviderName", "FARGATE"),
            ("capacityProviderName", "FARGATE_SPOT"),
            ("capacityProviderName", "machines"),
            ("launchType", "EC2"),
        ],
        ..account()
    };
    let usage = usage.usage().await;
    let tasks = Tasks {
        fargate: 2,
        spot: 1,
        other: 2,
    };
    assert_eq!(usage.tasks, Some(tasks));
    assert!(!usage.facts.service.has_public_addresses());
    assert!((usage.size.unwrap().storage - 30.0).abs() < 1e-9);
}

#[tokio::test]
async fn tasks_that_cannot_be_listed_are_counted_by_the_service_if_all_run_on_the_same() {
    let on = |providers: &[&str]| {
        let strategy = providers.iter().map(|it| json!({ "capacityProvider": it }));
        json!({ "capacityProviderStrategy": strategy.collect::<Vec<_>>() })
    };
    let fargate = Tasks {
        fargate: 3,
        ..Tasks::default()
    };
    let spot = Tasks {
        spot: 3,
        ..Tasks::default()
    };
    for (mut service, counted) in [
        (json!({ "launchType": "FARGATE" }), Some(fargate)),
        (on(&["FARGATE"]), Some(fargate)),
        (on(&["FARGATE_SPOT", "FARGATE_SPOT"]), Some(spot)),
        (on(&["FARGATE", "FARGATE_SPOT"]), None),
        (json!({}), None),
    ] {
        service["runningCount"] = 2.into();
        service["pendingCount"] = 1.into();
        for denied in [&[][..], &["ListTasks"], &["DescribeTasks"]] {
            let account = Account {
                providers: if denied.is_empty() {
                    &[]
                } else {
                    account().providers
                },
                service: service.clone(),
                denied,
                ..account()
            };
            let usage = account.usage().await;
            assert_eq!(usage.tasks, counted, "{service} {denied:?}");
            assert_eq!(
                leaves_out(&usage, "tasks: "),
                counted.is_none(),
                "{service}"
            );
        }
    }
}

#[tokio::test]
async fn a_service_without_tasks_has_none() {
    let account = Account {
        providers: &[],
        service: json!({ "runningCount": 0, "pendingCount": 0 }),
        ..account()
    };
    assert_eq!(account.usage().await.tasks, Some(Tasks::default()));
}

#[tokio::test]
async fn an_empty_list_without_a_count_beside_it_is_not_counted_as_none() {
    let account = Account {
        providers: &[],
        service: json!({ "launchType": "FARGATE" }),
        ..account()
    };
    let usage = account.usage().await;
    assert_eq!(usage.tasks, None);
    assert!(leaves_out(&usage, "tasks: "));
}

#[tokio::test]
async fn nat_gateways_are_those_that_the_subnets_have_a_route_to() {
    let one = Gateways {
        count: 1,
        addresses: 1,
    };
    let deleted = "<item><natGatewayId>nat-1</natGatewayId><state>deleted</state></item>";
    let both: &str = Box::leak(format!("{MAIN}{PUBLIC}").into_boxed_str());
    for (routes, gateways, found) in [
        (MAIN, AVAILABLE, one),
        // The subnet's own table counts.
        (both, AVAILABLE, Gateways::default()),
        (MAIN, deleted, Gateways::default()),
    ] {
        let account = Account {
            routes,
            gateways,
            ..account()
        };
        let usage = account.usage().await;
        assert_eq!(usage.gateways, found, "{routes} {gateways}");
        assert!(!leaves_out(&usage, "NAT gateways"));
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_named() {
    for (denied, what) in [
        ("ListTasks", "tasks: "),
        ("DescribeRouteTables", "NAT gateways: "),
        ("DescribeSecurityGroups", "NAT gateways: "),
        ("DescribeLoadBalancers", "load balancers: "),
        ("DescribeStacks", "alarms and dashboards: "),
    ] {
        let account = Account {
            service: json!({}),
            denied: Box::leak(Box::new([denied])),
            ..account()
        };
        let usage = account.usage().await;
        assert!(
            leaves_out(&usage, what),
            "{denied}: {:?}",
            usage.not_counted
        );
    }
}

#[tokio::test]
async fn volumes_that_cost_are_named() {
    for (volumes, costs) in [
        (
            json!([{ "name": "scratch" }, { "name": "a", "host": {} }]),
            false,
        ),
        (
            json!([{ "name": "files", "efsVolumeConfiguration": { "fileSystemId": "fs-1" } }]),
            true,
        ),
        (
            json!([{ "name": "disk", "configuredAtLaunch": true }]),
            true,
        ),
    ] {
        let account = Account {
            volumes: volumes.clone(),
            ..account()
        };
        let usage = account.usage().await;
        assert_eq!(leaves_out(&usage, "volumes"), costs, "{volumes}");
    }
}

#[tokio::test]
async fn storage_that_cannot_be_understood_is_not_taken_for_none() {
    let account = Account {
        volumes: json!("of a form that is newer"),
        ..account()
    };
    assert!(leaves_out(
        &account.usage().await,
        "storage above 20 GB, and volumes"
    ));
}
