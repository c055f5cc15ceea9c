//! Ways to break a sound set-up, by the check that has to find them.

use super::change::{
    attachment, command, group, image, let_in, mapping, private, target, variable,
};
use ecs::doctor::CheckId::{
    self, Attachment, ContainerPort, ImageExists, ImageName, SecurityGroups,
};
use ecs::facts::{Facts, Peer, Rule};
use ecs::image::{Lookup, Platform, Quota};

pub(crate) type Break = fn(&mut Facts);

/// The check, what is done, and what has to be said.
pub(crate) const BREAKS: &[(CheckId, Break, &str)] = &[
    (
        ImageExists,
        missing_tag,
        "Docker Hub has vkuldeep1/myapp, but no 3f1c9e7",
    ),
    (
        ImageExists,
        |facts| {
            facts.images = vec![no_access(false)];
        },
        "it does not exist, or it is private",
    ),
    (
        ImageExists,
        |facts| {
            facts.images = vec![no_access(true)];
        },
        "these credentials may read",
    ),
    (
        ImageExists,
        other_platform,
        "was built for linux/amd64, and the task runs on linux/arm64",
    ),
    (
        ImageName,
        wrong_repository,
        "runs your-dockerhub-username/your-app, and vkuldeep1/myapp is expected",
    ),
    (
        ImageName,
        |facts| image(facts, "vkuldeep1/myap:3f1c9e7"),
        "which looks like a typo",
    ),
    (
        ImageName,
        |facts| image(facts, "vkuldeep1/myapp:0000000"),
        "the tag 3f1c9e7 is expected",
    ),
    (ContainerPort, port_mismatch, "and the definition maps 80"),
    (
        ContainerPort,
        |facts| variable(facts, "DUALRUN_ADDR", "0.0.0.0:9000"),
        "listens on 9000 (DUALRUN_ADDR=0.0.0.0:9000)",
    ),
    (
        ContainerPort,
        |facts| variable(facts, "DUALRUN_ADDR", "127.0.0.1:8000"),
        "nothing outside of the task reaches",
    ),
    (
        ContainerPort,
        |facts| mapping(facts).host_port = Some(80),
        "hostPort 80 is not containerPort 8000",
    ),
    (
        ContainerPort,
        |facts| command(facts, "curl -f http://localhost:80/ || exit 1"),
        "the health check of app asks port 80",
    ),
    (
        Attachment,
        not_attached,
        "attached to no load balancer; alb-of-shop exists, but that alone does nothing",
    ),
    (
        Attachment,
        |facts| attachment(facts).container_name = Some("web".into()),
        "attaches the container \"web\", and the definition has app",
    ),
    (
        Attachment,
        |facts| facts.target_groups[0].target_type = "instance".into(),
        "takes targets of type instance",
    ),
    (
        Attachment,
        |facts| facts.balancers[0].listeners[0].forwards_to.clear(),
        "no listener forwards to the target group",
    ),
    (
        Attachment,
        |facts| facts.balancers[0].state = Some("failed".into()),
        "is failed",
    ),
    (
        Attachment,
        |facts| facts.balancers[0].zones = 1,
        "is in 1 zone, and needs two",
    ),
    (
        Attachment,
        |facts| facts.target_groups.clear(),
        "which does not exist",
    ),
    (
        Attachment,
        |facts| facts.target_groups[0].targets = Some(Vec::new()),
        "no task is registered",
    ),
    (
        Attachment,
        unhealthy,
        "10.0.0.17:8000 is unhealthy: it does not answer in time",
    ),
    (
        SecurityGroups,
        |facts| group(facts, "TaskSecurityGroup").ingress.clear(),
        "does not let the load balancer's group BalancerSecurityGroup in on port 8000",
    ),
    (
        SecurityGroups,
        |facts| let_in(facts, "0.0.0.0/0", 8000),
        "lets everyone (0.0.0.0/0) in on tcp 8000",
    ),
    (
        SecurityGroups,
        |facts| let_in(facts, "::/0", 8000),
        "lets everyone (::/0) in on tcp 8000",
    ),
    (
        SecurityGroups,
        |facts| let_in(facts, "10.0.0.0/8", 8000),
        "lets 10.0.0.0/8 in on tcp 8000",
    ),
    (
        SecurityGroups,
        |facts| let_in(facts, "0.0.0.0/0", 22),
        "lets everyone (0.0.0.0/0) in on tcp 22",
    ),
    (SecurityGroups, wide_range, "in on tcp 0-65535"),
    (
        SecurityGroups,
        |facts| group(facts, "TaskSecurityGroup").egress.clear(),
        "lets no task out on port 443",
    ),
    (
        SecurityGroups,
        |facts| group(facts, "BalancerSecurityGroup").egress.clear(),
        "does not let Balancer out to the tasks on port 8000",
    ),
    (
        SecurityGroups,
        |facts| group(facts, "BalancerSecurityGroup").ingress.clear(),
        "lets nobody in on port 80",
    ),
    (
        SecurityGroups,
        dangling,
        "names sg-gone, which does not exist",
    ),
    (
        SecurityGroups,
        |facts| facts.groups.retain(|group| group.id != "TaskSecurityGroup"),
        "the security group TaskSecurityGroup does not exist",
    ),
];

/// As above, of what another break takes away with all the rest.
pub(crate) const ALONE: &[(CheckId, Break, &str)] = &[(
    ContainerPort,
    |facts| {
        unhealthy(facts);
        facts.target_groups[0].health_port = Some(81);
    },
    "asks port 81, which is not mapped",
)];

/// What may be meant so, or cannot be looked at.
pub(crate) const WARNINGS: &[(Break, &str)] = &[
    (
        |facts| {
            // Of a machine's own.
            facts.definition.requires_compatibilities.clear();
            facts.service.launch_type = Some("EC2".into());
            facts.definition.network_mode = Some("bridge".into());
        },
        "no network of their own",
    ),
    (
        |facts| {
            facts.images = vec![Lookup::RateLimited(Some(Quota {
                remaining: 0,
                limit: Some(100),
            }))];
        },
        "rate limit is used up (0 of 100 pulls left)",
    ),
    (
        |facts| facts.images = vec![Lookup::Unreachable("no route".into())],
        "could not be asked",
    ),
    (
        |facts| facts.running[0].digest = facts.running[0].digest.replace('1', "9"),
        "the tag was pushed again",
    ),
    (
        |facts| {
            facts.expected_tag = None;
            image(facts, "vkuldeep1/myapp:latest");
        },
        "has the tag latest",
    ),
    (
        |facts| {
            facts.expected_tag = None;
            image(facts, "vkuldeep1/myapp");
        },
        "has no tag",
    ),
    (
        |facts| facts.service.desired_count = Some(0),
        "the desired count is 0",
    ),
    (
        |facts| {
            let container = &mut facts.definition.container_definitions[0];
            container.repository_credentials = Some("arn:aws:secretsmanager:r:1:secret:hub".into());
            facts.images[0] = Lookup::NoAccess {
                with_credentials: false,
            };
        },
        "the task has credentials of its own",
    ),
    (
        |facts| facts.balancers[0].state = Some("provisioning".into()),
        "is still being made",
    ),
    (
        |facts| target_state(facts, "initial", "Elb.InitialHealthChecking"),
        "asked for the first time",
    ),
    (
        |facts| let_in(facts, "10.1.2.3/32", 22),
        "which the service does not need",
    ),
    (
        |facts| group(facts, "TaskSecurityGroup").name = "default".into(),
        "the VPC's default group",
    ),
];

/// Other ways to be sound.
pub(crate) const SOUND: &[Break] = &[
    // A network load balancer without a security group, before tasks that nobody else reaches.
    |facts| {
        private(facts);
        facts.balancers[0].kind = "network".into();
        facts.balancers[0].security_groups.clear();
        group(facts, "TaskSecurityGroup").ingress.clear();
        let_in(facts, "0.0.0.0/0", 8000);
    },
    // Two groups that only together let everything through.
    |facts| {
        let mut second = group(facts, "TaskSecurityGroup").clone();
        second.id = "sg-second".into();
        group(facts, "TaskSecurityGroup").ingress.clear();
        second.egress.clear();
        facts.groups.push(second);
        let network = &mut facts.service.network_configuration.awsvpc_configuration;
        network.security_groups.push("sg-second".into());
    },
    // A content network in front, by its list.
    |facts| {
        let peer = Peer::PrefixList("pl-1".into());
        group(facts, "BalancerSecurityGroup").ingress[0].peer = peer;
    },
    // A target group for a health check on the port itself, and a container beside the app.
    |facts| {
        let mut sidecar = facts.definition.container_definitions[0].clone();
        sidecar.name = "sidecar".into();
        sidecar.port_mappings.clear();
        facts.definition.container_definitions.push(sidecar);
        facts.images.push(facts.images[0].clone());
        facts.target_groups[0].health_port = Some(8000);
    },
];

/// The classic four, and the last of the checklist.
pub(crate) const CLASSIC: &[(&str, Break)] = &[
    ("wrong_image_name", |facts| {
        wrong_repository(facts);
        // Somebody else's, or nobody's.
        facts.images = vec![no_access(false)];
    }),
    ("missing_image_tag", missing_tag),
    ("port_mismatch", port_mismatch),
    ("alb_not_attached", not_attached),
    ("security_groups", |facts| let_in(facts, "0.0.0.0/0", 8000)),
];

fn no_access(with_credentials: bool) -> Lookup {
    Lookup::NoAccess { with_credentials }
}

fn missing_tag(facts: &mut Facts) {
    facts.images = vec![Lookup::NoSuchVersion];
}

fn other_platform(facts: &mut Facts) {
    let Lookup::Found(found) = &mut facts.images[0] else {
        unreachable!("it is sound")
    };
    found.platforms = vec![Platform {
        os: "linux".into(),
        architecture: "amd64".into(),
    }];
}

fn wrong_repository(facts: &mut Facts) {
    image(facts, "your-dockerhub-username/your-app:3f1c9e7");
}

fn port_mismatch(facts: &mut Facts) {
    mapping(facts).container_port = Some(80);
    if let Some(attached) = facts.service.load_balancers.first_mut() {
        attached.container_port = Some(80);
    }
    // The network follows the definition, as it would if somebody had meant it.
    for group in &mut facts.groups {
        for rule in group.ingress.iter_mut().chain(&mut group.egress) {
            if rule.ports == Some((8000, 8000)) {
                rule.ports = Some((80, 80));
            }
        }
    }
}

fn not_attached(facts: &mut Facts) {
    facts.service.load_balancers.clear();
    facts.target_groups.clear();
    facts.balancers.clear();
    facts.other_balancers = vec!["alb-of-shop".into()];
}

fn unhealthy(facts: &mut Facts) {
    target_state(facts, "unhealthy", "Target.Timeout");
}

fn target_state(facts: &mut Facts, state: &str, reason: &str) {
    let target = target(facts);
    target.state = state.into();
    target.reason = Some(reason.into());
}

fn wide_range(facts: &mut Facts) {
    let_in(facts, "203.0.113.0/24", 8000);
    let rules = &mut group(facts, "TaskSecurityGroup").ingress;
    rules.last_mut().unwrap().ports = Some((0, 65535));
}

fn dangling(facts: &mut Facts) {
    let peer = Peer::Group("sg-gone".into());
    let rule = Rule {
        protocol: "tcp".into(),
        ports: Some((5432, 5432)),
        peer,
    };
    group(facts, "BalancerSecurityGroup").egress.push(rule);
}
