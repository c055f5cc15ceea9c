"""Targets of a load balancer: asked how they are, given requests while they are healthy and, for a moment, after that."""

import http.client
import random
import threading
import time

import pace
from ministack.services import alb

# How long a load balancer goes on sending to a target that was deregistered. It takes a moment to spread the word, while
# ECS stops the task at once.
UNTIL_KNOWN_SECONDS = 1

set_targets_for_group = alb.set_targets_for_group
proxy_http_target = alb._proxy_http_target

# By target group and address.
registered = {}
# Those that were deregistered a moment ago, and healthy until then.
leaving = []


class Target:
    def __init__(self, group, address, port):
        self.group, self.address, self.port = group, address, port
        self.state, self.reason = "initial", "Elb.RegistrationInProgress"
        self.description = "Target registration is in progress"
        # How many answers in a row speak for another state.
        self.others = 0

    def watch(self):
        group = alb._tgs[self.group]
        while True:
            failure = self.ask(group)
            if registered.get((self.group, self.address)) is not self:
                return
            self.note(failure, group)
            time.sleep(pace.interval(group["HealthCheckIntervalSeconds"]))

    def ask(self, group):
        """None, or AWS's code and words for what is wrong."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=group["HealthCheckTimeoutSeconds"])
        try:
            connection.request("GET", group["HealthCheckPath"], headers={"connection": "close"})
            status = connection.getresponse().status
        except TimeoutError:
            return "Target.Timeout", "Request timed out"
        except (OSError, http.client.HTTPException):
            return "Target.FailedHealthChecks", "Health checks failed"
        finally:
            connection.close()
        if status != 200:
            return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"
        return None

    def note(self, failure, group):
        state = "unhealthy" if failure else "healthy"
        if state == self.state:
            self.others = 0
            return
        self.others += 1
        if failure:
            needed = group["UnhealthyThresholdCount"]
        else:
            # "Each newly registered target must pass at least one health check."
            needed = 1 if self.state == "initial" else group["HealthyThresholdCount"]
        if self.others >= needed:
            self.state, self.others = state, 0
            self.reason, self.description = failure or (None, None)

    def leave(self):
        if self.state == "healthy":
            leaving.append(self)
            threading.Timer(UNTIL_KNOWN_SECONDS, leaving.remove, [self]).start()
        self.state, self.reason = "draining", "Target.DeregistrationInProgress"
        self.description = "Target deregistration is in progress"


def set_and_watch(group, wanted, previous=()):
    is_known = set_targets_for_group(group, wanted, previous)
    for address in set(previous) - {address for address, _ in wanted}:
        if target := registered.pop((group, address), None):
            target.leave()
    for address, port in wanted:
        if is_known and (group, address) not in registered:
            target = registered[group, address] = Target(group, address, port)
            threading.Thread(target=target.watch, daemon=True).start()
    return is_known


def of_group(group):
    return [target for target in [*registered.values(), *leaving] if target.group == group]


def describe_target_health(parameters):
    group = alb._p(parameters, "TargetGroupArn")
    if group not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target group '{group}' not found.")
    members = "".join(map(member, of_group(group)))
    return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>")


def member(target):
    health = f"<State>{target.state}</State>"
    if target.reason:
        health += f"<Reason>{target.reason}</Reason><Description>{target.description}</Description>"
    return (
        f"<member><Target><Id>{target.address}</Id><Port>{target.port}</Port></Target>"
        f"<TargetHealth>{health}</TargetHealth></member>"
    )


async def proxy(target, group, *rest):
    usable = [it for it in of_group(group["TargetGroupArn"]) if it.state == "healthy" or it in leaving]
    # "If a target group contains only unhealthy registered targets, the load balancer routes requests to all of them."
    if usable:
        chosen = random.choice(usable)
        target = {"Id": chosen.address, "Port": chosen.port}
    return await proxy_http_target(target, group, *rest)


def install():
    alb.set_targets_for_group = set_and_watch
    alb._proxy_http_target = proxy
    alb._ACTION_MAP["DescribeTargetHealth"] = describe_target_health
