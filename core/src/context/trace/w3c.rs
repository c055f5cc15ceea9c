//! The headers of the W3C's Trace Context (<https://www.w3.org/TR/trace-context/>): `traceparent` and `tracestate`.

use super::{Parent, SpanId, TraceContext, TraceId};
use crate::hex::decode;
use http::header::{GetAll, HeaderName, HeaderValue};

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The bit of the flags that says that the caller may have recorded its part.
const SAMPLED: u8 = 1;
/// A `traceparent` of version 00.
const LENGTH: usize = 55;
/// As much of a `tracestate` as everyone has to pass on (section 3.3.1.5).
const STATE_LENGTH: usize = 512;
/// Entries above this are the first to go.
const ENTRY_LENGTH: usize = 128;
const ENTRIES: usize = 32;

/// A `traceparent`, without its `tracestate`.
///
/// A version above 00 is read as far as 00 goes, if it goes on behind that with a dash or not at all (section 4).
pub(super) fn parse(header: &HeaderValue) -> Option<Parent> {
    let (fields, rest) = header.as_bytes().split_at_checked(LENGTH)?;
    let [version, trace_id, span_id, flags] = parts(fields)?;
    let is_known = match version {
        b"00" => rest.is_empty(),
        b"ff" => false,
        _ => rest.first().is_none_or(|&byte| byte == b'-'),
    };
    // It is the one place where capital letters are wrong.
    if !is_known || fields.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    decode::<1>(version)?;
    let [flags] = decode(flags)?;
    Some(Parent {
        trace_id: TraceId::new(decode(trace_id)?)?,
        span_id: Some(SpanId::new(decode(span_id)?)?),
        is_sampled: Some(flags & SAMPLED != 0),
        state: None,
    })
}

/// Version, trace, parent and flags.
fn parts(fields: &[u8]) -> Option<[&[u8]; 4]> {
    let mut parts = fields.split(|&byte| byte == b'-');
    let all = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(all)
}

pub(super) fn format(context: &TraceContext) -> String {
    let flags = if context.is_sampled() { SAMPLED } else { 0 };
    format!("00-{}-{}-{flags:02x}", context.trace_id, context.span_id)
}

/// A `tracestate` to be passed on: as it came, or several joined, or one over 512 characters without some of its entries.
/// None if it is not valid.
pub(super) fn state(headers: GetAll<'_, HeaderValue>) -> Option<HeaderValue> {
    let mut all = Vec::new();
    let mut values = headers.iter();
    for value in headers {
        for entry in value.to_str().ok()?.split(',') {
            let entry = entry.trim_matches([' ', '\t']);
            // Lists may have empty entries, which mean nothing.
            if !entry.is_empty() {
                all.push(is_entry(entry).then_some(entry)?);
            }
        }
        if all.len() > ENTRIES {
            return None;
        }
    }
    match (all.is_empty(), values.next(), values.next()) {
        (true, ..) | (_, None, _) => None,
        (_, Some(only), None) if only.len() <= STATE_LENGTH => Some(only.clone()),
        _ => shortened(all),
    }
}

/// Entries are dropped whole: the long ones first, then from the end, where the oldest are (section 3.3.1.5).
fn shortened(mut entries: Vec<&str>) -> Option<HeaderValue> {
    let length = |entries: &[&str]| entries.iter().map(|entry| entry.len() + 1).sum::<usize>();
    while length(&entries) > STATE_LENGTH + 1 {
        let long = entries.iter().rposition(|entry| entry.len() > ENTRY_LENGTH);
        entries.remove(long.unwrap_or(entries.len() - 1));
    }
    HeaderValue::try_from(entries.join(","))
        .ok()
        .filter(|state| !state.is_empty())
}

/// Whether it is a key and a value (section 3.3.1.3).
fn is_entry(entry: &str) -> bool {
    let Some((key, value)) = entry.split_once('=') else {
        return false;
    };
    let is_first = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_later = |c: u8| is_first(c) || b"_-*/@".contains(&c);
    let is_value = |c: u8| matches!(c, b' '..=b'~') && c != b',' && c != b'=';
    key.bytes().next().is_some_and(is_first)
        && key.bytes().all(is_later)
        && (1..=256).contains(&value.len())
        && key.len() <= 256
        && value.bytes().all(is_value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    fn parsed(header: &str) -> Option<Parent> {
        parse(&HeaderValue::from_str(header).unwrap())
    }

    #[test]
    fn a_traceparent_has_a_trace_a_span_and_a_flag() {
        for (flags, is_sampled) in [("00", false), ("01", true), ("02", false), ("ff", true)] {
            let parent = parsed(&format!("00-{TRACE}-{SPAN}-{flags}")).unwrap();
            assert_eq!(parent.trace_id.to_string(), TRACE);
            assert_eq!(parent.span_id.unwrap().to_string(), SPAN);
            assert_eq!(parent.is_sampled, Some(is_sampled), "{flags}");
        }
    }

    #[test]
    fn a_later_version_is_read_as_far_as_this_one_goes() {
        for header in [
            format!("01-{TRACE}-{SPAN}-01"),
            format!("cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like"),
            format!("cc-{TRACE}-{SPAN}-01-"),
        ] {
            let parent = parsed(&header).unwrap_or_else(|| panic!("{header}"));
            assert_eq!(parent.trace_id.to_string(), TRACE, "{header}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        let upper = TRACE.to_uppercase();
        for header in [
            String::new(),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("cc-{TRACE}-{SPAN}-01.what-the-future-will-not-be-like"),
            format!("0g-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-0"),
            format!("00-{TRACE}-{SPAN}-0x"),
            format!("00-{upper}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}0-{}-01", &SPAN[1..]),
            format!("00_{TRACE}_{SPAN}_01"),
            format!("00-{TRACE}-{SPAN}-é1"),
        ] {
            assert!(parsed(&header).is_none(), "{header}");
        }
    }

    fn passed_on(values: &[&str]) -> Option<String> {
        let values = values
            .iter()
            .map(|value| (TRACESTATE, HeaderValue::from_str(value).unwrap()));
        let headers: HeaderMap = values.collect();
        state(headers.get_all(TRACESTATE)).map(|state| state.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_valid_tracestate_is_passed_on_as_it_came() {
        for value in ["rojo=00f067aa0bb902b7", "a=1 , ,b@c=x y", "1a/b*c_d-e=!~"] {
            assert_eq!(passed_on(&[value]).as_deref(), Some(value));
        }
        assert_eq!(passed_on(&["a=1", "b=2,c=3"]).unwrap(), "a=1,b=2,c=3");
    }

    #[test]
    fn one_that_is_not_valid_is_dropped_whole() {
        let many: Vec<String> = (0..33).map(|number| format!("k{number}=v")).collect();
        let long_key = format!("{}=v", "k".repeat(257));
        let long_value = format!("k={}", "v".repeat(257));
        for value in [
            "",
            ", ,",
            "a",
            "A=1",
            "a=",
            "a=1,b=2=3",
            "a b=1",
            &many.join(","),
            &long_key,
            &long_value,
        ] {
            assert_eq!(passed_on(&[value]), None, "{value}");
        }
        assert_eq!(passed_on(&["a=1", "b"]), None);
        assert_eq!(passed_on(&[]), None);
    }

    #[test]
    fn one_over_512_characters_loses_long_entries_and_then_the_last() {
        let long = format!("long={}", "v".repeat(200));
        let short: Vec<String> = (10..42)
            .map(|number| format!("k{number}=0123456789a"))
            .collect();
        let all = [&short[..15], &[long], &short[15..31]].concat();
        let kept = passed_on(&[&all.join(",")]).unwrap();
        assert!(kept.len() <= 512 && kept.len() > 490, "{}", kept.len());
        assert_eq!(kept, short[..kept.split(',').count()].join(","));
    }
}
