"""Starts the service with each recorder, asks it a few things, and parses what it tells of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families

from schema import EMBEDDED_METRIC

COMPLETE = {"APP_NAME": "shop", "ENVIRONMENT": "test", "SECRET_KEY": "dummy"}
REQUESTS = "http_server_requests_total"
DURATION = "http_server_request_duration_seconds"
PATHS = ["/", "/", "/nope", "/health"]
MOST_METRICS = 100
MOST_VALUES = 100
SECONDS = 10


def start(binary, variables):
    options = {"DUALRUN_ADDR": "127.0.0.1:0", "DUALRUN_METRICS_ADDR": "127.0.0.1:0"}
    return subprocess.Popen(
        [binary], env=COMPLETE | options | variables, stdout=subprocess.PIPE, text=True
    )


def address(process, message):
    """The address in the next line with this message."""
    for line in process.stdout:
        event = json.loads(line)
        if event.get("message") == message:
            return event["addr"]
    raise SystemExit(f"the log ended without {message!r}")


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def check(holds, what):
    if not holds:
        raise SystemExit(f"not so: {what}")


def prometheus(binary):
    process = start(binary, {"DUALRUN_METRICS": "prometheus"})
    try:
        page = address(process, "listening for metrics")
        service = address(process, "listening")
        for path in PATHS:
            get(f"http://{service}{path}")
        text = get(f"http://{page}/metrics")
    finally:
        process.kill()
        process.wait()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    requests = sum(sample.value for sample in families["http_server_requests"].samples)
    check(requests == 3, f"3 requests without the probe, and not {requests}")
    check(families["http_server_requests"].type == "counter", "requests are a counter")
    check(families[DURATION].type == "histogram", "durations are a histogram")
    buckets = [s.value for s in families[DURATION].samples if s.labels.get("le") == "+Inf"]
    check(sum(buckets) == 3, f"3 durations, and not {buckets}")
    for family in families.values():
        check(family.documentation, f"{family.name} says what it is")
    if promtool := shutil.which("promtool"):
        checked = subprocess.run([promtool, "check", "metrics"], input=text, text=True, check=False)
        check(checked.returncode == 0, "promtool takes the page")
    print(f"prometheus: {len(families)} metrics, {len(text.splitlines())} lines")


def emf(binary):
    process = start(binary, {"DUALRUN_METRICS": "emf", "OTEL_SERVICE_NAME": "shop"})
    service = address(process, "listening")
    for path in PATHS:
        get(f"http://{service}{path}")
    process.send_signal(signal.SIGINT)
    log, _ = process.communicate(timeout=SECONDS)
    lines = [json.loads(line) for line in log.splitlines()]
    lines = [line for line in lines if "_aws" in line]
    validator = Draft202012Validator(EMBEDDED_METRIC)
    for line in lines:
        for error in validator.iter_errors(line):
            raise SystemExit(f"{error.json_path}: {error.message}\n{line}")
        references(line)
    requests = sum(line.get(REQUESTS, 0) for line in lines)
    check(requests == 3, f"3 requests without the probe, and not {requests}")
    durations = [line[DURATION] for line in lines if DURATION in line]
    check(sum(sum(it["Counts"]) for it in durations) == 3, f"3 durations: {durations}")
    print(f"emf: {len(lines)} lines")


def references(line):
    """What a schema cannot say: that all that is named is there, as what it has to be."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        check(len(directive["Metrics"]) <= MOST_METRICS, "a line has 100 metrics at most")
        for name in (name for names in directive["Dimensions"] for name in names):
            check(isinstance(line.get(name), str) and line[name], f"{name} is a text: {line}")
        for metric in directive["Metrics"]:
            value = line[metric["Name"]]
            if isinstance(value, dict):
                check(len(value["Values"]) == len(value["Counts"]) <= MOST_VALUES, f"{value}")
            else:
                check(isinstance(value, (int, float)), f"{metric['Name']} is a number: {line}")


if __name__ == "__main__":
    binary = os.path.abspath(sys.argv[1])
    prometheus(binary)
    emf(binary)
