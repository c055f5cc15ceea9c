//! Credentials for a registry: given, or the ones that `docker login` has kept.

use super::reference::DOCKER_HUB;
use docker_credential::DockerCredential;

/// Docker's own name of Docker Hub in its configuration.
const HUB_IN_CONFIGURATION: &str = "https://index.docker.io/v1/";

/// User and password, or access token.
#[derive(Clone)]
pub struct Credentials {
    /// User.
    pub username: String,
    /// Password or access token.
    pub password: String,
}

impl Credentials {
    /// What `docker login` has kept for this registry, in its file or its helper.
    pub fn of_docker(registry: &str) -> Option<Self> {
        let server = if registry == DOCKER_HUB {
            HUB_IN_CONFIGURATION
        } else {
            registry
        };
        match docker_credential::get_credential(server).ok()? {
            DockerCredential::UsernamePassword(username, password) => {
                Some(Self { username, password })
            }
            DockerCredential::IdentityToken(_) => None,
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
