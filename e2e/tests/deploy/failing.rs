//! Deployments that fail: the service goes on with the old image, and the verdict names the cause. They are forced past the
//! preflight, which reads of some of these images what they need.

use crate::images::Image;
use crate::shop::{Shop, World};
use std::thread;

/// A service's name, the image that it gets, the cause's name, and the evidence for it.
const CASES: [(&str, Image, &str, &str); 5] = [
    (
        "variable",
        Image::Plain,
        "missing variable",
        "Missing required environment variables: ENVIRONMENT",
    ),
    (
        "port",
        Image::ListensElsewhere,
        "health check of the load balancer",
        "Task failed ELB health checks",
    ),
    (
        "answer",
        Image::Broken("answer"),
        "health check of the load balancer",
        "Task failed ELB health checks",
    ),
    (
        "health",
        Image::Broken("health"),
        "health check of the container",
        "Task failed container health checks",
    ),
    (
        "memory",
        Image::Broken("memory"),
        "out of memory",
        "OutOfMemoryError",
    ),
];

#[test]
fn each_is_rolled_back_with_its_cause_while_the_old_image_serves() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    for (name, image, ..) in &CASES {
        image.push(&world.registry, name);
    }
    // All at once: most of it is ECS's waiting.
    thread::scope(|scope| {
        for (name, _, cause, evidence) in &CASES {
            let world = &world;
            scope.spawn(move || {
                let shop = Shop::open(world, name, "blue");
                let run = shop.cargo_ecs(&["deploy", name, "--force"]);
                assert_eq!(run.code, 10, "{run:#?}");
                for text in [&format!("cause: {cause}"), *evidence] {
                    assert!(run.stdout.contains(text), "{text}: {run:#?}");
                }
                assert_eq!(shop.answer(), "blue");
                let status = shop.status();
                assert_eq!(status["image"], world.registry.image("shop:blue"));
            });
        }
    });
}

#[test]
fn after_one_that_failed_the_next_is_followed_to_its_own_end() {
    let world = World::make();
    for tag in ["blue", "green"] {
        Image::Good.push(&world.registry, tag);
    }
    Image::Plain.push(&world.registry, "red");
    let shop = Shop::open(&world, "shop", "blue");
    for (tag, code, serves) in [("red", 10, "blue"), ("green", 0, "green")] {
        let run = shop.cargo_ecs(&["deploy", tag, "--force"]);
        assert_eq!((run.code, shop.answer()), (code, serves.into()), "{run:#?}");
    }
}
