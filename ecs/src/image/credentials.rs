//! Credentials for a registry: given, or the ones that `docker login` has kept.

use super::reference::DOCKER_HUB;
use docker_credential::DockerCredential;

/// Docker's own name of Docker Hub in its configuration.
const HUB_IN_CONFIGURATION: &str = "https://index.docker.io/v1/";

/// User and password, or access token, of one registry.
#[derive(Clone)]
pub struct Credentials {
    /// Host and port of the registry, which nobody else gets them for.
    pub registry: String,
    /// User.
    pub username: String,
    /// Password or access token.
    pub password: String,
}

impl Credentials {
    /// Of the registry that `docker login` would take for `server`: Docker Hub if it is empty.
    pub fn of(server: &str, username: String, password: String) -> Self {
        let host = server.split_once("://").map_or(server, |(_, host)| host);
        let registry = match host.split('/').next().unwrap_or_default() {
            "" | "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB,
            host => host,
        };
        Self {
            registry: registry.to_owned(),
            username,
            password,
        }
    }

    /// What `docker login` has kept for this registry, in its file or its helper.
    pub fn of_docker(registry: &str) -> Option<Self> {
        let server = if registry == DOCKER_HUB {
            HUB_IN_CONFIGURATION
        } else {
            registry
        };
        match docker_credential::get_credential(server).ok()? {
            DockerCredential::UsernamePassword(username, password) => Some(Self {
                registry: registry.to_owned(),
                username,
                password,
            }),
            DockerCredential::IdentityToken(_) => None,
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("registry", &self.registry)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_as_docker_login_takes_it() {
        for (server, registry) in [
            ("", DOCKER_HUB),
            ("https://index.docker.io/v1/", DOCKER_HUB),
            ("docker.io", DOCKER_HUB),
            ("ghcr.io", "ghcr.io"),
            ("https://registry.example:5000/", "registry.example:5000"),
        ] {
            let credentials = Credentials::of(server, "me".into(), "secret".into());
            assert_eq!(credentials.registry, registry, "{server}");
            assert!(!format!("{credentials:?}").contains("secret"));
        }
    }
}
