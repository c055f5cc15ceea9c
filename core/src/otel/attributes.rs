//! A request in the words of OpenTelemetry's conventions for HTTP servers.

use super::request::Incoming;
use crate::context::Platform;
use crate::log::cut;
use http::header::{HOST, HeaderName, HeaderValue, USER_AGENT};
use http::uri::Authority;
use http::{Method, Version};
use opentelemetry::KeyValue;

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// For methods that the conventions do not know.
const OTHER: &str = "_OTHER";

/// The span's name. There is no route in it, since the runtime knows of none.
pub(super) fn name(method: &Method) -> &'static str {
    known(method).unwrap_or("HTTP")
}

/// A method that the conventions know: a client cannot make up more.
fn known(method: &Method) -> Option<&'static str> {
    Some(match method.as_str() {
        "CONNECT" => "CONNECT",
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "PUT" => "PUT",
        "QUERY" => "QUERY",
        "TRACE" => "TRACE",
        _ => return None,
    })
}

pub(super) fn of(incoming: &Incoming<'_>) -> Vec<KeyValue> {
    let request = incoming.request;
    let headers = request.headers();
    let method = known(request.method());
    let mut attributes = vec![
        KeyValue::new("http.request.method", method.unwrap_or(OTHER)),
        // Without the query: people put secrets there.
        KeyValue::new("url.path", cut(request.uri().path()).into_owned()),
        KeyValue::new("url.scheme", scheme(incoming)),
        KeyValue::new("client.address", incoming.client.to_string()),
        // That of the log.
        KeyValue::new("request_id", incoming.id.as_str().to_owned()),
    ];
    if method.is_none() {
        let original = cut(request.method().as_str()).into_owned();
        attributes.push(KeyValue::new("http.request.method_original", original));
    }
    if let Some(agent) = headers.get(USER_AGENT).and_then(text) {
        attributes.push(KeyValue::new("user_agent.original", agent));
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = request.uri().authority().cloned();
    let authority = authority.or_else(|| host?.parse::<Authority>().ok());
    if let Some(authority) = authority {
        let host = cut(authority.host()).into_owned();
        attributes.push(KeyValue::new("server.address", host));
        let port = authority.port_u16().map(i64::from);
        attributes.extend(port.map(|port| KeyValue::new("server.port", port)));
    }
    attributes.extend(version(incoming));
    attributes
}

/// The client's own, where a proxy tells.
fn scheme(incoming: &Incoming<'_>) -> &'static str {
    let forwarded = incoming.request.headers().get(&X_FORWARDED_PROTO);
    match forwarded.map(HeaderValue::as_bytes) {
        Some(b"https") => "https",
        Some(b"http") => "http",
        // Whatever calls a function from outside does so by TLS.
        _ if incoming.platform == Platform::Lambda => "https",
        _ => "http",
    }
}

/// Unknown on Lambda.
fn version(incoming: &Incoming<'_>) -> Option<KeyValue> {
    let version = match incoming.request.version() {
        _ if incoming.platform == Platform::Lambda => return None,
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    };
    Some(KeyValue::new("network.protocol.version", version))
}

fn text(value: &HeaderValue) -> Option<String> {
    Some(cut(value.to_str().ok()?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;
    use crate::context::RequestId;
    use http::Request;
    use http::request::Builder;
    use std::collections::BTreeMap;

    /// The attributes of a request as texts.
    fn attributes(request: Builder, platform: Platform) -> BTreeMap<String, String> {
        let request: Request<Body> = request.body(Body::empty()).unwrap();
        let id = RequestId::new(HeaderValue::from_static("abc-1"));
        let incoming = Incoming {
            request: &request,
            id: &id,
            client: [203, 0, 113, 7].into(),
            platform,
            is_health_check: false,
        };
        let attributes = of(&incoming).into_iter();
        attributes
            .map(|pair| (pair.key.to_string(), pair.value.to_string()))
            .collect()
    }

    #[test]
    fn a_method_that_nobody_knows_is_no_new_name() {
        let long = "X".repeat(5000);
        let method = Method::from_bytes(long.as_bytes()).unwrap();
        assert_eq!(name(&method), "HTTP");
        let attributes = attributes(Request::builder().method(method), Platform::Server);
        assert_eq!(attributes["http.request.method"], "_OTHER");
        let original = &attributes["http.request.method_original"];
        assert!(original.len() < 1100 && original.starts_with("XXX"));
    }

    #[test]
    fn what_a_client_sends_is_cut() {
        let path = format!("/{}", "a".repeat(5000));
        let request = Request::get(path).header(USER_AGENT, "b".repeat(5000));
        let attributes = attributes(request, Platform::Server);
        for name in ["url.path", "user_agent.original"] {
            assert!(attributes[name].len() < 1100, "{name}");
        }
    }

    #[test]
    fn the_scheme_is_the_clients_as_far_as_anybody_tells() {
        for (forwarded, platform, scheme) in [
            (None, Platform::Server, "http"),
            (Some("https"), Platform::Server, "https"),
            (Some("gopher"), Platform::Server, "http"),
            (None, Platform::Lambda, "https"),
            (Some("http"), Platform::Lambda, "http"),
        ] {
            let request = forwarded
                .into_iter()
                .fold(Request::get("/"), |request, text| {
                    request.header(X_FORWARDED_PROTO, text)
                });
            let attributes = attributes(request, platform);
            assert_eq!(attributes["url.scheme"], scheme, "{forwarded:?}");
        }
    }

    #[test]
    fn host_and_version_are_told_where_they_are_known() {
        let request = Request::get("https://shop.example:8443/").version(Version::HTTP_2);
        let of_http2 = attributes(request, Platform::Server);
        assert_eq!(of_http2["server.address"], "shop.example");
        assert_eq!(of_http2["server.port"], "8443");
        assert_eq!(of_http2["network.protocol.version"], "2");
        let request = Request::get("/").header(HOST, "shop.example");
        let of_lambda = attributes(request, Platform::Lambda);
        assert_eq!(of_lambda["server.address"], "shop.example");
        for name in ["server.port", "network.protocol.version"] {
            assert!(!of_lambda.contains_key(name), "{name}");
        }
    }
}
