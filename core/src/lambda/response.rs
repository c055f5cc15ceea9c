//! A response as the JSON that goes back.

use super::kind::EventKind;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, SET_COOKIE};
use http::response::Parts;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::borrow::Cow;

/// An answer in the form that the event's sender reads.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer<'a> {
    status_code: u16,
    /// A load balancer wants one.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Joined<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<Listed<'a>>,
    /// An HTTP API wants them apart, and who plays one (cargo-lambda) wants the list also when it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<Vec<Cow<'a, str>>>,
    body: Cow<'a, str>,
    is_base64_encoded: bool,
}

impl<'a> Answer<'a> {
    pub(super) fn new(parts: &'a Parts, body: &'a Bytes, kind: EventKind) -> Self {
        let headers = &parts.headers;
        let is_of_balancer = matches!(kind, EventKind::AlbSingle | EventKind::AlbMulti);
        let is_listed = matches!(kind, EventKind::Rest | EventKind::AlbMulti);
        let cookies = (kind == EventKind::Http).then(|| values(headers, &SET_COOKIE));
        // Whatever the content type says: bytes that are no text would not survive as a string.
        let (body, is_base64_encoded) = match std::str::from_utf8(body) {
            Ok(text) => (Cow::Borrowed(text), false),
            Err(_) => (Cow::Owned(BASE64_STANDARD.encode(body)), true),
        };
        Self {
            status_code: parts.status.as_u16(),
            status_description: is_of_balancer.then(|| parts.status.to_string()),
            headers: (!is_listed).then_some(Joined { headers, kind }),
            multi_value_headers: is_listed.then_some(Listed(headers)),
            cookies,
            body,
            is_base64_encoded,
        }
    }
}

/// A header's bytes as text. JSON carries nothing but UTF-8, so other bytes are lost here.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<Cow<'a, str>> {
    headers
        .get_all(name)
        .iter()
        .map(|value| text(value.as_bytes()))
        .collect()
}

/// Each header with all its values.
struct Listed<'a>(&'a HeaderMap);

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .keys()
                .map(|name| (name.as_str(), values(self.0, name))),
        )
    }
}

/// Each header with one value, in which several are joined by commas (RFC 9110, section 5.3). Cookies cannot
/// be joined: an HTTP API takes them apart from the headers, a load balancer takes only the last.
struct Joined<'a> {
    headers: &'a HeaderMap,
    kind: EventKind,
}

impl Serialize for Joined<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in self.headers.keys() {
            let mut values = values(self.headers, name);
            if *name != SET_COOKIE {
                map.serialize_entry(name.as_str(), &values.join(", "))?;
            } else if self.kind == EventKind::AlbSingle {
                map.serialize_entry(name.as_str(), &values.pop())?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Response;
    use serde_json::{Value, json};

    fn answer(kind: EventKind) -> Value {
        let response = Response::builder()
            .header("x-many", "1")
            .header("x-many", "2");
        let (parts, body) = response.body(Bytes::from("hi")).unwrap().into_parts();
        serde_json::to_value(Answer::new(&parts, &body, kind)).unwrap()
    }

    #[test]
    fn each_sender_gets_its_form() {
        let listed = json!({ "x-many": ["1", "2"] });
        let joined = json!({ "x-many": "1, 2" });
        let common = json!({ "statusCode": 200, "body": "hi", "isBase64Encoded": false });
        for (kind, rest) in [
            (EventKind::Rest, json!({ "multiValueHeaders": listed })),
            (EventKind::Http, json!({ "headers": joined, "cookies": [] })),
            (
                EventKind::AlbMulti,
                json!({ "multiValueHeaders": listed, "statusDescription": "200 OK" }),
            ),
            (
                EventKind::AlbSingle,
                json!({ "headers": joined, "statusDescription": "200 OK" }),
            ),
        ] {
            let mut expected = common.clone();
            expected
                .as_object_mut()
                .unwrap()
                .extend(rest.as_object().unwrap().clone());
            assert_eq!(answer(kind), expected, "{kind:?}");
        }
    }
}
