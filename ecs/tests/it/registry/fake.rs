//! A registry with repositories of each kind, by the OCI distribution specification.

use super::layers;
use crate::support::served::Served;
use dualrun::{Body, BoxError};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tower::service_fn;

pub(crate) const INDEX: &str =
    "sha256:1111111111111111111111111111111111111111111111111111111111111111";
pub(crate) const AMD64: &str =
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const ARM64: &str =
    "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/// `ann:right`, as a browser sends it.
const BASIC: &str = "Basic YW5uOnJpZ2h0";

pub(crate) struct FakeRegistry {
    pub(crate) addr: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    _served: Served,
}

impl FakeRegistry {
    pub(crate) async fn start() -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let served = Served::start(|addr| {
            service_fn(move |request: Request<Body>| {
                let path = request.uri().path().to_owned();
                // The first question is answered with a challenge, so each one counts once it has a token.
                if path.contains("/manifests/") && request.headers().contains_key("authorization") {
                    let line = format!("{} {path}", request.method());
                    log.lock().unwrap().push(line);
                }
                let answer = answer(addr, request.method(), &path, request.headers());
                async move { Ok::<_, BoxError>(answer) }
            })
        })
        .await;
        Self {
            addr: served.addr,
            asked,
            _served: served,
        }
    }

    /// Questions about manifests, with a token.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(addr: SocketAddr, method: &Method, path: &str, headers: &HeaderMap) -> Response<Body> {
    let authorization = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if path == "/token" {
        return match authorization {
            None => ok(&json!({ "token": "anonymous" })),
            Some(BASIC) => ok(&json!({ "token": "of-ann" })),
            Some(_) => status(401, "UNAUTHORIZED"),
        };
    }
    if let Some(layer) = path.strip_prefix("/storage/layer-") {
        return Response::new(Body::from(layers::blob(layer)));
    }
    if let Some(blob) = path.strip_prefix("/storage/") {
        return ok(&configuration(blob));
    }
    let path = path.strip_prefix("/v2/").unwrap_or_default();
    let mut parts = path.splitn(4, '/');
    let (kind, _name, what, version) = (
        parts.next().unwrap_or_default(),
        parts.next(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    match (kind, authorization) {
        ("basic", Some(BASIC)) => {}
        ("basic", _) => return challenge("Basic realm=\"fake\""),
        (_, None) => {
            return challenge(&format!(
                "Bearer realm=\"http://{addr}/token\",service=\"fake\",scope=\"repository:{kind}/app:pull\""
            ));
        }
        ("private", Some(token)) if token != "Bearer of-ann" => return status(401, "UNAUTHORIZED"),
        ("missing", _) => return status(404, "NAME_UNKNOWN"),
        ("limited", _) => return limited(),
        ("broken", _) => return status(500, "UNKNOWN"),
        ("endless", _) => return Response::new(Body::from(" ".repeat(5 << 20))),
        ("garbage", _) => return Response::new(Body::from("<html>")),
        _ => {}
    }
    if what == "blobs" {
        // As registries do that keep their blobs elsewhere.
        let location = format!("http://{addr}/storage/{version}");
        let response = Response::builder().status(307).header("location", location);
        return response.body(Body::empty()).unwrap();
    }
    if let Some(which) = version.strip_prefix("contract-") {
        return manifest(method, AMD64, &layers::manifest(which));
    }
    match version {
        "index" | INDEX => manifest(method, INDEX, &index()),
        "signature" => manifest(
            method,
            INDEX,
            &json!({ "config": { "digest": "signature" } }),
        ),
        _ if version.starts_with("unnamed") => manifest(method, INDEX, &unnamed(version)),
        "single" | AMD64 => manifest(method, AMD64, &json!({ "config": { "digest": "amd64" } })),
        ARM64 => manifest(method, ARM64, &json!({ "config": { "digest": "arm64" } })),
        _ => status(404, "MANIFEST_UNKNOWN"),
    }
}

fn index() -> Value {
    let entry = |digest, architecture| json!({ "digest": digest, "platform": { "os": "linux", "architecture": architecture } });
    let attestation = json!({
        "digest": INDEX.replace('1', "c"),
        "platform": { "os": "unknown", "architecture": "unknown" },
        "annotations": { "vnd.docker.reference.type": "attestation-manifest" },
    });
    json!({ "manifests": [entry(AMD64, "amd64"), entry(ARM64, "arm64"), attestation] })
}

/// An index that does not tell what its images were built for.
fn unnamed(which: &str) -> Value {
    let attestation =
        json!({ "digest": INDEX, "platform": { "os": "unknown", "architecture": "unknown" } });
    let digests: &[&str] = match which {
        "unnamed" => &["signature", AMD64, ARM64],
        "unnamed-amd64" => &[AMD64, "signature"],
        "unnamed-gone" => &[AMD64, "gone"],
        _ => &[],
    };
    let entries = digests
        .iter()
        .map(|digest| json!({ "digest": digest, "platform": null }));
    let manifests: Vec<Value> = entries.chain([attestation]).collect();
    json!({ "manifests": manifests })
}

fn configuration(architecture: &str) -> Value {
    match architecture {
        "with-contract" => return layers::configuration("/contract.json"),
        "in-folder" => return layers::configuration("/app/contract.json"),
        "without-label" => return layers::configuration(""),
        "signature" => return json!({}),
        _ => {}
    }
    let ports = match architecture {
        "amd64" => json!({ "8000/tcp": {}, "80/tcp": {}, "53/udp": {} }),
        _ => json!({ "8000/tcp": {} }),
    };
    // The one is copied into nothing, the other into a system.
    let first = match architecture {
        "amd64" => "COPY /bin-fargate /bin-fargate # buildkit",
        _ => "/bin/sh -c #(nop) ADD file:1 in / ",
    };
    json!({
        "os": "linux",
        "architecture": architecture,
        "config": { "ExposedPorts": ports },
        "history": [
            { "created_by": first },
            { "created_by": "ENTRYPOINT [\"/bin-fargate\"]", "empty_layer": true },
            { "created_by": "COPY /licenses /licenses # buildkit" },
        ],
    })
}

fn manifest(method: &Method, digest: &str, manifest: &Value) -> Response<Body> {
    let mut response = ok(manifest);
    let headers = response.headers_mut();
    headers.insert("docker-content-digest", digest.parse().unwrap());
    headers.insert("ratelimit-limit", "100;w=21600".parse().unwrap());
    headers.insert("ratelimit-remaining", "76;w=21600".parse().unwrap());
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn ok(body: &Value) -> Response<Body> {
    Response::new(Body::from(body.to_string()))
}

fn status(status: u16, code: &str) -> Response<Body> {
    let mut response = ok(&json!({ "errors": [{ "code": code }] }));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

fn challenge(challenge: &str) -> Response<Body> {
    let mut response = status(401, "UNAUTHORIZED");
    let value = challenge.parse().unwrap();
    response.headers_mut().insert("www-authenticate", value);
    response
}

fn limited() -> Response<Body> {
    let mut response = status(429, "TOOMANYREQUESTS");
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", "100;w=21600".parse().unwrap());
    headers.insert("ratelimit-remaining", "0;w=21600".parse().unwrap());
    response
}
