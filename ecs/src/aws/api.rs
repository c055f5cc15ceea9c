//! The APIs that are used.

/// An API of AWS.
#[derive(Clone, Copy, Debug)]
pub struct Api<F> {
    /// The first part of its host's name.
    pub(super) host: &'static str,
    /// Its name in policies and signatures.
    pub(super) name: &'static str,
    /// Its id in the configuration of endpoints.
    pub(super) id: &'static str,
    pub(super) form: F,
}

/// An API that speaks JSON, with this before the operation's name.
#[derive(Clone, Copy, Debug)]
pub struct Json(pub(super) &'static str);

/// An API that takes form parameters and answers in XML, in this version.
#[derive(Clone, Copy, Debug)]
pub struct Query(pub(super) &'static str);

/// Elastic Container Service.
pub const ECS: Api<Json> = Api {
    host: "ecs",
    name: "ecs",
    id: "ECS",
    form: Json("AmazonEC2ContainerServiceV20141113"),
};
/// CloudWatch Logs.
pub const LOGS: Api<Json> = Api {
    host: "logs",
    name: "logs",
    id: "CloudWatch Logs",
    form: Json("Logs_20140328"),
};
/// Resource Groups Tagging.
pub const TAGGING: Api<Json> = Api {
    host: "tagging",
    name: "tagging",
    id: "Resource Groups Tagging API",
    form: Json("ResourceGroupsTaggingAPI_20170126"),
};
/// Secrets Manager.
pub const SECRETS: Api<Json> = Api {
    host: "secretsmanager",
    name: "secretsmanager",
    id: "Secrets Manager",
    form: Json("secretsmanager"),
};
/// Elastic Load Balancing, version 2.
pub const ELB: Api<Query> = Api {
    host: "elasticloadbalancing",
    name: "elasticloadbalancing",
    id: "Elastic Load Balancing v2",
    form: Query("2015-12-01"),
};
/// EC2.
pub const EC2: Api<Query> = Api {
    host: "ec2",
    name: "ec2",
    id: "EC2",
    form: Query("2016-11-15"),
};
/// CloudFormation.
pub const CLOUDFORMATION: Api<Query> = Api {
    host: "cloudformation",
    name: "cloudformation",
    id: "CloudFormation",
    form: Query("2010-05-15"),
};

impl<F> Api<F> {
    /// An operation as policies spell it.
    pub fn action(&self, operation: &str) -> String {
        format!("{}:{operation}", self.name)
    }
}
