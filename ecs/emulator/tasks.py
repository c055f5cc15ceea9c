"""What becomes of a task that is unhealthy, and of a deployment until its tasks are healthy."""

import time

import targets
from ministack.services import ecs

mark_task_stopped = ecs._mark_task_stopped
maybe_mark_stopped = ecs._maybe_mark_stopped
record_service_task_healthy = ecs._record_service_task_healthy


def states(task):
    """Containers, and what Docker says of them; None of one that it cannot find."""
    for container, identifier in zip(task["containers"], list(task.get("_docker_ids") or [])):
        try:
            yield container, ecs._get_docker().api.inspect_container(identifier)["State"]
        except Exception:
            yield container, None


def checks(task):
    """How the checks of the task's containers have ended: `none` of one that has no check."""
    return {(state.get("Health") or {}).get("Status", "none") if state else "unknown" for _, state in states(task)}


def service_of(task):
    cluster, name = task["clusterArn"].rsplit("/", 1)[-1], task.get("group", "").removeprefix("service:")
    return ecs._services.get(f"{cluster}/{name}")


def targets_of(task):
    """The task's target in each target group of its service: None where it is not registered."""
    balancers = service_of(task).get("loadBalancers") or []
    return [targets.registered.get((it["targetGroupArn"], ecs._task_ip(task))) for it in balancers]


def is_healthy(task):
    return checks(task) <= {"healthy", "none"} and all(it and it.state == "healthy" for it in targets_of(task))


def healthy_count(service):
    """How many tasks of the service are healthy."""
    group, cluster = f"service:{service['serviceName']}", service["clusterArn"]
    own = [task for task in list(ecs._tasks.values()) if (task.get("group"), task["clusterArn"]) == (group, cluster)]
    return sum(task.get("lastStatus") == "RUNNING" and is_healthy(task) for task in own)


def mark_stopped_with_reasons(arn, task, *rest, **named):
    for container, state in states(task):
        if state and state["OOMKilled"]:
            container["reason"] = "OutOfMemoryError: Container killed due to memory usage"
    return mark_task_stopped(arn, task, *rest, **named)


def maybe_stop(task, docker=None):
    """Called ten times a second, and by who asks for the task."""
    maybe_mark_stopped(task, docker)
    if task.get("lastStatus") != "RUNNING" or not service_of(task):
        return
    reason = "Task failed container health checks" if "unhealthy" in checks(task) else of_targets(task)
    if reason and ecs._mark_task_stopped(task["taskArn"], task, reason, "ServiceSchedulerInitiated"):
        ecs._record_service_task_failure(task)
        ecs._cleanup_task_resources(task, ecs._get_docker())


def of_targets(task):
    """Why the task is to be stopped, if a target of it is unhealthy. The service's events say more than the task."""
    for target in filter(None, targets_of(task)):
        if target.state == "unhealthy":
            service = service_of(task)
            message = (
                f"(service {service['serviceName']}) (port {target.port}) is unhealthy in "
                f"(target-group {target.group}) due to (reason {target.description})"
            )
            service["events"].insert(0, {"id": ecs.new_uuid(), "createdAt": ecs._iso(), "message": message})
            return f"Task failed ELB health checks in (target-group {target.group})"
    return None


def record_once_healthy(service, task):
    """On a thread of its own: the emulator's deployment goes on when this returns."""
    while ecs._task_is_active(task["taskArn"], task) and not is_healthy(task):
        time.sleep(0.1)
    record_service_task_healthy(service, task)


def install():
    ecs._mark_task_stopped = mark_stopped_with_reasons
    ecs._maybe_mark_stopped = maybe_stop
    ecs._record_service_task_healthy = record_once_healthy
