//! The template's rules: which parameters CloudFormation refuses together, before it makes anything.

use super::*;
use serde_json::Map;

/// What a rule's expression is with these values. A list is as CloudFormation has it of an empty default: one empty text.
fn value(expression: &Value, values: &Map<String, Value>) -> Value {
    let Some((function, argument)) = expression.as_object().and_then(|it| it.iter().next()) else {
        return expression.clone();
    };
    let argument = match argument {
        Value::Array(items) => items.iter().map(|it| value(it, values)).collect(),
        argument => argument.clone(),
    };
    let all = argument.as_array().cloned().unwrap_or_default();
    let each =
        |list: &Value, wanted: &Value| list.as_array().unwrap().iter().all(|it| it == wanted);
    match function.as_str() {
        "Ref" => values[argument.as_str().unwrap()].clone(),
        "Fn::Equals" => (all[0] == all[1]).into(),
        "Fn::Not" => (all[0] == false).into(),
        "Fn::And" => all.iter().all(|it| *it == true).into(),
        "Fn::Or" => all.iter().any(|it| *it == true).into(),
        "Fn::EachMemberEquals" => each(&all[0], &all[1]).into(),
        "Fn::Contains" => all[0].as_array().unwrap().contains(&all[1]).into(),
        other => panic!("{other}"),
    }
}

/// What the rules say against these parameters.
fn refused(parameters: &Parameters<'_>) -> Vec<String> {
    let template = stack().as_json().clone();
    let mut values = Map::new();
    for (name, parameter) in template["Parameters"].as_object().unwrap() {
        let given = parameters.iter().rev().find(|(given, _)| given == name);
        let text = match given {
            Some((_, given)) => (*given).to_owned(),
            None => match &parameter["Default"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            },
        };
        let value = match parameter["Type"].as_str() {
            Some("CommaDelimitedList") => text.split(',').map(str::trim).collect(),
            _ => json!(text),
        };
        values.insert(name.clone(), value);
    }
    let rules = template["Rules"].as_object().unwrap().values();
    let rules = rules.filter(|rule| {
        rule["RuleCondition"].is_null() || value(&rule["RuleCondition"], &values) == true
    });
    let assertions = rules.flat_map(|rule| rule["Assertions"].as_array().unwrap());
    let broken = assertions.filter(|it| value(&it["Assert"], &values) == false);
    broken
        .map(|it| it["AssertDescription"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_belongs_together_is_taken() {
    let named = [
        ("BalancerDnsName", "shared.example"),
        ("BalancerZoneId", "Z2"),
    ];
    for parameters in [
        &[][..],
        &NETWORK,
        &BALANCER,
        &DOMAIN,
        &[&DOMAIN[..], &[CERTIFICATE]].concat(),
        &[&BALANCER[..], &DOMAIN, &named].concat(),
        &[&NETWORK[..], &[("AssignPublicIp", "DISABLED")]].concat(),
        &[&NETWORK[..], &[DATABASE, ("DatabaseIngress", "true")]].concat(),
        &[&NETWORK[..], &[("BalancerSubnetIds", "subnet-3")]].concat(),
        &[&NETWORK[..], &[INTERNAL]].concat(),
        &[INTERNAL],
        &[("TagKey", "Application")],
        &[("Cpu", "4096"), ("Memory", "30720")],
        &[("Collector", "true")],
    ] {
        assert_eq!(refused(parameters), [""; 0], "{parameters:?}");
    }
}

#[test]
fn what_lacks_its_other_half_is_refused_with_its_name() {
    let lacks = |without: &str| -> Vec<(&str, &str)> {
        let all = BALANCER.iter().copied();
        all.filter(|(name, _)| *name != without).collect()
    };
    let without_network: Vec<_> = BALANCER[2..].to_vec();
    for (parameters, names) in [
        (vec![("VpcId", "vpc-1")], "SubnetIds"),
        (vec![("SubnetIds", "subnet-1")], "VpcId"),
        (vec![("AssignPublicIp", "DISABLED")], "AssignPublicIp"),
        (vec![("DatabaseIngress", "true")], "DatabaseSecurityGroup"),
        (vec![DATABASE], "VpcId"),
        (vec![("BalancerSecurityGroupId", "sg-a1b")], "ListenerArn"),
        (vec![("BalancerDnsName", "shared.example")], "ListenerArn"),
        (vec![("BalancerZoneId", "Z2")], "ListenerArn"),
        (
            [&BALANCER[..], &[("BalancerSubnetIds", "subnet-3")]].concat(),
            "BalancerSubnetIds",
        ),
        ([&BALANCER[..], &[INTERNAL]].concat(), "LoadBalancerScheme"),
        (vec![("TagKey", "Name")], "TagKey"),
        (without_network, "VpcId"),
        (lacks("BalancerSecurityGroupId"), "BalancerSecurityGroupId"),
        (lacks("HostHeader"), "HostHeader or PathPattern"),
        (lacks("ListenerArn"), "ListenerArn"),
        (vec![("PathPattern", "/shop/*")], "ListenerArn"),
        (vec![DOMAIN[0]], "HostedZoneId"),
        (vec![DOMAIN[1]], "DomainName"),
        ([&BALANCER[..], &DOMAIN].concat(), "BalancerDnsName"),
        (vec![("Cpu", "512")], "With Cpu 512"),
        (
            vec![("Collector", "true"), ("ContainerName", "collector")],
            "ContainerName",
        ),
    ] {
        let refused = refused(&parameters);
        assert_eq!(refused.len(), 1, "{parameters:?}: {refused:?}");
        assert!(refused[0].contains(names), "{refused:?}");
    }
}

#[test]
fn the_memory_of_each_cpu_is_what_fargate_has() {
    let mut facts = facts_of(stack(), &[IMAGE]).unwrap();
    let template = stack().as_json().clone();
    let units = template["Parameters"]["Cpu"]["AllowedValues"].clone();
    for cpu in units.as_array().unwrap() {
        let cpu = cpu.as_str().unwrap();
        let rule = &template["Rules"][format!("MemoryOfCpu{cpu}")];
        assert_eq!(
            rule["RuleCondition"],
            json!({ "Fn::Equals": [{ "Ref": "Cpu" }, cpu] })
        );
        let allowed = &rule["Assertions"][0]["Assert"]["Fn::Contains"][0];
        let allowed = allowed.as_array().unwrap();
        // In steps of half a GB, which is the smallest.
        for mib in (1..=260).map(|half: u32| (half * 512).to_string()) {
            facts.definition.cpu = Some(cpu.to_owned());
            facts.definition.memory = Some(mib.clone());
            let report = examine(&[facts.clone()], "the stack");
            let is_sound = report.checks.iter().all(|it| it.status == Status::Pass);
            assert_eq!(is_sound, allowed.contains(&json!(mib)), "{cpu} {mib}");
        }
    }
}
