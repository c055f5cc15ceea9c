"""Stacks: the resource types that the emulator's CloudFormation leaves out, and ECS's by the API, as CloudFormation makes them."""

import json
import os
import time

from ministack.core.responses import new_uuid
from ministack.services import alb, ec2, ecs, secretsmanager
from ministack.services.cloudformation import changesets, provisioners, stacks
from ministack.services.cloudformation.engine import _evaluate_conditions

import definitions
import tasks

# What ECS's API wants as numbers. CloudFormation gives parameters as text, and makes of it what the type is.
NUMBERS = {
    "canaryBakeTimeInMinutes", "canaryPercent", "containerPort", "desiredCount", "healthCheckGracePeriodSeconds", "hostPort",
    "interval", "maximumPercent", "minimumHealthyPercent", "retries", "startPeriod", "stopTimeout", "timeout",
}  # fmt: skip
# How long a service may take: CloudFormation gives it three hours.
STEADY_SECONDS = 300
SERVICE = "AWS::ECS::Service"

resolve_props_for_diff = changesets._resolve_props_for_diff
runs_on_worker_thread = stacks._runs_on_worker_thread


def resolve_what_is_to_be(template, parameters, *rest):
    """A change set is about resources whose condition holds."""
    resolved = resolve_props_for_diff(template, parameters, *rest)
    conditions = _evaluate_conditions(template, parameters) if template else {}
    resources = resolved.get("Resources", {}).items()
    is_to_be = lambda resource: conditions.get(resource.get("Condition"), True)
    return resolved | {"Resources": {name: it for name, it in resources if is_to_be(it)}}


def in_words_of_api(value, name=None):
    if isinstance(value, dict):
        return {lower(key): in_words_of_api(it, lower(key)) for key, it in value.items() if it is not None}
    if isinstance(value, list):
        return [in_words_of_api(it) for it in value]
    return int(value) if name in NUMBERS else value


def lower(name):
    return name[:1].lower() + name[1:]


def answer_of(response):
    status, _, body = response
    answer = json.loads(body)
    if status >= 400:
        raise ValueError(answer.get("message", body))
    return answer


def create_definition(_logical_id, properties, _stack):
    request = in_words_of_api(properties)
    response = definitions.register_without_blanks(request)
    arn = answer_of(response)["taskDefinition"]["taskDefinitionArn"]
    return arn, {"TaskDefinitionArn": arn}


def update_definition(arn, old, new, stack):
    """Another revision; the stack deletes the one before once it is replaced."""
    return create_definition(None, new, stack)


def create_service(_logical_id, properties, _stack):
    request = in_words_of_api(properties)
    service = answer_of(ecs._create_service(request))["service"]
    if service["desiredCount"]:
        # The emulator says at once that it is complete.
        first_deployment(service)["rolloutState"] = "IN_PROGRESS"
    wait_until_steady(service)
    return attributes_of(service)


def update_service(arn, old, new, _stack):
    changed = {name: it for name, it in new.items() if it != old.get(name) and name != "Tags"}
    if "LoadBalancers" in old.keys() - new.keys():
        changed["LoadBalancers"] = []
    request = in_words_of_api(changed) | {"cluster": new["Cluster"], "service": new["ServiceName"]}
    service = answer_of(ecs._update_service(request))["service"]
    wait_until_steady(service)
    return attributes_of(service)


def attributes_of(service):
    return service["serviceArn"], {"ServiceArn": service["serviceArn"], "Name": service["serviceName"]}


def wait_until_steady(service):
    """As CloudFormation, which fails with the service's deployment."""
    begun = first_deployment(service)["id"]
    end = time.monotonic() + STEADY_SECONDS
    while time.monotonic() < end:
        now, first = kept(service), first_deployment(service)
        if first["id"] != begun or first["rolloutState"] == "FAILED":
            raise ValueError("Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.")
        is_steady = tasks.healthy_count(now) >= now["desiredCount"] == now["runningCount"]
        if is_steady and first["rolloutState"] == "COMPLETED":
            return
        time.sleep(0.1)
    raise ValueError("Resource timed out waiting for completion")


def kept(service):
    """The emulator's own of what it has answered."""
    return ecs._services["/".join(service["serviceArn"].rsplit("/", 2)[1:])]


def first_deployment(service):
    return kept(service)["deployments"][0]


def create_secret(*arguments):
    """`Ref` gives the ARN."""
    _, attributes = provisioners._sm_secret_create(*arguments)
    return attributes["Arn"], attributes


def delete_secret(arn, properties):
    for name, secret in list(secretsmanager._secrets.items()):
        if secret["ARN"] == arn:
            provisioners._sm_secret_delete(name, properties)


def create_balancer(*arguments):
    """Its address is one that this machine knows: the emulator's, by a name that leads here."""
    arn, attributes = provisioners._elbv2_load_balancer_create(*arguments)
    balancer = alb._lbs[arn]
    name = f"{balancer['LoadBalancerName'].lower()}.alb.localhost:{os.environ['GATEWAY_PORT']}"
    balancer["DNSName"] = name
    return arn, attributes | {"DNSName": name}


def rule_handlers(direction, make_permissions):
    """A rule of a security group as a resource of its own."""

    def create(_logical_id, properties, _stack):
        group = ec2._security_groups[properties["GroupId"]]
        group[direction] += make_permissions([properties])
        return f"sgr-{new_uuid().replace('-', '')[:17]}", {}

    def delete(_id, properties):
        group = ec2._security_groups.get(properties["GroupId"], {direction: []})
        for permission in make_permissions([properties]):
            if permission in group[direction]:
                group[direction].remove(permission)

    def update(id, old, new, stack):
        delete(id, old)
        return create(None, new, stack)

    return {"create": create, "update": update, "delete": delete}


def scaling_handlers(id_of):
    """Kept and not obeyed: the emulator measures no load, so the count stays where it is put."""
    make = lambda _logical_id, properties, _stack: (id_of(properties), {})
    update = lambda _id, _old, new, stack: make(None, new, stack)
    return {"create": make, "update": update, "delete": lambda _id, _properties: None}


def install():
    permissions = provisioners._ec2_sg_permissions
    of_target = lambda it: f"{it['ResourceId']}|{it['ScalableDimension']}|{it['ServiceNamespace']}"
    of_policy = lambda it: f"arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:{new_uuid()}:{it['PolicyName']}"
    balancer = provisioners._RESOURCE_HANDLERS["AWS::ElasticLoadBalancingV2::LoadBalancer"]
    provisioners._RESOURCE_HANDLERS |= {
        "AWS::EC2::SecurityGroupIngress": rule_handlers("IpPermissions", permissions),
        "AWS::EC2::SecurityGroupEgress": rule_handlers("IpPermissionsEgress", permissions),
        "AWS::ApplicationAutoScaling::ScalableTarget": scaling_handlers(of_target),
        "AWS::ApplicationAutoScaling::ScalingPolicy": scaling_handlers(of_policy),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer | {"create": create_balancer},
        "AWS::ECS::TaskDefinition": {
            "create": create_definition,
            "update": update_definition,
            "delete": provisioners._ecs_task_def_delete,
        },
        "AWS::SecretsManager::Secret": {"create": create_secret, "delete": delete_secret},
        SERVICE: {"create": create_service, "update": update_service, "delete": provisioners._ecs_service_delete},
    }
    changesets._resolve_props_for_diff = resolve_what_is_to_be
    stacks._runs_on_worker_thread = lambda type: type == SERVICE or runs_on_worker_thread(type)
