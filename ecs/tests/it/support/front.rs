//! An AWS on a port of this machine, for commands that run as programs: takes requests apart and records them.

use super::record;
use super::served::Served;
use dualrun::{Body, BoxError};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use std::sync::Arc;
use tower::service_fn;

/// What was asked for.
pub(crate) enum Asked {
    /// An API that speaks JSON.
    Json(String, Value),
    /// An API that takes form parameters.
    Query(String, Vec<(String, String)>),
}

impl Asked {
    pub(crate) fn operation(&self) -> &str {
        match self {
            Self::Json(operation, _) | Self::Query(operation, _) => operation,
        }
    }
}

/// Status and text of an answer.
pub(crate) type Answer = (u16, String);

/// Serves what `answer` says.
pub(crate) async fn front(answer: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> Served {
    let answer = Arc::new(answer);
    let service = service_fn(move |request: Request<Body>| {
        let answer = Arc::clone(&answer);
        async move {
            let asked = read(request).await?;
            let root = format!("{}Response", asked.operation());
            let (status, text) = answer(asked);
            // Fakes play several APIs with the same text, and each has a root of its own.
            let text = match text.strip_prefix("<R").filter(|_| status == 200) {
                Some(rest) => format!("<{root}{}", rest.replace("</R>", &format!("</{root}>"))),
                None => text,
            };
            let response = Response::builder().status(status).body(Body::from(text));
            Ok::<_, BoxError>(response?)
        }
    });
    Served::start(|_| service).await
}

async fn read(request: Request<Body>) -> Result<Asked, BoxError> {
    let (head, body) = request.into_parts();
    let header =
        |name: &str| -> Option<String> { Some(head.headers.get(name)?.to_str().ok()?.to_owned()) };
    // Credential=key/date/region/api/aws4_request
    let authorization = header("authorization").ok_or("not signed")?;
    let api = authorization.split('/').nth(3).ok_or("no api")?.to_owned();
    let target = header("x-amz-target");
    let body = body.collect().await?.to_bytes();
    let Some(target) = target else {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(&body).into_owned().collect();
        let action = pairs.iter().find(|(name, _)| name == "Action");
        let operation = action.ok_or("no action")?.1.clone();
        record::query(&api, &operation, &pairs);
        return Ok(Asked::Query(operation, pairs));
    };
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let parameters = serde_json::from_slice(&body)?;
    record::json(&api, &operation, &parameters);
    Ok(Asked::Json(operation, parameters))
}
