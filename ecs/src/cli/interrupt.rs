//! Ctrl-C while a deployment goes on: it goes on in AWS, so what is wanted has to be asked.

use super::confirm::says_yes;
use crate::aws::Cloud;
use crate::deploy::{Order, stop_and_roll_back};
use std::io::{IsTerminal, stdin};
use std::pin::pin;

/// The exit code after Ctrl-C, as of a shell: 128 and the signal's number.
pub(super) const CODE: u8 = 130;

/// Waits for `work`, or for Ctrl-C. On a terminal that asks whether to roll back, and then goes on waiting; none if
/// nobody is to wait any longer.
pub(super) async fn unless_interrupted<T>(
    cloud: &impl Cloud,
    order: &Order,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            _ = tokio::signal::ctrl_c() => {}
        }
        if order.begun.revision().is_none() {
            anstream::eprintln!("nothing was deployed");
            return None;
        }
        if stdin().is_terminal() && says_yes("roll back?") {
            match stop_and_roll_back(cloud, order).await {
                Ok(true) => {
                    anstream::eprintln!("going back");
                    continue;
                }
                Ok(false) => anstream::eprintln!("it does not go on any more"),
                Err(error) => anstream::eprintln!("cannot go back: {error}"),
            }
        }
        anstream::eprintln!("nobody waits any longer; what has begun goes on in AWS");
        return None;
    }
}
