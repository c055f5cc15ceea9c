"""What has tags, for the tagging API: the emulator leaves some services out, and keeps what is deleted."""

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, cloudwatch_logs, ec2, ecs, tagging

delete_task_definitions = ecs._delete_task_definitions

# By how ids begin.
KINDS = {
    "vpc": "vpc",
    "subnet": "subnet",
    "igw": "internet-gateway",
    "rtb": "route-table",
    "sg": "security-group",
    "nat": "natgateway",
    "eipalloc": "elastic-ip",
}


def of_ec2():
    for id, tags in ec2._tags.items():
        if kind := KINDS.get(id.split("-")[0]):
            yield f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{id}", tags


def of_balancers():
    living = {**alb._lbs, **alb._tgs, **alb._listeners}
    yield from ((arn, tags) for arn, tags in alb._tags.items() if arn in living)


def of_logs():
    for name, group in cloudwatch_logs._log_groups.items():
        tags = [{"Key": key, "Value": value} for key, value in (group.get("tags") or {}).items()]
        yield f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{name}", tags


def of_ecs():
    gone = {it["serviceArn"] for it in ecs._services.values() if it["status"] != "ACTIVE"}
    for arn, tags in ecs._tags.items():
        if arn not in gone:
            yield arn, [{"Key": it["key"], "Value": it["value"]} for it in tags]


def delete_task_definitions_with_tags(request):
    response = delete_task_definitions(request)
    for arn in request.get("taskDefinitions", []):
        ecs._tags.pop(arn, None)
    return response


def install():
    tagging._COLLECTORS |= {
        "ec2": of_ec2,
        "ecs": of_ecs,
        "elasticloadbalancing": of_balancers,
        "logs": of_logs,
    }
    ecs._ACTION_MAP["DeleteTaskDefinitions"] = delete_task_definitions_with_tags
