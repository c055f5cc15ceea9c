"""Task definitions as AWS gives them back: a member that was not given is not there."""

from ministack.services import ecs

register_task_definition = ecs._register_task_definition


def register_without_blanks(request):
    response = register_task_definition(request)
    for definition in ecs._task_defs.values():
        for name in [name for name, value in definition.items() if value in (None, "")]:
            del definition[name]
    return response


def install():
    ecs._ACTION_MAP["RegisterTaskDefinition"] = register_without_blanks
