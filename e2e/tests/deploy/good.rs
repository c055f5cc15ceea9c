//! A deployment that goes well.

use crate::images::Image;
use crate::shop::{Shop, World};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// Two looks of five seconds for the older API to name the deployment, one to see its end, and as much again for a busy
/// machine. Waiting for the newer API alone would take a minute.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn it_ends_when_the_new_image_serves_and_without_waiting_for_the_newer_api() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    let digest = Image::Good.push(&world.registry, "green");
    let shop = Shop::open(&world, "shop", "blue");
    assert_eq!(shop.answer(), "blue");

    let start = Instant::now();
    let run = shop.cargo_ecs(&["deploy", "green", "--json"]);
    let took = start.elapsed();
    assert_eq!(run.code, 0, "{run:#?}");
    let outcome = run.json();
    let image = world.registry.image("shop:green");
    assert_eq!(
        (&outcome["verdict"], &outcome["image"]),
        (&json!("deployed"), &json!(image))
    );
    assert_eq!(shop.answer(), "green");
    // What runs is what was pushed, by the registry's word and by ECS's.
    assert_eq!(shop.digests(), [digest]);
    assert!(took < SOON, "{took:?}: {}", run.stderr);

    let again = shop.cargo_ecs(&["deploy", "green"]);
    assert_eq!(again.code, 0, "{again:#?}");
    assert!(again.stderr.contains("already"), "{again:#?}");
    assert_eq!(shop.revisions(), 2);
}

#[test]
fn by_its_digest_it_is_deployed_as_well_and_the_other_commands_agree() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    let digest = Image::Good.push(&world.registry, "green");
    let shop = Shop::open(&world, "shop", "blue");
    let image = world.registry.image(&format!("shop@{digest}"));

    let dry = shop.cargo_ecs(&["deploy", &image, "--dry-run"]);
    assert_eq!((dry.code, shop.revisions()), (0, 1), "{dry:#?}");
    let run = shop.cargo_ecs(&["deploy", &image]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(shop.digests(), [digest]);

    let status = shop.status();
    assert_eq!(
        (&status["image"], &status["running"]),
        (&json!(image), &json!(1))
    );
    assert_eq!(status["deployments"][0]["state"], "COMPLETED");
    assert_eq!(status["targets"][0]["state"], "healthy");

    let doctor = shop.cargo_ecs(&["doctor"]);
    assert_eq!(doctor.code, 0, "{doctor:#?}");

    // Of both tasks: the log outlives them.
    let logs = shop.cargo_ecs(&["logs"]);
    assert_eq!(logs.code, 0, "{logs:#?}");
    let listening = logs.stdout.matches(r#""message":"listening""#);
    assert_eq!(listening.count(), 2, "{logs:#?}");

    let mut definition = shop.definition("green");
    definition["containerDefinitions"][0]["image"] = json!(image);
    let file = shop.directory.path().join("definition.json");
    let diff = |definition: &Value| {
        fs::write(&file, definition.to_string()).expect("a file");
        shop.cargo_ecs(&["diff", "--definition", "definition.json"])
    };
    let same = diff(&definition);
    assert_eq!((same.code, same.stdout.as_str()), (0, ""), "{same:#?}");
    definition["memory"] = json!("1024");
    let other = diff(&definition);
    assert_eq!(other.code, 1, "{other:#?}");
    assert_eq!(
        other.stdout,
        "memory: the file says \"1024\", and \"512\" runs\n"
    );
}
