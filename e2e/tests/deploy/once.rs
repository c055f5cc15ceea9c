//! A command that runs once, as a task of its own.

use crate::images::Image;
use crate::shop::{Shop, World};

#[test]
fn it_ends_as_the_command_does_with_what_that_has_printed_and_the_service_goes_on() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    Image::Broken("none").push(&world.registry, "jobs");
    let shop = Shop::open(&world, "shop", "blue");
    // The project's own program knows no such command, and says so.
    let run = shop.cargo_ecs(&["run", "--", "migrate", "up"]);
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.stdout.contains("usage: no argument"), "{run:#?}");
    let run = shop.cargo_ecs(&["run", "--image", "jobs", "--", "migrate", "up"]);
    assert_eq!((run.code, shop.answer()), (0, "blue".into()), "{run:#?}");
}
