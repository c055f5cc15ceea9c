//! Tasks come and go behind a load balancer, under load.

use e2e::balancer::{Balancer, Target};
use e2e::container::Container;
use e2e::load::Load;
use e2e::network::Network;
use std::thread::{self, sleep};
use std::time::Duration;

const CLIENTS: usize = 32;
const REQUESTS: u64 = 100_000;

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

#[test]
fn a_rolling_replacement_loses_no_request_in_either_order() {
    let network = Network::create();
    let balancer = Balancer::start();
    let first = start_two(&network, &balancer);
    let load = Load::start(balancer.addr, CLIENTS);
    load.wait_for(REQUESTS / 10);

    let second = start_two(&network, &balancer);
    deregister_then_stop(&balancer, &first);
    let third = start_two(&network, &balancer);
    stop_while_still_registered(&balancer, &second);

    load.wait_for(REQUESTS);
    let (succeeded, failures) = load.stop();
    println!(
        "rolling replacement: {succeeded} requests, {} failed",
        failures.len()
    );
    assert_eq!(failures, Vec::<String>::new());
    for (container, target) in first.iter().chain(&second) {
        assert_eq!(container.exit_code(), 0);
        assert_eq!(container.lines("stopped")[0]["requests_cut"], 0);
        for field in ["econ", "eresp", "wretr", "wredis"] {
            assert_eq!(balancer.count(*target, field), 0, "{field} of {target:?}");
        }
        assert!(
            balancer.count(*target, "stot") > 0,
            "{target:?} had its share"
        );
    }
    drop(third);
}

#[test]
fn a_task_that_is_killed_takes_only_its_requests_in_flight_with_it() {
    let network = Network::create();
    let balancer = Balancer::start();
    let [victim, survivor] = start_two(&network, &balancer);
    let load = Load::start(balancer.addr, CLIENTS);
    load.wait_for(REQUESTS / 10);
    victim.0.kill("KILL");
    load.wait_for(load.succeeded() + REQUESTS / 10);
    let (succeeded, failures) = load.stop();
    println!("killed: {succeeded} requests, {} failed", failures.len());
    let in_flight = balancer.count(victim.1, "eresp");
    assert_eq!(failures.len() as u64, in_flight, "{failures:?}");
    assert!(in_flight <= CLIENTS as u64);
    assert_eq!(balancer.count(survivor.1, "eresp"), 0);
}
