//! None, one and two tasks.

use crate::images::Image;
use crate::shop::{Shop, World};
use e2e::local::wait_for;

#[test]
fn a_parked_service_gets_an_image_only_if_that_is_asked_for_and_runs_it_once_it_is_scaled() {
    let world = World::make();
    for tag in ["blue", "green"] {
        Image::Good.push(&world.registry, tag);
    }
    let shop = Shop::open(&world, "shop", "blue");
    let scale = |count: &str| {
        let run = shop.cargo_ecs(&["scale", count]);
        assert_eq!(run.code, 0, "{run:#?}");
        run.stdout
    };
    assert_eq!(scale("0"), "shop goes from 1 to 0 tasks\n");
    wait_for("no target", || shop.healthy() == 0);

    let run = shop.cargo_ecs(&["deploy", "green"]);
    assert_eq!((run.code, shop.revisions()), (17, 1), "{run:#?}");
    let run = shop.cargo_ecs(&["deploy", "green", "--allow-parked"]);
    assert_eq!((run.code, shop.revisions()), (0, 2), "{run:#?}");
    assert!(run.stdout.contains("nothing runs"), "{run:#?}");
    assert_eq!(shop.status()["running"], 0);

    assert_eq!(scale("2"), "shop goes from 0 to 2 tasks\n");
    wait_for("two targets", || shop.healthy() == 2);
    assert_eq!(shop.answer(), "green");
    assert_eq!(scale("1"), "shop goes from 2 to 1 tasks\n");
    wait_for("one target", || shop.healthy() == 1);
}
