"""Task definitions and services as AWS gives them back: a member that was not given is not there, or has AWS's default."""

from ministack.services import ecs

register_task_definition = ecs._register_task_definition
create_service = ecs._create_service


def register_without_blanks(request):
    response = register_task_definition(request)
    for definition in ecs._task_defs.values():
        for name in [name for name, value in definition.items() if value in (None, "")]:
            del definition[name]
    return response


def create_with_defaults(request):
    response = create_service(request)
    for service in ecs._services.values():
        service.setdefault("availabilityZoneRebalancing", "DISABLED")
    return response


def install():
    ecs._ACTION_MAP["CreateService"] = create_with_defaults
    ecs._ACTION_MAP["RegisterTaskDefinition"] = register_without_blanks
