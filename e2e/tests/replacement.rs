//! Tasks come and go behind a load balancer, under load.

use e2e::balancer::{Balancer, Target};
use e2e::container::{Container, Cut};
use e2e::load::Load;
use e2e::network::Network;
use std::thread::{self, sleep};
use std::time::Duration;

const CLIENTS: usize = 32;
const REQUESTS: u64 = 1_000_000;
const REPLACEMENTS: u64 = 10;
/// Enough to be in the middle of it.
const SOME: u64 = 10_000;

type Task = (Container, Target);

/// Two tasks that are healthy for Docker, as for ECS, and for the load balancer.
fn start_two(network: &Network, balancer: &Balancer) -> [Task; 2] {
    let containers = [Container::start(network), Container::start(network)];
    containers.map(|container| {
        container.wait_healthy();
        let target = balancer.register(container.addr());
        (container, target)
    })
}

/// How long the load balancer goes on sending to a task that is no longer wanted. An ALB takes about as long
/// to spread the word.
const UNTIL_KNOWN: Duration = Duration::from_secs(1);

/// ECS deregisters, waits out the deregistration delay, and then stops the tasks.
fn deregister_then_stop(balancer: &Balancer, tasks: &[Task; 2]) {
    deregister(balancer, tasks);
    sleep(UNTIL_KNOWN);
    terminate(tasks);
}

/// ECS stops the tasks and deregisters them at the same moment, and the load balancer learns of it later.
fn stop_while_still_registered(balancer: &Balancer, tasks: &[Task; 2]) {
    thread::scope(|scope| {
        scope.spawn(|| terminate(tasks));
        sleep(UNTIL_KNOWN);
        deregister(balancer, tasks);
    });
}

fn deregister(balancer: &Balancer, tasks: &[Task; 2]) {
    for (_, target) in tasks {
        balancer.deregister(*target);
    }
}

fn terminate(tasks: &[Task; 2]) {
    thread::scope(|scope| {
        for (container, _) in tasks {
            scope.spawn(|| container.kill("TERM"));
        }
    });
}

/// Tasks that have been replaced have lost nothing, by their own word and by the load balancer's.
fn assert_lossless(balancer: &Balancer, tasks: &[Task; 2]) {
    for (container, target) in tasks {
        assert_eq!(container.cut(), Cut::NOTHING);
        for field in ["econ", "eresp", "wretr", "wredis"] {
            assert_eq!(balancer.count(*target, field), 0, "{field} of {target:?}");
        }
        let share = balancer.count(*target, "stot");
        assert!(share > 0, "{target:?} had its share");
    }
}

#[test]
fn a_million_requests_pass_ten_rolling_replacements_and_none_is_lost_in_either_order() {
    let network = Network::create();
    let balancer = Balancer::start();
    let mut tasks = start_two(&network, &balancer);
    let load = Load::start(balancer.addr, CLIENTS);
    for number in 1..=REPLACEMENTS {
        let replacements = start_two(&network, &balancer);
        if number % 2 == 1 {
            deregister_then_stop(&balancer, &tasks);
        } else {
            stop_while_still_registered(&balancer, &tasks);
        }
        assert_lossless(&balancer, &tasks);
        tasks = replacements;
        // Under load all the time, and not at the end only.
        load.wait_for(REQUESTS * number / REPLACEMENTS);
    }
    let (succeeded, failures) = load.stop();
    println!(
        "{REPLACEMENTS} rolling replacements: {succeeded} requests, {} failed",
        failures.len()
    );
    assert_eq!(failures, Vec::<String>::new());
}

#[test]
fn a_task_that_is_killed_takes_only_its_requests_in_flight_with_it() {
    let network = Network::create();
    let balancer = Balancer::start();
    let [victim, survivor] = start_two(&network, &balancer);
    let load = Load::start(balancer.addr, CLIENTS);
    load.wait_for(SOME);
    victim.0.kill("KILL");
    load.wait_for(load.succeeded() + SOME);
    let (succeeded, failures) = load.stop();
    println!("killed: {succeeded} requests, {} failed", failures.len());
    let in_flight = balancer.count(victim.1, "eresp");
    assert_eq!(failures.len() as u64, in_flight, "{failures:?}");
    assert!(in_flight <= CLIENTS as u64);
    assert_eq!(balancer.count(survivor.1, "eresp"), 0);
}
