//! What would fail is not tried.

use crate::images::Image;
use crate::shop::{Shop, World};

/// The tag, and what the verdict says.
const REFUSED: [(&str, &[&str]); 3] = [
    ("gone", &["1 image exists", "but no gone"]),
    (
        "variable",
        &["6 tasks start", "its image requires ENVIRONMENT"],
    ),
    (
        "elsewhere",
        &[
            "3 container port",
            "listens on 9000",
            "the definition maps 8000",
        ],
    ),
];

#[test]
fn what_the_registry_shows_to_be_wrong_is_refused_and_nothing_is_touched() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    Image::SaysAnotherPort.push(&world.registry, "elsewhere");
    Image::Plain.push(&world.registry, "variable");
    let shop = Shop::open(&world, "shop", "blue");
    for (tag, said) in REFUSED {
        let run = shop.cargo_ecs(&["deploy", tag]);
        assert_eq!(run.code, 18, "{run:#?}");
        for text in said {
            assert!(run.stdout.contains(text), "{text}: {run:#?}");
        }
    }
    assert_eq!((shop.revisions(), shop.answer()), (1, "blue".into()));
}

#[test]
fn a_tag_that_is_missing_fails_in_the_pull_if_it_is_forced_past_the_preflight() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    let shop = Shop::open(&world, "shop", "blue");
    let run = shop.cargo_ecs(&["deploy", "gone", "--force"]);
    assert_eq!((run.code, shop.answer()), (10, "blue".into()), "{run:#?}");
    for text in ["cause: image not found", "CannotPullContainerError"] {
        assert!(run.stdout.contains(text), "{text}: {run:#?}");
    }
}
