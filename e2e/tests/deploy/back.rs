//! Rollbacks.

use crate::images::Image;
use crate::shop::{Shop, World};

#[test]
fn it_goes_to_a_revision_and_to_a_commit_and_nowhere_without_the_image() {
    let world = World::make();
    let blue = Image::Good.push(&world.registry, "blue");
    Image::Good.push(&world.registry, "green");
    let shop = Shop::open(&world, "shop", "blue");
    let run = shop.cargo_ecs(&["deploy", "green"]);
    assert_eq!(run.code, 0, "{run:#?}");

    // On AWS this goes to the last good deployment. Here none is listed, and the tool says what to do instead.
    let run = shop.cargo_ecs(&["rollback"]);
    assert_eq!((run.code, shop.answer()), (1, "green".into()), "{run:#?}");
    assert!(run.stdout.contains("--to"), "{run:#?}");

    for (to, serves) in [("1", "blue"), ("green", "green")] {
        let run = shop.cargo_ecs(&["rollback", "--to", to]);
        assert_eq!((run.code, shop.answer()), (0, serves.into()), "{run:#?}");
    }

    world.registry.delete("shop", &blue);
    let run = shop.cargo_ecs(&["rollback", "--to", "shop:1"]);
    assert_eq!((run.code, shop.answer()), (18, "green".into()), "{run:#?}");
    assert!(run.stdout.contains("image exists"), "{run:#?}");
}
