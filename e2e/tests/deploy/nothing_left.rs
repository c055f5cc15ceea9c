//! These tests leave nothing behind.

use crate::images::Image;
use crate::shop::{Shop, World};
use e2e::docker::docker;

#[test]
fn containers_and_pulled_images_are_gone_with_the_emulator_and_the_registry() {
    let world = World::make();
    Image::Good.push(&world.registry, "blue");
    let shop = Shop::open(&world, "shop", "blue");
    let (made, images) = (world.emulator.filter(), world.registry.image("*"));
    let containers = || docker(&["ps", "--all", "--quiet", "--filter", &made]);
    let pulled = || {
        docker(&[
            "images",
            "--quiet",
            "--filter",
            &format!("reference={images}"),
        ])
    };
    assert!(!containers().is_empty() && !pulled().is_empty());
    drop(shop);
    drop(world);
    assert_eq!((containers(), pulled()), (String::new(), String::new()));
}
