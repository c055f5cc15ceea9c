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

/// An API that speaks JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json {
    /// What stands before the operation's name.
    pub(super) target: &'static str,
    /// Where its lists say that there is another page, and where they are asked for it.
    pub(super) token: &'static str,
}

/// An API that takes form parameters and answers in XML, in this version.
#[derive(Clone, Copy, Debug)]
pub struct Query(pub(super) &'static str);

/// Elastic Container Service.
pub const ECS: Api<Json> = Api {
    host: "ecs",
    name: "ecs",
    id: "ECS",
    form: Json {
        target: "AmazonEC2ContainerServiceV20141113",
        token: "nextToken",
    },
};
/// CloudWatch Logs.
pub const LOGS: Api<Json> = Api {
    host: "logs",
    name: "logs",
    id: "CloudWatch Logs",
    form: Json {
        target: "Logs_20140328",
        token: "nextToken",
    },
};
/// Resource Groups Tagging.
pub const TAGGING: Api<Json> = Api {
    host: "tagging",
    name: "tagging",
    id: "Resource Groups Tagging API",
    form: Json {
        target: "ResourceGroupsTaggingAPI_20170126",
        token: "PaginationToken",
    },
};
/// Secrets Manager.
pub const SECRETS: Api<Json> = Api {
    host: "secretsmanager",
    name: "secretsmanager",
    id: "Secrets Manager",
    form: Json {
        target: "secretsmanager",
        token: "NextToken",
    },
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
/// The Security Token Service.
pub const STS: Api<Query> = Api {
    host: "sts",
    name: "sts",
    id: "STS",
    form: Query("2011-06-15"),
};
/// CloudFormation.
pub const CLOUDFORMATION: Api<Query> = Api {
    host: "cloudformation",
    name: "cloudformation",
    id: "CloudFormation",
    form: Query("2010-05-15"),
};

impl<F> Api<F> {
    /// Its name in policies and signatures.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// An operation as policies spell it.
    pub fn action(&self, operation: &str) -> String {
        format!("{}:{operation}", self.name)
    }
}
