//! What the stack can stand on, by all pairs: networks, balancers, names and databases that are its own or exist already. In
//! each the doctor finds nothing wrong, and the chain is whole.

use super::*;
use ecs::files::{Found, Wanted, facts};
use std::path::PathBuf;

/// What may be set, each of which may come with each other.
fn settings() -> Vec<Vec<(&'static str, &'static str)>> {
    let made = DOMAIN.to_vec();
    let given = [&DOMAIN[..], &[CERTIFICATE]].concat();
    let ecr = "arn:aws:ecr:us-east-1:111122223333:repository/shop";
    let alarms = vec![
        ("ErrorAlarm", "5"),
        ("LatencyAlarm", "500"),
        ("UnhealthyAlarm", "1"),
        ("Dashboard", "true"),
    ];
    vec![
        NETWORK.to_vec(),
        [&NETWORK[..], &[("AssignPublicIp", "DISABLED")]].concat(),
        BALANCER.to_vec(),
        vec![CERTIFICATE],
        made,
        given,
        vec![("Strategy", "BLUE_GREEN")],
        vec![CANARY],
        vec![("EcrRepositoryArn", ecr)],
        [&NETWORK[..], &[DATABASE]].concat(),
        [&NETWORK[..], &[DATABASE, ("DatabaseIngress", "true")]].concat(),
        alarms,
        vec![INTERNAL],
        vec![PARKED],
    ]
}

/// Nothing, each alone, and each pair, with what an existing balancer needs for a name.
fn combinations() -> Vec<Vec<(&'static str, &'static str)>> {
    let settings = settings();
    let mut all = vec![Vec::new()];
    for (index, one) in settings.iter().enumerate() {
        all.push(one.clone());
        all.extend(
            settings[..index]
                .iter()
                .map(|other| [one.as_slice(), other].concat()),
        );
    }
    for combination in &mut all {
        if is_shared(combination) {
            combination.push(("BalancerDnsName", "shared-1.us-east-1.elb.amazonaws.com"));
            combination.push(("BalancerZoneId", "Z2"));
        }
    }
    all
}

fn is_shared(combination: &Parameters<'_>) -> bool {
    combination.iter().any(|(name, _)| *name == "ListenerArn")
}

#[test]
fn the_doctor_finds_nothing_wrong_with_any_pair() {
    for combination in combinations() {
        let parameters = [&combination[..], &[IMAGE]].concat();
        let is_parked = combination.contains(&PARKED);
        let report = examine(&[facts_of(stack(), &parameters).unwrap()], "the stack");
        assert!(report.ok, "{combination:?}: {report:?}");
        // Of an existing balancer, the template does not tell enough.
        let is_whole = !is_parked && !is_shared(&combination);
        let passes = report.checks.iter().all(|it| it.status == Status::Pass);
        assert_eq!(passes, is_whole, "{combination:?}: {report:?}");
    }
}

#[test]
fn the_doctor_of_files_finds_nothing_wrong_either() {
    for combination in combinations() {
        let all = [&combination[..], &[IMAGE]].concat();
        let all = all
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let parameters: Vec<(String, String)> = all.collect();
        let found = Found {
            template: Some((PathBuf::from("stack.yaml"), stack().clone())),
            ..Found::default()
        };
        let wanted = Wanted {
            parameters: &parameters,
            ..Wanted::default()
        };
        let report = examine(&facts(&found, wanted).unwrap(), "the stack");
        assert!(report.ok, "{combination:?}: {report:?}");
    }
}

#[test]
fn the_tasks_let_in_the_balancer_and_nobody_else() {
    for combination in combinations() {
        let resources = resources(&combination);
        let group = &resources["TaskSecurityGroup"]["Properties"];
        assert_eq!(group["SecurityGroupIngress"], Value::Null);
        let rules = resources.values().filter(|it| {
            it["Type"] == "AWS::EC2::SecurityGroupIngress"
                && it["Properties"]["GroupId"] == "TaskSecurityGroup"
        });
        let rules: Vec<&Value> = rules.map(|it| &it["Properties"]).collect();
        let balancer = match is_shared(&combination) {
            true => "sg-a1b",
            false => "BalancerSecurityGroup",
        };
        assert_eq!(rules.len(), 1, "{combination:?}");
        assert_eq!(rules[0]["SourceSecurityGroupId"], balancer);
        assert_eq!(rules[0]["FromPort"], DEFAULT_PORT);
    }
}

#[test]
fn the_tasks_get_out_on_443_and_to_the_database_that_is_named() {
    for combination in combinations() {
        let group = properties("TaskSecurityGroup", &combination);
        let rules = group["SecurityGroupEgress"].as_array().unwrap();
        let ports: Vec<&Value> = rules.iter().map(|it| &it["FromPort"]).collect();
        if combination.contains(&DATABASE) {
            assert_eq!(ports, [443, 5432]);
            assert_eq!(rules[1]["DestinationSecurityGroupId"], "sg-db");
        } else {
            assert_eq!(ports, [443]);
        }
        let opens = combination.contains(&("DatabaseIngress", "true"));
        assert_eq!(
            resources(&combination).contains_key("DatabaseFromTask"),
            opens
        );
    }
}

#[test]
fn what_exists_already_is_not_made() {
    let of_network = ["Vpc", "SubnetA", "SubnetB", "InternetGateway", "RouteTable"];
    let of_balancer = [
        "Balancer",
        "HttpListener",
        "HttpsListener",
        "BalancerSecurityGroup",
    ];
    for combination in combinations() {
        let resources = resources(&combination);
        let has_network = combination.contains(&NETWORK[0]);
        let made = |names: &[&str]| names.iter().any(|it| resources.contains_key(*it));
        assert_eq!(made(&of_network), !has_network, "{combination:?}");
        assert_eq!(
            made(&of_balancer),
            !is_shared(&combination),
            "{combination:?}"
        );
        let service = &resources["Service"]["Properties"]["NetworkConfiguration"];
        let subnets = &service["AwsvpcConfiguration"]["Subnets"];
        let expected = match has_network {
            true => json!(["subnet-1", "subnet-2"]),
            false => json!(["SubnetA", "SubnetB"]),
        };
        assert_eq!(*subnets, expected);
    }
}

#[test]
fn of_an_existing_balancer_only_the_rule_is_the_stacks_and_parking_takes_it_away() {
    for strategy in ["ROLLING", "CANARY"] {
        let own = [
            &BALANCER[..],
            &[("Strategy", strategy), ("RulePriority", "7")],
        ]
        .concat();
        let rule = properties("ProductionRule", &own);
        assert_eq!(rule["ListenerArn"], LISTENER);
        assert_eq!(rule["Priority"], 7);
        let hosts = json!([{
            "Field": "host-header",
            "HostHeaderConfig": { "Values": ["shop.example.com", "www.shop.example.com"] },
        }]);
        assert_eq!(rule["Conditions"], hosts);
        let groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
            .as_array()
            .unwrap();
        assert_eq!(groups.len(), if strategy == "CANARY" { 2 } else { 1 });
        let parked = resources(&[&own[..], &[PARKED]].concat());
        let kinds = parked.values().map(|it| it["Type"].as_str().unwrap());
        let mut of_balancers = kinds.filter(|it| it.contains("ElasticLoadBalancing"));
        assert!(of_balancers.all(|it| it.ends_with("::TargetGroup")));
    }
    let by_path = [&BALANCER[..4], &[("PathPattern", "/shop, /shop/*")]].concat();
    let paths = json!([{
        "Field": "path-pattern",
        "PathPatternConfig": { "Values": ["/shop", "/shop/*"] },
    }]);
    assert_eq!(properties("ProductionRule", &by_path)["Conditions"], paths);
}

#[test]
fn alarms_on_an_existing_balancer_count_the_services_own_requests_only() {
    let alarm = [&BALANCER[..], &[CANARY, ("ErrorAlarm", "5")]].concat();
    let alarm = properties("RequestErrorAlarm", &alarm);
    let queries = alarm["Metrics"].as_array().unwrap();
    let failed = queries.iter().find(|it| it["Id"] == "failed").unwrap();
    assert_eq!(
        failed["Expression"],
        "FILL(failed_a, 0) + FILL(failed_b, 0)"
    );
    let measured = queries.iter().filter(|it| it["MetricStat"].is_object());
    for query in measured {
        let dimensions = query["MetricStat"]["Metric"]["Dimensions"]
            .as_array()
            .unwrap();
        assert_eq!(dimensions[0]["Value"], "app/shared/50dc6c495c0c9188");
        assert_eq!(dimensions[1]["Name"], "TargetGroup");
    }
}

#[test]
fn a_name_gets_a_record_and_a_certificate_unless_one_is_given() {
    let made = resources(&DOMAIN);
    let options = &made["Certificate"]["Properties"]["DomainValidationOptions"][0];
    assert_eq!(options["HostedZoneId"], "Z1");
    let certificates = &made["HttpsListener"]["Properties"]["Certificates"];
    assert_eq!(certificates[0]["CertificateArn"], "Certificate");
    let record = &made["DomainRecord"]["Properties"];
    assert_eq!(
        (&record["Name"], &record["Type"]),
        (&json!("shop.example.com"), &json!("A"))
    );
    assert_eq!(record["AliasTarget"]["DNSName"], "Balancer");

    let given = resources(&[&DOMAIN[..], &[CERTIFICATE]].concat());
    assert!(!given.contains_key("Certificate"));
    let certificates = &given["HttpsListener"]["Properties"]["Certificates"];
    assert_eq!(certificates[0]["CertificateArn"], CERTIFICATE.1);

    // To make it anew would take its time.
    let parked = resources(&[&DOMAIN[..], &[PARKED]].concat());
    assert!(parked.contains_key("Certificate") && !parked.contains_key("DomainRecord"));
}

#[test]
fn an_existing_balancer_is_named_by_its_own_name_and_gets_the_certificate_that_is_given() {
    let shared = [
        &BALANCER[..],
        &DOMAIN,
        &[
            CERTIFICATE,
            ("BalancerDnsName", "shared.example"),
            ("BalancerZoneId", "Z2"),
        ],
    ];
    let shared = shared.concat();
    let target = &properties("DomainRecord", &shared)["AliasTarget"];
    assert_eq!(
        *target,
        json!({ "DNSName": "shared.example", "HostedZoneId": "Z2" })
    );
    let added = properties("SharedListenerCertificate", &shared);
    assert_eq!(added["ListenerArn"], LISTENER);
    assert_eq!(added["Certificates"][0]["CertificateArn"], CERTIFICATE.1);
    assert!(!resources(&shared).contains_key("Certificate"));

    // Other services behind that listener may use it too.
    let parked = resources(&[&shared[..], &[PARKED]].concat());
    assert!(parked.contains_key("SharedListenerCertificate"));
    let written = &stack().as_json()["Resources"]["SharedListenerCertificate"];
    assert_eq!(written["DeletionPolicy"], "Retain");
    assert_eq!(written["UpdateReplacePolicy"], "Retain");
}

#[test]
fn a_rule_in_the_balancers_group_is_made_only_if_it_is_asked_for() {
    let asked = [&BALANCER[..], &[("BalancerEgress", "true")]].concat();
    assert!(!resources(&BALANCER).contains_key("TaskOfSharedBalancer"));
    let rule = properties("TaskOfSharedBalancer", &asked);
    assert_eq!(
        (&rule["GroupId"], &rule["DestinationSecurityGroupId"]),
        (&json!("sg-a1b"), &json!("TaskSecurityGroup"))
    );
}
