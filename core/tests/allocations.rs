//! What metrics take of memory for a request: nothing. A process of its own, whose allocator counts.

use allocation_counter::measure;
use dualrun::metrics::{Recorder, facade};
use dualrun::testing::Caller;
use dualrun::{Body, Options};
use http::{Request, Response};
use std::convert::Infallible;
use tokio::runtime::{Builder, Runtime};
use tower::service_fn;

const REQUESTS: u64 = 1000;

/// The allocations of that many requests, when as many have been answered before.
fn allocations(runtime: &Runtime) -> u64 {
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Body::from("hello")))
    });
    let caller = Caller::new(service, &Options::default());
    let answer = || {
        for _ in 0..REQUESTS {
            runtime.block_on(caller.call(Request::new(Body::empty())));
        }
    };
    answer();
    measure(answer).count_total
}

#[test]
fn to_record_a_request_takes_no_memory() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let without = allocations(&runtime);
    let recorder = Recorder::new();
    let with = facade::with_local_recorder(&recorder, || allocations(&runtime));
    assert!(
        recorder
            .prometheus()
            .contains("outcome=\"answered\"} 2000\n")
    );
    assert_eq!(with, without);
}

#[test]
fn nor_does_a_metric_of_the_programs_own_that_is_known() {
    let recorder = Recorder::new();
    facade::with_local_recorder(&recorder, || {
        let count = || {
            facade::counter!("orders", "kind" => "new").increment(1);
            facade::histogram!("sizes").record(3.0);
        };
        count();
        assert_eq!(measure(count).count_total, 0);
    });
}
