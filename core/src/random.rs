//! Random bits for ids. They need to be distinct, not secret, so a small generator for each thread that starts from the
//! system's entropy does.

use rand::rngs::{SmallRng, SysRng};
use rand::{Rng, SeedableRng};
use std::cell::RefCell;

thread_local! {
    static GENERATOR: RefCell<SmallRng> = RefCell::new(generator());
}

fn generator() -> SmallRng {
    SmallRng::try_from_rng(&mut SysRng).unwrap_or_else(|_| {
        // No entropy from the system: a hash of addresses and time is the best that is left.
        use std::hash::{BuildHasher, RandomState};
        SmallRng::seed_from_u64(RandomState::new().hash_one(std::time::SystemTime::now()))
    })
}

/// So many times 64 random bits.
pub(crate) fn words<const COUNT: usize>() -> [u64; COUNT] {
    GENERATOR.with_borrow_mut(|generator| std::array::from_fn(|_| generator.next_u64()))
}
