//! Asks a registry about an image, by the OCI distribution specification and Docker's token authentication.

use super::Images;
use super::body::{self, Unread};
use super::credentials::Credentials;
use super::lookup::{Lookup, Platform, Quota};
use super::reference::{DOCKER_HUB, Reference};
use crate::chain::chain;
use crate::http::Limit;
use reqwest::header::{ACCEPT, HeaderMap, WWW_AUTHENTICATE};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;
use std::collections::HashMap;
use std::net::IpAddr;
use tokio::time::timeout;
use url::Url;

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";
/// Bytes of what is read as JSON: what registries take of a manifest (OCI, distribution specification, "Pushing Manifests").
const MOST: u64 = 4 * 1024 * 1024;
/// Docker Hub serves its images under another name than its own.
const HUB_HOST: &str = "registry-1.docker.io";

/// Asks registries.
#[derive(Clone, Debug)]
pub struct Registry {
    client: Client,
    credentials: Option<Credentials>,
    limit: Limit,
}

/// Why there is no answer about the image.
pub(super) enum Failure {
    /// An answer after all.
    Lookup(Lookup),
    Request(reqwest::Error),
    Content(String),
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error.without_url())
    }
}

impl Registry {
    /// With these credentials for the registry that they are of, and for others with those that `docker login` has kept.
    pub fn new(client: Client, credentials: Option<Credentials>) -> Self {
        Self {
            client,
            credentials,
            limit: Limit::DEFAULT,
        }
    }

    /// The same, with so long for all that is asked about an image.
    #[must_use]
    pub fn within(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }
}

impl Images for Registry {
    /// The first question is a HEAD, which Docker Hub does not count as a pull.
    async fn look_up(&self, reference: &Reference, wanted: &Platform) -> Lookup {
        let own = self.credentials.clone();
        let own = own.filter(|own| own.registry == reference.registry);
        let credentials = own.or_else(|| Credentials::of_docker(&reference.registry));
        let mut session = Session {
            client: &self.client,
            base: base(reference),
            credentials,
            authorization: None,
        };
        let found = timeout(self.limit.0, session.find(reference, wanted)).await;
        let late = || {
            let seconds = self.limit.0.as_secs();
            Lookup::Unreachable(format!("timed out; --api-timeout is {seconds} s"))
        };
        match found.unwrap_or_else(|_| Err(Failure::Lookup(late()))) {
            Ok(found) => Lookup::Found(Box::new(found)),
            Err(Failure::Lookup(lookup)) => lookup,
            Err(Failure::Request(error)) if error.is_timeout() && !error.is_connect() => late(),
            Err(Failure::Request(error)) => Lookup::Unreachable(chain(&error)),
            Err(Failure::Content(text)) => Lookup::Unreachable(text),
        }
    }
}

/// Where the repository is. A registry on this machine needs no TLS, as for Docker.
fn base(reference: &Reference) -> String {
    let host = match reference.registry.as_str() {
        DOCKER_HUB => HUB_HOST,
        host => host,
    };
    let name = host.split(':').next().unwrap_or(host);
    let scheme = if is_here(name) { "http" } else { "https" };
    format!("{scheme}://{host}/v2/{}", reference.repository)
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// If others may read what is sent there.
fn is_open(realm: &Url) -> bool {
    realm.scheme() != "https" && !realm.host_str().is_some_and(is_here)
}

/// The questions about one image.
pub(super) struct Session<'a> {
    client: &'a Client,
    base: String,
    credentials: Option<Credentials>,
    /// Once the registry has asked for it.
    authorization: Option<Authorization>,
}

enum Authorization {
    Bearer(String),
    Basic(Credentials),
}

impl Session<'_> {
    /// A response with a status of success; others are answers of their own.
    pub(super) async fn get(&mut self, method: Method, path: &str) -> Result<Response, Failure> {
        let mut response = self.send(&method, path).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.authorization.is_none() {
            self.authorization = self.authorize(&response).await?;
            if self.authorization.is_some() {
                response = self.send(&method, path).await?;
            }
        }
        let lookup = match response.status() {
            status if status.is_success() => return Ok(response),
            // A body tells a missing tag from a missing repository, and the answer to a HEAD has none.
            StatusCode::NOT_FOUND if method == Method::HEAD => {
                let response = self.send(&Method::GET, path).await?;
                self.missing(response).await?
            }
            StatusCode::NOT_FOUND => self.missing(response).await?,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.no_access(),
            StatusCode::TOO_MANY_REQUESTS => Lookup::RateLimited(quota(response.headers())),
            status => Lookup::Unreachable(format!("the registry answers {status}")),
        };
        Err(Failure::Lookup(lookup))
    }

    async fn missing(&self, response: Response) -> Result<Lookup, Failure> {
        let body: Value = json(response).await.unwrap_or_default();
        let is_name = body["errors"][0]["code"] == "NAME_UNKNOWN";
        Ok(if is_name {
            self.no_access()
        } else {
            Lookup::NoSuchVersion
        })
    }

    fn no_access(&self) -> Lookup {
        Lookup::NoAccess {
            with_credentials: self.credentials.is_some(),
        }
    }

    async fn send(&self, method: &Method, path: &str) -> Result<Response, Failure> {
        let url = format!("{}/{path}", self.base);
        let mut request = self
            .client
            .request(method.clone(), url)
            .header(ACCEPT, MANIFESTS);
        request = match &self.authorization {
            Some(Authorization::Bearer(token)) => request.bearer_auth(token),
            Some(Authorization::Basic(basic)) => {
                request.basic_auth(&basic.username, Some(&basic.password))
            }
            None => request,
        };
        Ok(request.send().await?)
    }

    /// What the registry asks for in `WWW-Authenticate`: a token of its token server, or the password itself.
    async fn authorize(&self, response: &Response) -> Result<Option<Authorization>, Failure> {
        let challenge = response.headers().get(WWW_AUTHENTICATE);
        let challenge = challenge
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let Some(parameters) = challenge.strip_prefix("Bearer ") else {
            return Ok(self.credentials.clone().map(Authorization::Basic));
        };
        let parameters = parameters_of(parameters);
        let realm = parameters
            .get("realm")
            .ok_or_else(|| no_image("no realm in its challenge"))?;
        let query = ["service", "scope"].map(|name| (name, parameters.get(name)));
        let query: Vec<_> = query
            .into_iter()
            .filter(|(_, value)| value.is_some())
            .collect();
        let realm: Url = realm
            .parse()
            .map_err(|_| no_image("its token server has no valid address"))?;
        let is_open = is_open(&realm);
        let mut request = self.client.get(realm).query(&query);
        if let Some(Credentials {
            username, password, ..
        }) = &self.credentials
        {
            if is_open {
                let text = "its token server is not reached by https, so it gets no password";
                return Err(Failure::Content(text.into()));
            }
            request = request.basic_auth(username, Some(password));
        }
        let response = request.send().await?;
        if !response.status().is_success() {
            return Err(Failure::Lookup(match response.status() {
                StatusCode::TOO_MANY_REQUESTS => Lookup::RateLimited(quota(response.headers())),
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.no_access(),
                status => Lookup::Unreachable(format!("the token server answers {status}")),
            }));
        }
        let token: Value = json(response).await?;
        let token = token["token"].as_str().or(token["access_token"].as_str());
        Ok(token.map(|token| Authorization::Bearer(token.to_owned())))
    }
}

/// The `name="value"` pairs of a challenge (RFC 9110, section 11.2). A scope has commas in its value.
fn parameters_of(text: &str) -> HashMap<&str, &str> {
    let mut parameters = HashMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, after)) = after.split_once('"') else {
            break;
        };
        parameters.insert(name.trim_matches([' ', ',']), value);
        rest = after;
    }
    parameters
}

pub(super) async fn json<T: serde::de::DeserializeOwned>(response: Response) -> Result<T, Failure> {
    let bytes = match body::read(response, MOST).await {
        Ok(bytes) => bytes,
        Err(Unread::Request(error)) => return Err(error.into()),
        Err(Unread::TooLarge) => return Err(no_image("it is larger than 4 MiB")),
    };
    serde_json::from_slice(&bytes).map_err(|error| no_image(&error.to_string()))
}

pub(super) fn no_image(why: &str) -> Failure {
    Failure::Content(format!(
        "the registry's response does not describe an image: {why}"
    ))
}

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// `ratelimit-remaining: 76;w=21600`, as Docker Hub documents it.
pub(super) fn quota(headers: &HeaderMap) -> Option<Quota> {
    let number = |name| {
        header(headers, name)?
            .split(';')
            .next()?
            .trim()
            .parse()
            .ok()
    };
    Some(Quota {
        remaining: number("ratelimit-remaining")?,
        limit: number("ratelimit-limit"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_for_all_to_read() {
        for (realm, is) in [
            ("https://auth.docker.io/token", false),
            ("http://127.0.0.1:5000/token", false),
            ("http://localhost/token", false),
            ("http://auth.example/token", true),
        ] {
            assert_eq!(is_open(&realm.parse().unwrap()), is, "{realm}");
        }
    }
}
