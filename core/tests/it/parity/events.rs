//! A request as each gateway hands it to Lambda, by AWS's documentation of their payload formats.

use super::rows::Row;
use serde_json::{Map, Value, json};

/// The client's address, as every gateway tells it in its way.
pub(crate) const CLIENT: &str = "203.0.113.7";

/// A gateway, in a way of being set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    Rest,
    Http,
    /// An HTTP API with a named stage, whose name is before the path.
    HttpStage,
    FunctionUrl,
    AlbSingle,
    AlbMulti,
}

impl EventKind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Rest,
        Self::Http,
        Self::HttpStage,
        Self::FunctionUrl,
        Self::AlbSingle,
        Self::AlbMulti,
    ];
}

pub(crate) mod base64 {
    use ::base64::Engine;
    use ::base64::prelude::BASE64_STANDARD;

    pub(crate) fn encode(bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(bytes)
    }

    pub(crate) fn decode(text: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(text).expect("base64")
    }
}

pub(crate) fn event(kind: EventKind, row: &Row) -> Value {
    let mut event = match kind {
        EventKind::Rest => rest(row),
        EventKind::Http => http(
            row,
            "$default",
            "abc.execute-api.eu-central-1.amazonaws.com",
        ),
        EventKind::HttpStage => http(row, "prod", "abc.execute-api.eu-central-1.amazonaws.com"),
        EventKind::FunctionUrl => http(row, "$default", "abc.lambda-url.eu-central-1.on.aws"),
        EventKind::AlbSingle | EventKind::AlbMulti => alb(row, kind == EventKind::AlbMulti),
    };
    // Gateways go by the content type or not; what is no text always comes encoded.
    let (body, is_encoded) = match std::str::from_utf8(row.body) {
        Ok("") => (Value::Null, false),
        Ok(text) => (text.into(), false),
        Err(_) => (base64::encode(row.body).into(), true),
    };
    event["body"] = body;
    event["isBase64Encoded"] = is_encoded.into();
    event
}

/// The parameters of a query, a missing value as an empty one.
fn parameters(query: &str) -> Vec<(&str, &str)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .expect("UTF-8")
        .into_owned()
}

/// All headers of the row and those that every client or gateway adds.
fn headers(row: &Row) -> Vec<(&str, &str)> {
    let mut headers = vec![("host", "shop.example"), ("x-forwarded-for", CLIENT)];
    headers.extend(row.headers);
    headers
}

/// The last value of each name, in the order in which names first come.
fn last<K: AsRef<str>, V: Into<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> Value {
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| (name.as_ref().to_owned(), value.into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// All values of each name, in the order in which names first come.
fn all<K: AsRef<str>, V: Into<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> Value {
    let mut map = Map::new();
    for (name, value) in pairs {
        let values = map.entry(name.as_ref()).or_insert_with(|| json!([]));
        values.as_array_mut().expect("a list").push(value.into());
    }
    if map.is_empty() {
        Value::Null
    } else {
        Value::Object(map)
    }
}

/// Parameters come decoded.
fn rest(row: &Row) -> Value {
    let parameters: Vec<_> = parameters(row.query)
        .into_iter()
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    json!({
        "resource": "/{proxy+}",
        "path": row.path,
        "httpMethod": row.method,
        "headers": last(headers(row)),
        "multiValueHeaders": all(headers(row)),
        "queryStringParameters": last(parameters.clone()),
        "multiValueQueryStringParameters": all(parameters),
        "pathParameters": { "proxy": row.path },
        "stageVariables": null,
        "requestContext": {
            "stage": "prod",
            "path": format!("/prod{}", row.path),
            "domainName": "abc.execute-api.eu-central-1.amazonaws.com",
            "identity": { "sourceIp": CLIENT, "userAgent": null },
        },
    })
}

/// Payload format 2.0: values joined by commas, cookies apart, the query as it is.
fn http(row: &Row, stage: &str, domain: &str) -> Value {
    let path = if stage == "$default" {
        row.path.to_owned()
    } else {
        format!("/{stage}{}", row.path)
    };
    let mut joined = Map::new();
    for (name, value) in headers(row)
        .into_iter()
        .filter(|(name, _)| *name != "cookie")
    {
        match joined.get_mut(name) {
            Some(Value::String(values)) => *values += &format!(",{value}"),
            _ => drop(joined.insert(name.to_owned(), value.into())),
        }
    }
    let cookies: Vec<&str> = row
        .headers
        .iter()
        .filter(|(name, _)| *name == "cookie")
        .flat_map(|(_, value)| value.split("; "))
        .collect();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": row.query,
        "headers": joined,
        "requestContext": {
            "stage": stage,
            "domainName": domain,
            "http": { "method": row.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": CLIENT },
        },
    });
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    event
}

/// Parameters come as they are, not decoded.
fn alb(row: &Row, is_multi: bool) -> Value {
    let mut event = json!({
        "path": row.path,
        "httpMethod": row.method,
        "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b" } },
    });
    if is_multi {
        event["multiValueHeaders"] = all(headers(row));
        event["multiValueQueryStringParameters"] = all(parameters(row.query));
    } else {
        event["headers"] = last(headers(row));
        event["queryStringParameters"] = last(parameters(row.query));
    }
    event
}
