//! Deployments under load.

use crate::images::Image;
use crate::shop::{Shop, World};
use e2e::load::Load;

const DEPLOYMENTS: usize = 12;
const CLIENTS: usize = 4;
/// Of each deployment, so that every one of them is under load.
const REQUESTS: u64 = 100;

/// Clients ask through the emulator's balancer. As an ALB, it sends to healthy targets, for a moment also to one whose
/// task is being stopped, and tries no request twice. It keeps no connections to targets; the one of `replacement` does.
#[test]
fn twelve_in_a_row_lose_no_request() {
    let world = World::make();
    for tag in ["blue", "green"] {
        Image::Good.push(&world.registry, tag);
    }
    let shop = Shop::open_unchecked(&world, "shop", "blue");
    let load = Load::start_for(&shop.host(), world.emulator.aws.addr, CLIENTS);
    for number in 1..=DEPLOYMENTS {
        let (tag, before) = (["blue", "green"][number % 2], load.succeeded());
        let run = shop.cargo_ecs(&["deploy", tag]);
        assert_eq!((run.code, shop.answer()), (0, tag.into()), "{run:#?}");
        load.wait_for(before + REQUESTS);
    }
    let (succeeded, failures) = load.stop();
    println!(
        "{DEPLOYMENTS} deployments: {succeeded} requests, {} failed",
        failures.len()
    );
    assert_eq!(failures, Vec::<String>::new());
}
