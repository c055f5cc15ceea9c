//! AWS's header for X-Ray: `X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1`.
//!
//! The digits of a root are those of a trace's id of the W3C. Load balancers and API Gateway send a root alone, or add a
//! `Self`; who began the trace may have left open whether it is sampled.

use super::{Parent, SpanId, TraceContext, TraceId};
use crate::hex::decode;
use http::HeaderName;

pub(crate) const X_AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

const VERSION: &[u8] = b"1-";

/// None without a root that is valid.
pub(super) fn parse(header: &[u8]) -> Option<Parent> {
    let (mut root, mut span_id, mut is_sampled) = (None, None, None);
    for field in header.split(|&byte| byte == b';') {
        let field = field.trim_ascii();
        if let Some(value) = field.strip_prefix(b"Root=") {
            root = trace_id(value);
        } else if let Some(value) = field.strip_prefix(b"Parent=") {
            span_id = decode(value).and_then(SpanId::new);
        } else if let Some(value) = field.strip_prefix(b"Sampled=") {
            is_sampled = match value {
                b"1" => Some(true),
                b"0" => Some(false),
                _ => None,
            };
        }
    }
    Some(Parent {
        trace_id: root?,
        span_id,
        is_sampled,
        state: None,
    })
}

/// The time's 8 digits, a dash, and 24 that are random.
fn trace_id(root: &[u8]) -> Option<TraceId> {
    let (time, rest) = root.strip_prefix(VERSION)?.split_at_checked(8)?;
    let time: [u8; 4] = decode(time)?;
    let rest: [u8; 12] = decode(rest.strip_prefix(b"-")?)?;
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&time);
    bytes[4..].copy_from_slice(&rest);
    TraceId::new(bytes)
}

pub(super) fn format(context: &TraceContext) -> String {
    let root = context.trace_id.to_string();
    let (time, rest) = root.split_at(8);
    let sampled = match context.is_sampled {
        Some(true) => ";Sampled=1",
        Some(false) => ";Sampled=0",
        None => "",
    };
    format!("Root=1-{time}-{rest};Parent={}{sampled}", context.span_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_a_trace_of_the_w3c_and_the_rest_may_be_missing() {
        for (header, span, is_sampled) in [
            (
                "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1",
                Some("53995c3f42cd8ad8"),
                Some(true),
            ),
            (
                "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678",
                None,
                None,
            ),
            (
                "Sampled=0; Root=1-67891233-ABCDEF012345678912345678; CalledFrom=app",
                None,
                Some(false),
            ),
            (
                "Root=1-67891233-abcdef012345678912345678;Parent=0000000000000000;Sampled=?",
                None,
                None,
            ),
        ] {
            let parent = parse(header.as_bytes()).unwrap_or_else(|| panic!("{header}"));
            assert_eq!(
                parent.trace_id.to_string(),
                "67891233abcdef012345678912345678"
            );
            assert_eq!(parent.span_id.map(|id| id.to_string()).as_deref(), span);
            assert_eq!(parent.is_sampled, is_sampled, "{header}");
        }
    }

    #[test]
    fn without_a_valid_root_there_is_no_trace() {
        for header in [
            "",
            "Root=",
            "Root=1-67891233",
            "Root=2-67891233-abcdef012345678912345678",
            "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
            "Root=1-67891233-abcdef0123456789123456789",
            "Root=1-00000000-000000000000000000000000",
            "Parent=53995c3f42cd8ad8;Sampled=1",
            "\u{e9}",
        ] {
            assert!(parse(header.as_bytes()).is_none(), "{header}");
        }
    }
}
