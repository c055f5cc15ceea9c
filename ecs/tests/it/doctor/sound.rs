//! Facts about set-ups that are as they should be.

use ecs::facts::{Facts, RunningImage, Target};
use ecs::files::{Template, facts_of};
use ecs::image::{Found, ImageConfig, Lookup, Platform, Quota};

pub(crate) const IMAGE: &str = "vkuldeep1/myapp:3f1c9e7";
pub(crate) const DIGEST: &str =
    "sha256:1111111111111111111111111111111111111111111111111111111111111111";

/// The repository's own stack.
pub(crate) fn files() -> Facts {
    files_of(&[("Image", IMAGE)])
}

fn files_of(parameters: &[(&str, &str)]) -> Facts {
    let template = Template::parse(include_str!("../../../stack.yaml")).unwrap();
    let mut facts = facts_of(&template, parameters).unwrap();
    facts.expected_repository = Some("vkuldeep1/myapp".into());
    facts.expected_tag = Some("3f1c9e7".into());
    facts.images = vec![found()];
    facts
}

/// The same, as if it ran.
pub(crate) fn live() -> Facts {
    live_of(&[("Image", IMAGE)])
}

/// With the tasks in the first target group that the service names.
pub(crate) fn live_of(parameters: &[(&str, &str)]) -> Facts {
    let mut facts = files_of(parameters);
    facts.is_of_files = false;
    facts.is_made = true;
    facts.running = vec![RunningImage {
        task: "0123456789abcdef".into(),
        container: "app".into(),
        digest: DIGEST.into(),
    }];
    let healthy = Target {
        id: "10.0.0.17".into(),
        port: Some(8000),
        state: "healthy".into(),
        reason: None,
    };
    let first = facts.service.load_balancers[0].target_group_arn.clone();
    for group in &mut facts.target_groups {
        let has_tasks = Some(&group.arn) == first.as_ref();
        group.targets = Some(has_tasks.then(|| healthy.clone()).into_iter().collect());
    }
    facts.balancers[0].state = Some("active".into());
    facts.service.name = "shop".into();
    facts.service.cluster_arn = "arn:aws:ecs:us-east-1:111122223333:cluster/shop".into();
    facts
}

pub(crate) fn found() -> Lookup {
    let platform = |architecture: &str| Platform {
        os: "linux".into(),
        architecture: architecture.into(),
    };
    Lookup::Found(Box::new(Found {
        digest: DIGEST.into(),
        manifests: vec![DIGEST.replace('1', "2")],
        platforms: vec![platform("amd64"), platform("arm64")],
        exposed: vec![8000],
        config: ImageConfig::default(),
        is_from_scratch: false,
        quota: Some(Quota {
            remaining: 76,
            limit: Some(100),
        }),
    }))
}
