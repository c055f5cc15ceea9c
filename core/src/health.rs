//! Asks a service for its health at start, so that a path that it does not have is found before anybody relies on it.

use crate::Body;
use crate::context::Platform;
use crate::options::{AccessLog, Options};
use crate::service::HttpService;
use crate::stack::{Arrival, Client, Stack};
use http::header::HOST;
use http::{HeaderValue, Request, StatusCode};
use std::net::{IpAddr, Ipv4Addr};
use tokio::time::Instant;

/// Warns in the log if the service's answer on the health path is not a 200.
pub(crate) async fn check<S: HttpService>(service: S, options: Options) {
    let path = options.health_path.clone();
    let options = options.with_access_log(AccessLog::Off);
    let stack = Stack::new(service, &options).without_metrics();
    let mut request = Request::new(Body::empty());
    // An option that is a path is a valid target.
    *request.uri_mut() = path.as_str().parse().unwrap_or_default();
    let host = HeaderValue::from_static("localhost");
    request.headers_mut().insert(HOST, host);
    let arrival = Arrival {
        at: Instant::now(),
        cut_at: None,
        id: None,
        trace: None,
        client: Client::Known(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        platform: Platform::Server,
        fault: None,
        guard: (),
    };
    let status = stack.call(request, arrival).await.status();
    if status != StatusCode::OK {
        tracing::warn!(
            %path,
            status = status.as_u16(),
            "the service does not answer its health path with 200, so load balancers and `healthcheck` will find it unhealthy: give it that route, or set DUALRUN_HEALTH_PATH to one that it has"
        );
    }
}
