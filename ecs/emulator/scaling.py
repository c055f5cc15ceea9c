"""Application Auto Scaling, as far as it is set up: targets and policies are kept, and nothing is scaled."""

import json

from ministack import app
from ministack.core import router
from ministack.core.responses import get_account_id, get_region, json_response, new_uuid, now_epoch

SERVICE = "application-autoscaling"

# By what names them in requests.
targets, policies, tags = {}, {}, {}


def target_of(request):
    return request["ServiceNamespace"], request["ResourceId"], request["ScalableDimension"]


def register(request):
    key = target_of(request)
    if key not in targets:
        arn = f"arn:aws:{SERVICE}:{get_region()}:{get_account_id()}:scalable-target/{new_uuid()}"
        targets[key] = {"ScalableTargetARN": arn, "CreationTime": now_epoch(), "RoleARN": "role"}
        tags[arn] = request.get("Tags", {})
    targets[key].update({name: value for name, value in request.items() if name != "Tags"})
    return {"ScalableTargetARN": targets[key]["ScalableTargetARN"]}


def put_policy(request):
    key = (*target_of(request), request["PolicyName"])
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{new_uuid()}"
    policies.setdefault(key, {"PolicyARN": arn, "CreationTime": now_epoch(), "Alarms": []}).update(request)
    return {"PolicyARN": policies[key]["PolicyARN"], "Alarms": []}


def deregister(request):
    del targets[target_of(request)]
    for key in [key for key in policies if key[:3] == target_of(request)]:
        del policies[key]
    return {}


def delete_policy(request):
    del policies[(*target_of(request), request["PolicyName"])]
    return {}


def named(items, request, names, key):
    """Those of a namespace, and of the resources or names that are asked for."""
    wanted = request.get(names)
    of_namespace = (it for it in items.values() if it["ServiceNamespace"] == request["ServiceNamespace"])
    return [it for it in of_namespace if not wanted or it[key] in wanted]


OPERATIONS = {
    "DeleteScalingPolicy": delete_policy,
    "DeregisterScalableTarget": deregister,
    "DescribeScalableTargets": lambda it: {"ScalableTargets": named(targets, it, "ResourceIds", "ResourceId")},
    "DescribeScalingPolicies": lambda it: {"ScalingPolicies": named(policies, it, "PolicyNames", "PolicyName")},
    "ListTagsForResource": lambda it: {"Tags": tags.get(it["ResourceARN"], {})},
    "PutScalingPolicy": put_policy,
    "RegisterScalableTarget": register,
}


async def handle(method, path, headers, body, parameters):
    operation = headers["x-amz-target"].rsplit(".", 1)[-1]
    return json_response(OPERATIONS[operation](json.loads(body)))


def install():
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": ["AnyScaleFrontendService"]}
    app.SERVICE_HANDLERS[SERVICE] = handle
