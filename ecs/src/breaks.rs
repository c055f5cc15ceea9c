//! The ways in which such services break, done to one that runs, and undone.

use crate::aws::ecs::{
    BadDefinition, LoadBalancer, Service, UpdateService, describe_definition, register,
    update_service,
};
use crate::aws::{ApiError, Cloud};
use crate::doctor::CheckId;
use crate::image::Reference;

/// A way to break a service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Break<'a> {
    /// The image has another name.
    Name,
    /// No image has the tag.
    Tag,
    /// The definition and the load balancer have another port than the program.
    Port(u16),
    /// The service is not attached to its load balancer.
    Detached,
    /// This variable is not there.
    Variable(&'a str),
}

/// The four of the checklist, with the check that has to name each.
pub(crate) const CLASSIC: [(&str, CheckId, Break<'static>); 4] = [
    ("wrong image name", CheckId::ImageName, Break::Name),
    ("missing image tag", CheckId::ImageExists, Break::Tag),
    ("port mismatch", CheckId::ContainerPort, Break::Port(80)),
    (
        "load balancer not attached",
        CheckId::Attachment,
        Break::Detached,
    ),
];

/// Why a service cannot be broken or restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BreakError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Definition(#[from] BadDefinition),
}

/// A service that is sound, in the cluster of its name.
pub(crate) struct Sound<'a> {
    pub(crate) name: &'a str,
    pub(crate) image: &'a Reference,
    pub(crate) service: Service,
}

impl Sound<'_> {
    /// Breaks it, without waiting for what comes of it.
    pub(crate) async fn broken(
        &self,
        cloud: &impl Cloud,
        how: Break<'_>,
    ) -> Result<(), BreakError> {
        let mut attached = self.service.load_balancers.clone();
        let definition = self.service.task_definition.as_deref().unwrap_or_default();
        let broken = describe_definition(cloud, definition).await?;
        let first = attached
            .first()
            .and_then(|first| first.container_name.clone());
        let container = &first.unwrap_or_default();
        let name = self.image.name();
        let broken = match how {
            Break::Name => {
                let image = format!("{name}-typo:{}", self.image.version());
                broken.with_image(container, &image)?
            }
            Break::Tag => broken.with_image(container, &format!("{name}:0000000"))?,
            Break::Port(port) => {
                for it in &mut attached {
                    it.container_port = Some(port);
                }
                broken.with_port(container, port)?
            }
            Break::Variable(variable) => broken.without_variable(container, variable)?,
            Break::Detached => return self.update(cloud, (None, &[])).await,
        };
        let revision = register(cloud, &broken).await?;
        self.update(cloud, (Some(&revision), &attached)).await
    }

    /// Makes it as it was, without waiting for the tasks.
    pub(crate) async fn restored(&self, cloud: &impl Cloud) -> Result<(), BreakError> {
        let definition = self.service.task_definition.as_deref();
        self.update(cloud, (definition, &self.service.load_balancers))
            .await
    }

    async fn update(
        &self,
        cloud: &impl Cloud,
        (task_definition, attached): (Option<&str>, &[LoadBalancer]),
    ) -> Result<(), BreakError> {
        let update = UpdateService {
            cluster: self.name,
            service: self.name,
            task_definition,
            load_balancers: Some(attached),
            ..UpdateService::default()
        };
        update_service(cloud, &update).await?;
        Ok(())
    }
}
