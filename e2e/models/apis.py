"""The APIs that `cargo ecs` uses, by their names in signatures, and botocore's model of each."""

import functools

from botocore.loaders import Loader
from botocore.model import ServiceModel

NAMES = {
    "cloudformation": "cloudformation",
    "ec2": "ec2",
    "ecs": "ecs",
    "elasticloadbalancing": "elbv2",
    "logs": "logs",
    "secretsmanager": "secretsmanager",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
}
"""botocore's name for each."""


@functools.cache
def model_of(api):
    name = NAMES[api]
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def takes_forms(model):
    """Whether requests are form parameters, and not JSON."""
    return model.protocol in ("query", "ec2")
