//! Signs requests with the account's credentials and sends them.

use super::answer::{check_answer, page, refusal_in_json, refusal_in_xml};
use super::api::{Api, Json, Query};
use super::cloud::{Cloud, is_read};
use super::credentials::Kept;
use super::error::ApiError;
use super::whereabouts::{Profile, Whereabouts};
use crate::http::Limit;
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_types::service_config::ServiceConfigKey;
use http::Request;
use serde_json::Value;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use url::Url;

/// The account and region that everything is asked of.
#[derive(Debug)]
pub struct Aws {
    pub(super) config: SdkConfig,
    pub(super) credentials: Kept,
    pub(super) region: String,
    pub(super) http: reqwest::Client,
    pub(super) limit: Limit,
    pub(super) whereabouts: Whereabouts,
    pub(super) notice: Option<Notice>,
}

/// Who is told that AWS throttles, and when that was.
#[derive(Debug)]
pub(super) struct Notice {
    tell: fn(&str),
    last: Mutex<Option<Instant>>,
}

/// Not more often.
const NOTICES: Duration = Duration::from_secs(60);

impl Aws {
    /// Takes profile, credentials, region and endpoints from where the SDKs and the `aws` command take them, but for what
    /// `whereabouts` says. Each call ends within the limit.
    ///
    /// # Errors
    ///
    /// If there is no region. Credentials are looked for with the first request.
    pub async fn load(
        http: reqwest::Client,
        limit: Limit,
        whereabouts: Whereabouts,
    ) -> Result<Self, ApiError> {
        if let Some(Profile::Asked(_)) = &whereabouts.profile
            && let Some(error) = whereabouts.missing_profile().await
        {
            return Err(error);
        }
        let config = whereabouts.configuration(limit).await;
        let Some(region) = config.region().map(ToString::to_string) else {
            let missing = whereabouts.missing_profile().await;
            return Err(missing.unwrap_or(ApiError::NoRegion));
        };
        // It is a part of the hosts that are asked.
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !region.chars().all(is_part) {
            return Err(ApiError::BadRegion(region));
        }
        let credentials = Kept::from(config.credentials_provider());
        Ok(Self {
            config,
            credentials,
            region,
            http,
            limit,
            whereabouts,
            notice: None,
        })
    }

    /// The same that tells which operation AWS throttles, when that takes a while.
    #[must_use]
    pub fn telling(mut self, tell: fn(&str)) -> Self {
        let last = Mutex::default();
        self.notice = Some(Notice { tell, last });
        self
    }

    /// With others if the credentials have expired and there are some, as in a file that another program has written.
    async fn send(&self, call: &Call<'_>) -> Result<String, ApiError> {
        let credentials = match self.credentials.at(SystemTime::now()).await {
            Err(error @ ApiError::NoCredentials(_)) => {
                return Err(self.whereabouts.missing_profile().await.unwrap_or(error));
            }
            credentials => credentials?,
        };
        let result = self.send_as(&credentials, call).await;
        if !matches!(&result, Err(error) if error.is_expired()) {
            return result;
        }
        // What is configured reads files but once.
        let config = self.whereabouts.configuration(self.limit).await;
        let provider = config.credentials_provider();
        let now = SystemTime::now();
        match self.credentials.after(&credentials, provider, now).await {
            Some(others) => self.send_as(&others, call).await,
            None => result,
        }
    }

    async fn send_as(
        &self,
        credentials: &Credentials,
        call: &Call<'_>,
    ) -> Result<String, ApiError> {
        let endpoint = self.endpoint(call);
        self.check(&endpoint, call)?;
        let unreachable = |source: reqwest::Error| ApiError::Unreachable {
            operation: call.action(),
            endpoint: without_password(&endpoint),
            is_unsent: source.is_connect(),
            source: self.why(source),
        };
        let request = self.signed(call, &endpoint, credentials)?;
        let mut request: reqwest::Request = request.try_into().map_err(unreachable)?;
        let attempt = self.limit.of_attempt(is_read(call.operation));
        *request.timeout_mut() = Some(attempt);
        let response = self.http.execute(request).await.map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(text);
        }
        let (code, message) = (call.refusal)(&text)
            .unwrap_or_else(|| (status.to_string(), page(&text).unwrap_or_default()));
        Err(ApiError::Refused {
            operation: call.action(),
            resource: call.resource.to_owned(),
            code,
            message,
        })
    }

    fn why(&self, error: reqwest::Error) -> Box<dyn Error + Send + Sync> {
        if error.is_timeout() && !error.is_connect() {
            let seconds = self.limit.0.as_secs();
            format!("timed out; --api-timeout is {seconds} s").into()
        } else {
            error.without_url().into()
        }
    }

    /// By configuration, or else AWS's own for the region.
    fn endpoint(&self, call: &Call<'_>) -> String {
        if let Some(endpoint) = &self.whereabouts.endpoint {
            return endpoint.clone();
        }
        let key = ServiceConfigKey::builder().service_id(call.id);
        let key = key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
        let of_service = key
            .ok()
            .and_then(|key| self.config.service_config()?.load_config(key));
        let configured = of_service.or_else(|| self.config.endpoint_url().map(str::to_owned));
        // A variable that a workflow does not have comes as an empty one.
        let configured = configured.filter(|endpoint| !endpoint.is_empty());
        configured.unwrap_or_else(|| {
            let suffix = if self.region.starts_with("cn-") {
                "amazonaws.com.cn"
            } else {
                "amazonaws.com"
            };
            format!("https://{}.{}.{suffix}", call.host, self.region)
        })
    }

    /// Names who says so, if it is not the address of a server.
    fn check(&self, endpoint: &str, call: &Call<'_>) -> Result<(), ApiError> {
        let url = Url::parse(endpoint).ok();
        if url.is_some_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host()) {
            return Ok(());
        }
        let of_service = call.id.to_uppercase().replace(' ', "_");
        let variables = [
            format!("AWS_ENDPOINT_URL_{of_service}"),
            "AWS_ENDPOINT_URL".into(),
        ];
        let is_set = |name: &String| std::env::var_os(name).is_some_and(|it| !it.is_empty());
        let name = variables.into_iter().find(is_set);
        Err(ApiError::Endpoint {
            name: name.unwrap_or_else(|| "endpoint_url of the profile".into()),
            endpoint: without_password(endpoint),
        })
    }

    fn signed(
        &self,
        call: &Call<'_>,
        endpoint: &str,
        credentials: &Credentials,
    ) -> Result<Request<String>, ApiError> {
        let identity = credentials.clone().into();
        let malformed = |why: String| call.malformed(&why);
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(call.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| malformed(error.to_string()))?
            .into();
        let url = format!("{}/", endpoint.trim_end_matches('/'));
        let headers = call
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        let body = SignableBody::Bytes(call.body.as_bytes());
        let signable = SignableRequest::new("POST", &url, headers, body);
        let signable = signable.map_err(|error| malformed(error.to_string()))?;
        let signed = sign(signable, &params).map_err(|error| malformed(error.to_string()))?;
        let (instructions, _) = signed.into_parts();
        let mut request = Request::post(&url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let mut request = request
            .body(call.body.clone())
            .map_err(|error| malformed(error.to_string()))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

impl Cloud for Aws {
    fn region(&self) -> &str {
        &self.region
    }

    fn limit(&self) -> Limit {
        self.limit
    }

    fn throttled(&self, operation: &str) {
        let Some(Notice { tell, last }) = &self.notice else {
            return;
        };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= NOTICES) {
            *last = Some(Instant::now());
            tell(operation);
        }
    }

    async fn json(
        &self,
        api: Api<Json>,
        operation: &str,
        resource: &str,
        parameters: &Value,
    ) -> Result<Value, ApiError> {
        let Json { target, .. } = api.form;
        let call = Call {
            host: api.host,
            name: api.name,
            id: api.id,
            refusal: refusal_in_json,
            operation,
            resource,
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".into()),
                ("x-amz-target", format!("{target}.{operation}")),
            ],
            body: parameters.to_string(),
        };
        let text = self.send(&call).await?;
        let answer: serde_json::Map<String, Value> = serde_json::from_str(&text)
            .map_err(|error| call.malformed(&page(&text).unwrap_or_else(|| error.to_string())))?;
        Ok(answer.into())
    }

    async fn query(
        &self,
        api: Api<Query>,
        operation: &str,
        resource: &str,
        parameters: &[(String, String)],
    ) -> Result<String, ApiError> {
        let Query(version) = api.form;
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", operation)
            .append_pair("Version", version);
        body.extend_pairs(parameters);
        let call = Call {
            host: api.host,
            name: api.name,
            id: api.id,
            refusal: refusal_in_xml,
            operation,
            resource,
            headers: vec![("content-type", "application/x-www-form-urlencoded".into())],
            body: body.finish(),
        };
        let text = self.send(&call).await?;
        check_answer(&text).map_err(|why| call.malformed(&why))?;
        Ok(text)
    }
}

struct Call<'a> {
    host: &'static str,
    name: &'static str,
    id: &'static str,
    operation: &'a str,
    resource: &'a str,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// Code and message of an error's body.
    refusal: fn(&str) -> Option<(String, String)>,
}

impl Call<'_> {
    /// As policies spell it.
    fn action(&self) -> String {
        format!("{}:{}", self.name, self.operation)
    }

    fn malformed(&self, why: &str) -> ApiError {
        ApiError::Malformed {
            operation: self.action(),
            why: why.to_owned(),
        }
    }
}

/// The same without user and password, for errors.
fn without_password(endpoint: &str) -> String {
    let (scheme, rest) = match endpoint.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), endpoint),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_named_without_its_password() {
        for (endpoint, shown) in [
            ("http://me:secret@127.0.0.1:9", "http://127.0.0.1:9"),
            ("https://me:a@b@host/path@1", "https://host/path@1"),
            ("me:secret@host", "host"),
            (
                "https://ecs.us-east-1.amazonaws.com",
                "https://ecs.us-east-1.amazonaws.com",
            ),
        ] {
            assert_eq!(without_password(endpoint), shown);
        }
    }
}
