//! What the checks look at, whether it comes from files or from AWS.

mod definition;
mod home;
mod mapping;
mod network;
mod open;
mod service;
mod unknown;

pub use self::definition::{
    Container, HealthCheck, LogConfiguration, RuntimePlatform, Secret, TaskDefinition, Variable,
};
pub use self::home::Home;
pub use self::mapping::{PortMapping, in_words};
pub use self::network::{Peer, Rule, SecurityGroup};
pub use self::service::{
    Attachment, AwsvpcConfiguration, Balancer, CapacityProvider, DeploymentConfiguration,
    DeploymentController, Listener, NetworkConfiguration, RunningImage, Service, Target,
    TargetGroup,
};
pub use self::unknown::{Extent, Unknown};

use crate::doctor::CheckId;
use crate::image::Lookup;
use std::collections::BTreeSet;

/// All that is known about a service.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// If the files of this repository were read, whose image is its own; not AWS, and not other people's files.
    pub is_of_files: bool,
    /// If it is of a plan of Terraform, which has words of its own for what AWS has.
    pub is_of_plan: bool,
    /// If it is in AWS, where commands can change it. Names in files are no ids.
    pub is_made: bool,
    /// The repository that the image should be in, if that is known.
    pub expected_repository: Option<String>,
    /// The tag that the image should have, if that is known.
    pub expected_tag: Option<String>,
    /// How to run the image.
    pub definition: TaskDefinition,
    /// If that is not known at all, and so empty.
    pub lacks_definition: bool,
    /// What the registries say of each container's image, in their order.
    pub images: Vec<Lookup>,
    /// What runs, by the agents' word.
    pub running: Vec<RunningImage>,
    /// The service.
    pub service: Service,
    /// Target groups that the service names.
    pub target_groups: Vec<TargetGroup>,
    /// Load balancers that they belong to.
    pub balancers: Vec<Balancer>,
    /// Names of the load balancers in the VPC of the tasks, for the case that the service has none.
    pub other_balancers: Vec<String>,
    /// Target groups for addresses in that VPC, for the same case.
    pub other_groups: Vec<String>,
    /// Security groups of the tasks and the balancers, and those that their rules name.
    pub groups: Vec<SecurityGroup>,
    /// Groups of CloudWatch Logs that are named and not there.
    pub missing_log_groups: Vec<String>,
    /// Addresses for tasks in their subnets, if that is known: those that are free, or of files all that there are.
    pub free_addresses: Option<u32>,
    /// Where the tasks run, if no ARN of the cluster tells it.
    pub home: Home,
    /// Fields whose values files leave open, such as `containerDefinitions[0].environment`.
    pub open: BTreeSet<String>,
    /// What is not known, and so not checked.
    pub unknown: Vec<Unknown>,
    /// Checks that other facts answer for, which are examined together with these.
    pub left_out: Vec<CheckId>,
    /// What is wrong in the files, whatever the checks find.
    pub faults: Vec<Fault>,
}

/// Something in a file that AWS refuses, or takes for nothing.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The check that looks at what it should be.
    pub check: CheckId,
    /// What is wrong, with file and line.
    pub text: String,
    /// What to change.
    pub fix: String,
    /// If it cannot work, and not only may.
    pub is_failure: bool,
}

impl Facts {
    /// If the value of this field, or of one in it, is left open.
    pub fn is_open(&self, field: &str) -> bool {
        self.open.iter().any(|path| open::is_within(path, field))
    }

    /// If there may be containers that are not known here.
    pub fn may_have_more_containers(&self) -> bool {
        self.lacks_definition || self.open.iter().any(|path| open::is_container(path))
    }

    /// The container that requests go to: the one that the service attaches, or else the first essential one that maps a
    /// port, if any does.
    pub fn main_container(&self) -> Option<&Container> {
        let containers = &self.definition.container_definitions;
        let attached = self.service.load_balancers.first();
        let attached = attached.and_then(|attached| {
            let name = attached.container_name.as_deref()?;
            containers.iter().find(|container| container.name == name)
        });
        let essential = || containers.iter().filter(|container| container.essential);
        let mut mapping = essential().filter(|it| !it.port_mappings.is_empty());
        attached
            .or_else(|| mapping.next())
            .or_else(|| essential().next())
    }

    /// If that container is certain to be the one: none that is not known here may be meant.
    pub fn is_main_known(&self) -> bool {
        let containers = &self.definition.container_definitions;
        let attached = self.service.load_balancers.first();
        let name = attached.and_then(|attached| attached.container_name.as_ref());
        !self.may_have_more_containers()
            || name.is_some_and(|name| containers.iter().any(|it| it.name == *name))
    }

    /// What the registry says about that container's image.
    pub fn main_image(&self) -> &Lookup {
        let name = self
            .main_container()
            .map(|container| container.name.as_str());
        let containers = self.definition.container_definitions.iter();
        let mut pairs = containers.zip(&self.images);
        let pair = pairs.find(|(container, _)| Some(container.name.as_str()) == name);
        pair.map_or(&Lookup::NotAsked, |(_, image)| image)
    }

    /// The port that the balancer sends requests to.
    pub fn attached_port(&self) -> Option<u16> {
        let of_service = self
            .service
            .load_balancers
            .first()
            .and_then(|attached| attached.container_port);
        let mapped = || {
            Some(
                *self
                    .main_container()?
                    .port_mappings
                    .first()?
                    .ports()?
                    .start(),
            )
        };
        of_service.or_else(mapped)
    }

    /// Where the tasks run, by the cluster's ARN or by what else is known.
    pub fn home(&self) -> Home {
        let cluster = &self.service.cluster_arn;
        if cluster.is_empty() {
            self.home.clone()
        } else {
            Home::of_arn(cluster)
        }
    }

    /// If the tasks have networks of their own: on Fargate there is nothing else.
    pub fn is_awsvpc(&self) -> bool {
        // ECS takes subnets for such tasks alone.
        let has_subnets = self.lacks_definition && !self.service.subnets().is_empty();
        self.definition.network_mode.as_deref() == Some("awsvpc")
            || self.is_on_fargate()
            || has_subnets
    }

    /// If Fargate is to run the tasks, and so what that has and wants counts.
    pub fn is_on_fargate(&self) -> bool {
        self.definition.is_for_fargate() || self.service.is_on_fargate()
    }

    /// The ports that the load balancer sends requests and health checks to, each once.
    pub fn balanced_ports(&self) -> BTreeSet<u16> {
        let attached = self.service.load_balancers.iter();
        let attached = attached.filter_map(|it| it.container_port);
        let checked = self.target_groups.iter();
        let checked = checked.filter_map(|group| group.health_port);
        attached
            .chain(checked)
            .chain(self.attached_port())
            .collect()
    }

    /// A security group by its id.
    pub fn group(&self, id: &str) -> Option<&SecurityGroup> {
        self.groups.iter().find(|group| group.id == id)
    }
}
