//! An event as a request, as the service would have got it over a connection.

use super::event::{Event, Members, RequestContext};
use super::kind::EventKind;
use crate::Body;
use crate::options::BasePath;
use crate::stack::Client;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{COOKIE, HOST, HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::net::{IpAddr, Ipv4Addr};

/// What no target of a request may have in it, written as it is.
const ILLEGAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'#');
/// What would end a path early, in one that a gateway has decoded.
const IN_PATH: &AsciiSet = &ILLEGAL.add(b'?');
/// What would be read as something else, in a parameter that a gateway has decoded.
const IN_PARAMETER: &AsciiSet = &ILLEGAL.add(b'%').add(b'&').add(b'+').add(b'=');

/// Why an event that carries a request cannot be made into one. The client gets a 400.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadEvent {
    #[error("the method is not valid")]
    Method,
    #[error("the path or query is not valid")]
    Target,
    #[error("the header {name} is not valid")]
    Header { name: String },
    #[error("the body is not valid base64")]
    Body(#[source] base64::DecodeError),
}

pub(super) fn request(event: Event<'_>, kind: EventKind) -> Result<Request<Body>, BadEvent> {
    let method = method(&event).ok_or(BadEvent::Method)?;
    let target = target(&event, kind).ok_or(BadEvent::Target)?;
    let headers = headers(&event)?;
    let mut request = Request::new(body(event)?);
    *request.method_mut() = method;
    *request.uri_mut() = Uri::from(target);
    *request.headers_mut() = headers;
    Ok(request)
}

/// The client as the gateway knows it. A load balancer tells only in `X-Forwarded-For`.
pub(super) fn client(event: &Event<'_>) -> Client {
    let context = event.request_context.as_ref();
    let source = context.and_then(|context| {
        let http = context
            .http
            .as_ref()
            .and_then(|http| http.source_ip.as_deref());
        http.or_else(|| context.identity.as_ref()?.source_ip.as_deref())
    });
    match source.and_then(|source| source.parse().ok()) {
        Some(ip) => Client::Known(ip),
        None => Client::Behind(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    }
}

fn method(event: &Event<'_>) -> Option<Method> {
    let http = event
        .request_context
        .as_ref()
        .and_then(|context| context.http.as_ref());
    let method = http.map_or(event.http_method.as_deref(), |http| http.method.as_deref())?;
    Method::from_bytes(method.as_bytes()).ok()
}

fn target(event: &Event<'_>, kind: EventKind) -> Option<PathAndQuery> {
    let path = match kind {
        EventKind::Http => without_stage(
            event.raw_path.as_deref().unwrap_or_default(),
            event.request_context.as_ref()?,
        ),
        EventKind::Rest | EventKind::AlbSingle | EventKind::AlbMulti => {
            event.path.as_deref().unwrap_or_default()
        }
    };
    let mut target =
        utf8_percent_encode(if path.is_empty() { "/" } else { path }, IN_PATH).to_string();
    let query = query(event, kind);
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    target.parse().ok()
}

/// An HTTP API puts the name of a stage before the path, unless the API has a domain of its own.
fn without_stage<'a>(path: &'a str, context: &RequestContext) -> &'a str {
    let is_default_domain = context
        .domain_name
        .as_deref()
        .is_none_or(|name| name.contains(".execute-api."));
    let stage = context
        .stage
        .as_deref()
        .filter(|stage| is_default_domain && *stage != "$default");
    let stage = stage.and_then(|stage| format!("/{stage}").parse::<BasePath>().ok());
    stage.and_then(|stage| stage.strip(path)).unwrap_or(path)
}

fn query(event: &Event<'_>, kind: EventKind) -> String {
    // A REST API decodes the parameters, a load balancer leaves them as they are.
    let unsafe_in_it = if kind == EventKind::Rest {
        IN_PARAMETER
    } else {
        ILLEGAL
    };
    let mut query = String::new();
    let mut add = |name: &str, value: &str| {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(name, unsafe_in_it));
        query.push('=');
        query.extend(utf8_percent_encode(value, unsafe_in_it));
    };
    match event {
        Event {
            raw_query_string: Some(raw),
            ..
        } => return utf8_percent_encode(raw, ILLEGAL).to_string(),
        Event {
            multi_value_query_string_parameters: Some(Members(parameters)),
            ..
        } => {
            for (name, values) in parameters {
                values.iter().for_each(|value| add(name, value));
            }
        }
        Event {
            query_string_parameters: Some(Members(parameters)),
            ..
        } => {
            parameters.iter().for_each(|(name, value)| add(name, value));
        }
        _ => {}
    }
    query
}

fn headers(event: &Event<'_>) -> Result<HeaderMap, BadEvent> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &str| {
        let bad = || BadEvent::Header {
            name: name.escape_debug().to_string(),
        };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad())?;
        headers.append(key, value);
        Ok(())
    };
    // Where both are there, they are the same headers.
    match event {
        Event {
            multi_value_headers: Some(Members(all)),
            ..
        } => {
            for (name, values) in all {
                values.iter().try_for_each(|value| add(name, value))?;
            }
        }
        Event {
            headers: Some(Members(all)),
            ..
        } => {
            all.iter().try_for_each(|(name, value)| add(name, value))?;
        }
        _ => {}
    }
    if let Some(cookies) = event
        .cookies
        .as_deref()
        .filter(|cookies| !cookies.is_empty())
    {
        add(COOKIE.as_str(), &cookies.join("; "))?;
    }
    // Where services look for it, also if the gateway tells it only beside the headers.
    let context = event.request_context.as_ref();
    let domain = context.and_then(|context| context.domain_name.as_deref());
    if let Some(Ok(domain)) = domain.map(HeaderValue::from_str) {
        if !headers.contains_key(HOST) {
            headers.insert(HOST, domain);
        }
    }
    Ok(headers)
}

fn body(event: Event<'_>) -> Result<Body, BadEvent> {
    let text = event.body.unwrap_or_default();
    if event.is_base64_encoded.unwrap_or_default() {
        let bytes = BASE64_STANDARD
            .decode(text.as_bytes())
            .map_err(BadEvent::Body)?;
        Ok(Body::from(bytes))
    } else {
        Ok(Body::from(Bytes::from(text.into_owned())))
    }
}
