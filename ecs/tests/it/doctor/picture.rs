//! The way to the service as a Mermaid flowchart: what is on it, and what is marked.

use super::change::{attachment, group, image, let_in, target};
use super::sound::{files, live};
use super::{broken, report};
use ecs::doctor::{CheckId, Concern, examine};
use ecs::facts::{Extent, Facts};
use ecs::image::Lookup;

fn picture(facts: &Facts) -> String {
    report(facts).picture
}

/// The lines of a picture that say what has this class.
fn marked(picture: &str, class: &str) -> Vec<String> {
    let end = format!(" {class}");
    let lines = picture
        .lines()
        .filter_map(|line| line.strip_prefix("  class ")?.strip_suffix(&end));
    let ids = lines.flat_map(|ids| ids.split(',').map(str::to_owned));
    ids.collect()
}

/// A second target group with a balancer of its own.
fn second_group(facts: &mut Facts) {
    let mut group = facts.target_groups[0].clone();
    group.arn = "SecondGroup".into();
    let mut balancer = facts.balancers[0].clone();
    balancer.arn = "Second".into();
    balancer.name = "Second".into();
    for listener in &mut balancer.listeners {
        listener.forwards_to = vec![group.arn.clone()];
    }
    let mut second = attachment(facts).clone();
    second.target_group_arn = Some(group.arn.clone());
    facts.target_groups.push(group);
    facts.balancers.push(balancer);
    facts.service.load_balancers.push(second);
}

#[test]
fn it_shows_every_part_with_its_name_and_port() {
    insta::assert_snapshot!("picture_files", picture(&files()));
    insta::assert_snapshot!("picture_live", picture(&live()));
}

/// What is broken, the nodes and the numbers of the links that are red for it, and the note there.
type Failure<'a> = (fn(&mut Facts), &'a [&'a str], &'a [usize], &'a str);

const FAILURES: &[Failure<'_>] = &[
    (
        |facts| facts.images = vec![Lookup::NoSuchVersion],
        &["image0"],
        &[],
        "image vkuldeep1/myapp#58;3f1c9e7<br/>FAIL 1\"]",
    ),
    (
        |facts| image(facts, "no name at all"),
        &["image0"],
        &[],
        "image no name at all<br/>FAIL 2\"]",
    ),
    (
        |facts| {
            facts.definition.container_definitions[0]
                .port_mappings
                .clear();
        },
        &["tasks"],
        &[],
        "container app, no port<br/>",
    ),
    (
        |facts| facts.definition.container_definitions.clear(),
        &["group0", "tasks"],
        &[],
        "tasks of shop<br/>FAIL 2, 3\"]",
    ),
    (
        |facts| target(facts).state = "unhealthy".into(),
        &["group0"],
        &[],
        "0 of 1 healthy<br/>FAIL 4\"]",
    ),
    (
        |facts| facts.balancers[0].zones = 1,
        &["balancer0"],
        &[],
        "load balancer Balancer<br/>FAIL 4\"]",
    ),
    (
        |facts| facts.balancers[0].listeners[0].forwards_to.clear(),
        &["group0"],
        &[1],
        "balancer0 -.->|\"does not forward\"| group0",
    ),
    (
        |facts| group(facts, "BalancerSecurityGroup").ingress.clear(),
        &[],
        &[0],
        "clients -->|\"port 80<br/>FAIL 5\"| balancer0",
    ),
    (
        |facts| group(facts, "TaskSecurityGroup").ingress.clear(),
        &[],
        &[2],
        "group0 -->|\"port 8000<br/>FAIL 5\"| tasks",
    ),
    (
        |facts| group(facts, "TaskSecurityGroup").egress.clear(),
        &[],
        &[3],
        "tasks -->|\"app runs<br/>FAIL 5\"| image0",
    ),
    (
        |facts| let_in(facts, "0.0.0.0/0", 8000),
        &[],
        &[3],
        "others -->|\"past the load balancer<br/>FAIL 5\"| tasks",
    ),
];

#[test]
fn the_part_that_fails_is_marked_and_no_other() {
    for (breaks, nodes, links, note) in FAILURES {
        let picture = picture(&broken(&[*breaks]));
        assert_eq!(marked(&picture, "failed"), *nodes, "{note}: {picture}");
        let red = picture.lines().filter_map(|line| {
            let link = line.strip_prefix("  linkStyle ")?;
            let (number, style) = link.split_once(' ')?;
            style.contains("#cf222e").then(|| number.parse().unwrap())
        });
        assert_eq!(red.collect::<Vec<usize>>(), *links, "{note}: {picture}");
        assert!(picture.contains(note), "{note}: {picture}");
    }
}

#[test]
fn of_two_target_groups_only_the_one_that_fails_is_marked() {
    let mut facts = broken(&[second_group]);
    facts.target_groups[1].targets.as_mut().unwrap()[0].state = "unhealthy".into();
    let report = report(&facts);
    assert_eq!(
        marked(&report.picture, "failed"),
        ["group1"],
        "{}",
        report.picture
    );
    let check = report.check(CheckId::Attachment);
    let groups: Vec<_> = check.failures().map(|it| it.group.as_deref()).collect();
    assert_eq!(groups, [Some("SecondGroup")]);
    insta::assert_snapshot!("picture_two_groups", report.picture);
}

#[test]
fn a_service_without_a_balancer_is_drawn_all_the_same() {
    let alone = |facts: &mut Facts| {
        facts.service.load_balancers.clear();
        facts.target_groups.clear();
        facts.balancers.clear();
    };
    let not_attached = picture(&broken(&[alone]));
    assert_eq!(marked(&not_attached, "failed"), ["balancer0"]);
    assert!(
        not_attached.contains("balancer0[\"no load balancer<br/>FAIL 4\"]"),
        "{not_attached}"
    );

    let parked = picture(&broken(&[alone, |facts| {
        facts.service.desired_count = Some(0);
    }]));
    assert_eq!(marked(&parked, "failed"), [""; 0]);
    assert_eq!(marked(&parked, "warned"), ["balancer0"]);
    assert!(parked.contains("<br/>parked\"]"), "{parked}");
}

#[test]
fn what_could_not_be_looked_at_is_neither_good_nor_bad() {
    let mut facts = live();
    facts.images = vec![Lookup::NotAsked];
    let why = "elasticloadbalancing:DescribeTargetGroups was refused";
    facts.note_unknown(CheckId::Attachment, Extent::Part, why);
    facts.target_groups.clear();
    facts.balancers.clear();
    let picture = picture(&facts);
    assert_eq!(
        marked(&picture, "unknown"),
        ["group0", "image0"],
        "{picture}"
    );
    assert_eq!(marked(&picture, "failed"), [""; 0], "{picture}");
    assert!(
        picture.contains("clients -.->|\"not known\"| group0"),
        "{picture}"
    );
}

#[test]
fn what_fails_in_one_of_two_files_is_marked() {
    let sound = files();
    let mut other = files();
    image(&mut other, "vkuldeep1/other:3f1c9e7");
    let report = examine(&[sound, other], "two files");
    assert_eq!(marked(&report.picture, "failed"), ["image0"]);
}

#[test]
fn a_name_cannot_draw() {
    let name = "a\"]:::failed\n```\nclick tasks \"https://example.com\"\nend";
    let picture = picture(&broken(&[|facts| {
        facts.service.name = "a\"]:::failed\n```\nclick tasks \"https://example.com\"\nend".into();
    }]));
    assert!(!picture.contains("```") && !picture.contains(name));
    let lines = picture.lines().skip(1);
    let starts = lines.filter_map(|line| line.split_whitespace().next());
    for start in starts {
        assert_ne!(start, "click", "{picture}");
        assert_ne!(start, "end", "{picture}");
    }
}

#[test]
fn a_failure_says_whether_the_service_works_or_is_exposed() {
    let exposed: [fn(&mut Facts); 3] = [
        |facts| let_in(facts, "0.0.0.0/0", 8000),
        |facts| let_in(facts, "10.0.0.0/8", 8000),
        |facts| let_in(facts, "::/0", 22),
    ];
    let broken_ways: [fn(&mut Facts); 4] = [
        |facts| group(facts, "TaskSecurityGroup").ingress.clear(),
        |facts| group(facts, "TaskSecurityGroup").egress.clear(),
        |facts| group(facts, "BalancerSecurityGroup").ingress.clear(),
        |facts| group(facts, "BalancerSecurityGroup").egress.clear(),
    ];
    let all = exposed.map(|it| (it, Concern::Exposure)).into_iter();
    for (breaks, concern) in all.chain(broken_ways.map(|it| (it, Concern::Works))) {
        let report = report(&broken(&[breaks]));
        let check = report.check(CheckId::SecurityGroups);
        let concerns: Vec<_> = check.failures().map(|it| it.concern).collect();
        assert_eq!(concerns, [concern], "{:?}", check.findings);
    }
}
