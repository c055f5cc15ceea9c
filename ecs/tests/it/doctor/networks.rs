//! Tasks that networks are let in to, in the place of their load balancer's group.

use super::change::{attachment, group, let_in, mapping, private};
use super::sound::{files, live};
use super::{report, text};
use ecs::doctor::CheckId::{Attachment, ContainerPort, SecurityGroups};
use ecs::doctor::{CheckId, Finding, Report, Status};
use ecs::facts::{Facts, Listener};

fn findings(report: &Report, id: CheckId) -> Vec<&Finding> {
    report.check(id).findings.iter().collect()
}

/// A network load balancer without a group lets the clients themselves in, and they need no other port.
#[test]
fn tasks_behind_a_balancer_without_a_group_are_open_on_the_apps_port_alone() {
    for (network, ports, fix) in [
        ("0.0.0.0/0", (8000, 8000), None),
        (
            "0.0.0.0/0",
            (0, 65535),
            Some(
                "aws ec2 authorize-security-group-ingress --group-id TaskSecurityGroup --ip-permissions \
                 'IpProtocol=tcp,FromPort=8000,ToPort=8000,IpRanges=[{CidrIp=0.0.0.0/0}]' && \
                 aws ec2 revoke-security-group-ingress --group-id TaskSecurityGroup --ip-permissions \
                 'IpProtocol=tcp,FromPort=0,ToPort=65535,IpRanges=[{CidrIp=0.0.0.0/0}]'",
            ),
        ),
        (
            "::/0",
            (22, 22),
            Some(
                "aws ec2 revoke-security-group-ingress --group-id TaskSecurityGroup --ip-permissions \
                 'IpProtocol=tcp,FromPort=22,ToPort=22,Ipv6Ranges=[{CidrIpv6=::/0}]'",
            ),
        ),
    ] {
        let mut facts = live();
        private(&mut facts);
        facts.balancers[0].security_groups.clear();
        group(&mut facts, "TaskSecurityGroup").ingress.clear();
        let_in(&mut facts, "10.0.0.0/16", 8000);
        let_in(&mut facts, network, 1);
        group(&mut facts, "TaskSecurityGroup").ingress[1].ports = Some(ports);
        let report = report(&facts);
        let check = report.check(SecurityGroups);
        let found = check.findings.iter().find_map(|it| it.fix.as_deref());
        assert_eq!(found, fix, "{network} {ports:?}");
    }
}

/// A load balancer whose tasks are open to everyone on the app's port, since it has no group.
fn without_a_group() -> Facts {
    let mut facts = live();
    facts.balancers[0].kind = "network".into();
    facts.balancers[0].security_groups.clear();
    group(&mut facts, "TaskSecurityGroup").ingress.clear();
    let_in(&mut facts, "0.0.0.0/0", 8000);
    facts
}

#[test]
fn tasks_with_public_addresses_are_reached_past_a_balancer_without_a_group() {
    let mut facts = without_a_group();
    let report_of = |facts: &Facts| report(facts);
    let report = report_of(&facts);
    let text = text(&report);
    let said = "TaskSecurityGroup lets everyone in on tcp 8000, and the tasks have public addresses: clients reach them directly";
    assert!(text.contains(said), "{text}");
    assert_eq!(report.check(SecurityGroups).status, Status::Warn);
    private(&mut facts);
    assert_eq!(report_of(&facts).check(SecurityGroups).status, Status::Pass);
}

#[test]
fn a_network_in_the_place_of_the_balancer_is_one_finding_whose_fix_keeps_the_balancer_in() {
    for (network, is_made, fix) in [
        (
            "10.0.0.0/8",
            true,
            "aws ec2 authorize-security-group-ingress --group-id TaskSecurityGroup --protocol tcp --port 8000 --source-group \
             BalancerSecurityGroup && aws ec2 revoke-security-group-ingress --group-id TaskSecurityGroup --ip-permissions \
             'IpProtocol=tcp,FromPort=8000,ToPort=8000,IpRanges=[{CidrIp=10.0.0.0/8}]'",
        ),
        (
            "0.0.0.0/0",
            true,
            "aws ec2 authorize-security-group-ingress --group-id TaskSecurityGroup --protocol tcp --port 8000 --source-group \
             BalancerSecurityGroup && aws ec2 revoke-security-group-ingress --group-id TaskSecurityGroup --ip-permissions \
             'IpProtocol=tcp,FromPort=8000,ToPort=8000,IpRanges=[{CidrIp=0.0.0.0/0}]'",
        ),
        (
            "172.31.0.0/16",
            false,
            "add a rule to the ingress of TaskSecurityGroup: tcp 8000 from BalancerSecurityGroup, and take the rule for tcp \
             8000 and 172.31.0.0/16 out of TaskSecurityGroup",
        ),
    ] {
        let mut facts = if is_made { live() } else { files() };
        group(&mut facts, "TaskSecurityGroup").ingress.clear();
        let_in(&mut facts, network, 8000);
        let report = report(&facts);
        let found = findings(&report, SecurityGroups);
        assert_eq!(found.len(), 1, "{}", text(&report));
        assert_eq!(found[0].status, Status::Fail);
        assert_eq!(found[0].fix.as_deref(), Some(fix));
    }
}

#[test]
fn a_fix_has_no_word_that_would_be_pasted_as_if_it_were_a_name() {
    type Change = fn(&mut Facts);
    let changes: [(CheckId, Change, &str); 5] = [
        (
            Attachment,
            |facts| {
                facts.service.load_balancers.clear();
                facts.other_groups = vec!["arn:one".into(), "arn:two".into()];
            },
            "see: aws elbv2 describe-target-groups",
        ),
        (
            Attachment,
            |facts| {
                facts.service.load_balancers.clear();
                facts.definition.container_definitions.clear();
            },
            "a target group, and the app's container and port",
        ),
        (
            Attachment,
            |facts| {
                let listeners = &mut facts.balancers[0].listeners;
                listeners[0].forwards_to.clear();
                listeners.push(Listener {
                    arn: "arn:other".into(),
                    port: 81,
                    forwards_to: Vec::new(),
                });
            },
            "see: aws elbv2 describe-listeners --load-balancer-arn Balancer",
        ),
        // One that another service gets its requests from.
        (
            Attachment,
            |facts| facts.balancers[0].listeners[0].forwards_to = vec!["arn:other".into()],
            "let a listener, or a rule of one, forward to TargetGroup",
        ),
        (
            SecurityGroups,
            |facts| {
                facts.balancers[0].is_public = false;
                group(facts, "BalancerSecurityGroup").ingress.clear();
            },
            "tcp 80 from the network of the clients",
        ),
    ];
    for (id, change, fix) in changes {
        let mut facts = live();
        change(&mut facts);
        let report = report(&facts);
        let found = findings(&report, id);
        let mut fixes = found.iter().filter_map(|it| it.fix.as_deref());
        assert!(fixes.any(|it| it.contains(fix)), "{fix}: {}", text(&report));
        for word in ["_ARN", "CLIENTS", "CONTAINER_NAME"] {
            assert!(!text(&report).contains(word), "{}", text(&report));
        }
    }
}

#[test]
fn a_port_that_is_mapped_by_udp_gets_no_requests_by_tcp() {
    let by_udp = |mut facts: Facts| {
        mapping(&mut facts).protocol = Some("udp".into());
        report(&facts)
    };
    let report = by_udp(files());
    let text = text(&report);
    assert_eq!(report.cause, Some(ContainerPort), "{text}");
    let said = "the definition maps port 8000 of app by udp, and requests come by tcp";
    assert!(text.contains(said), "{text}");
    // A healthy target has answered.
    assert!(by_udp(live()).ok);
}

#[test]
fn a_port_in_a_row_is_not_registered_with_a_target_group_unless_ecs_has_taken_it() {
    for (is_made, status) in [(true, Status::Pass), (false, Status::Fail)] {
        let mut facts = if is_made { live() } else { files() };
        let mapping = mapping(&mut facts);
        mapping.container_port = None;
        mapping.container_port_range = Some("7990-8010".into());
        assert_eq!(attachment(&mut facts).container_port, Some(8000));
        let report = report(&facts);
        assert_eq!(report.check(Attachment).status, status, "{}", text(&report));
    }
}
