//! Request ids: which of the client's are accepted, and how new ones are made.

use crate::context::RequestId;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::cell::RefCell;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LENGTH: usize = 32;
/// How many new ids share one allocation.
const BATCH: usize = 64;

/// The client's id if it sent exactly one and that is sane, otherwise the runtime's, otherwise a new one.
pub(super) fn of(headers: &HeaderMap, of_runtime: Option<RequestId>) -> RequestId {
    match headers.get(X_REQUEST_ID) {
        Some(id) if RequestId::is_sane(id.as_bytes()) && is_alone(headers) => {
            RequestId::new(id.clone())
        }
        _ => of_runtime.unwrap_or_else(new),
    }
}

fn is_alone(headers: &HeaderMap) -> bool {
    headers.get_all(X_REQUEST_ID).iter().nth(1).is_none()
}

/// A new id: 128 random bits in hexadecimal.
pub(crate) fn new() -> RequestId {
    thread_local! {
        static GENERATOR: RefCell<Generator> = RefCell::new(Generator::new());
    }
    let id = GENERATOR.with_borrow_mut(Generator::next);
    #[allow(
        clippy::expect_used,
        reason = "hexadecimal digits are valid in a header"
    )]
    let value = HeaderValue::from_maybe_shared(id).expect("ASCII");
    RequestId::new(value)
}

/// Ids need to be distinct, not secret, so a small generator that starts from the system's entropy does.
struct Generator {
    random: SmallRng,
    batch: BytesMut,
}

impl Generator {
    fn new() -> Self {
        let random = SmallRng::try_from_rng(&mut rand::rngs::SysRng).unwrap_or_else(|_| {
            // No entropy from the system: a hash of addresses and time is the best that is left.
            use std::hash::{BuildHasher, RandomState};
            SmallRng::seed_from_u64(RandomState::new().hash_one(std::time::SystemTime::now()))
        });
        Self {
            random,
            batch: BytesMut::new(),
        }
    }

    fn next(&mut self) -> Bytes {
        if self.batch.capacity() < LENGTH {
            self.batch = BytesMut::with_capacity(LENGTH * BATCH);
        }
        let bits = (u128::from(self.random.next_u64()) << 64) | u128::from(self.random.next_u64());
        let digits = bits.to_be_bytes().map(|byte| DIGITS[usize::from(byte)]);
        self.batch.extend_from_slice(digits.as_flattened());
        self.batch.split().freeze()
    }
}

/// The two digits of each byte.
const DIGITS: [[u8; 2]; 256] = {
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        let digits = b"0123456789abcdef";
        table[byte] = [digits[byte >> 4], digits[byte & 0xf]];
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn sent(values: &[&'static str]) -> HeaderMap {
        let values = values
            .iter()
            .map(|v| (X_REQUEST_ID, HeaderValue::from_static(v)));
        values.collect()
    }

    #[test]
    fn sane_ids_are_taken_over() {
        for id in [
            "a",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "Root=1-67891233-abcdef012345678912345678",
        ] {
            assert_eq!(of(&sent(&[id]), None).as_str(), id);
        }
    }

    #[test]
    fn others_are_replaced() {
        let long = "a".repeat(129);
        let long: &'static str = Box::leak(long.into_boxed_str());
        for ids in [
            &["two words"][..],
            &["{}"],
            &[""],
            &[long],
            &["a", "b"],
            &[],
        ] {
            let id = of(&sent(ids), None);
            assert!(
                id.as_str().len() == LENGTH && !ids.contains(&id.as_str()),
                "{ids:?}: {id}"
            );
        }
    }

    #[test]
    fn new_ids_are_distinct_beyond_one_batch() {
        let ids: HashSet<String> = (0..BATCH * 3).map(|_| new().to_string()).collect();
        assert_eq!(ids.len(), BATCH * 3);
    }
}
