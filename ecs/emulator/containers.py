"""Containers as their definition has them: memory, entry point, user, file system, capabilities, health check."""

import os

import pace
from ministack.services import ecs

SECOND = 1_000_000_000
# What CI and `cargo ecs try` look for when they make sure that nothing is left: which emulator it is of.
LABEL = {"dualrun-emulator": os.environ["GATEWAY_PORT"]}

build_run_kwargs = ecs._build_run_kwargs


def arguments_as_defined(container, definition, *rest):
    """The arguments of docker-py's `containers.run`."""
    arguments = build_run_kwargs(container, definition, *rest)
    arguments["labels"].update(LABEL)
    # Without swap, as on Fargate: both together are as much as the memory alone.
    arguments["mem_limit"] = arguments["memswap_limit"] = f"{definition['memory']}m"
    arguments["healthcheck"] = health_check(container.get("healthCheck"))
    arguments["read_only"] = container.get("readonlyRootFilesystem", False)
    capabilities = container.get("linuxParameters", {}).get("capabilities", {})
    arguments["cap_drop"] = capabilities.get("drop")
    for name in ("entryPoint", "user"):
        if name in container:
            arguments[name.lower()] = container[name]
    return arguments


def health_check(check):
    if not check:
        # "Amazon ECS doesn't monitor Docker health checks that are embedded in a container image."
        return {"test": ["NONE"]}
    return {
        "test": check["command"],
        "interval": int(pace.interval(check.get("interval", 30)) * SECOND),
        "timeout": check.get("timeout", 5) * SECOND,
        "retries": check.get("retries", 3),
        "start_period": check.get("startPeriod", 0) * SECOND,
    }


def install():
    ecs._build_run_kwargs = arguments_as_defined
