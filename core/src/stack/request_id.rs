//! Request ids: which of the client's are accepted, and how new ones are made.

use crate::context::RequestId;
use crate::hex::DIGITS;
use crate::random;
use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::cell::RefCell;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LENGTH: usize = 32;
/// How many new ids share one allocation.
const BATCH: usize = 64;

/// The client's id if it sent exactly one and that is sane, otherwise the runtime's, otherwise a new one.
pub(super) fn of(headers: Option<&HeaderMap>, of_runtime: Option<RequestId>) -> RequestId {
    headers
        .and_then(of_client)
        .or(of_runtime)
        .unwrap_or_else(new)
}

fn of_client(headers: &HeaderMap) -> Option<RequestId> {
    let id = headers.get(X_REQUEST_ID)?;
    let is_taken = RequestId::is_sane(id.as_bytes()) && is_alone(headers);
    is_taken.then(|| RequestId::new(id.clone()))
}

fn is_alone(headers: &HeaderMap) -> bool {
    headers.get_all(X_REQUEST_ID).iter().nth(1).is_none()
}

/// A new id: 128 random bits in hexadecimal.
pub(crate) fn new() -> RequestId {
    thread_local! {
        static BUFFER: RefCell<BytesMut> = RefCell::default();
    }
    let [high, low] = random::words();
    let bits = u128::from(high) << 64 | u128::from(low);
    let digits = bits.to_be_bytes().map(|byte| DIGITS[usize::from(byte)]);
    let id = BUFFER.with_borrow_mut(|buffer| {
        if buffer.capacity() < LENGTH {
            *buffer = BytesMut::with_capacity(LENGTH * BATCH);
        }
        buffer.extend_from_slice(digits.as_flattened());
        buffer.split().freeze()
    });
    #[allow(
        clippy::expect_used,
        reason = "hexadecimal digits are valid in a header"
    )]
    let value = HeaderValue::from_maybe_shared(id).expect("ASCII");
    RequestId::new(value)
}

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
            assert_eq!(of(Some(&sent(&[id])), None).as_str(), id);
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
            let id = of(Some(&sent(ids)), None);
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
