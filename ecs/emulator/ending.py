"""The end of an emulator that is nobody's any more: nothing of it stays."""

import os
import sys
import threading
import time
from pathlib import Path

from ministack.core.container_reaper import INSTANCE_LABEL, instance_id
from ministack.services import ecs

run_docker_container = ecs._run_docker_container
is_over = threading.Event()


def run_until_the_end(*arguments, **named):
    if is_over.is_set():
        raise RuntimeError("the emulator ends")
    return run_docker_container(*arguments, **named)


def end():
    is_over.set()
    docker = ecs._get_docker()
    # Again, for what was just being started.
    for _ in range(3):
        for container in docker.containers.list(all=True, filters={"label": f"{INSTANCE_LABEL}={instance_id()}"}):
            try:
                container.remove(force=True, v=True)
            except Exception:
                pass
        time.sleep(0.2)
    os._exit(0)


def with_stdin():
    """Whoever started the emulator holds the other end, and is gone when that closes, however it ended."""
    sys.stdin.buffer.read()
    end()


def with_file(file):
    while Path(file).exists():
        time.sleep(0.2)
    end()


def install(file):
    ecs._run_docker_container = run_until_the_end
    watch = (with_file, file) if file else (with_stdin,)
    threading.Thread(target=watch[0], args=watch[1:], daemon=True).start()
