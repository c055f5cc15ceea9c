"""What a container exports: the span of each request, the service's own within, and the last ones at SIGTERM."""

import json
import unittest

from client import get, leave
from collector import Collector
from process import Server, binary, example

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


def traceparent(flags):
    return {"traceparent": f"00-{TRACE}-{PARENT}-{flags}"}


class Container(unittest.TestCase):
    def start(self, program, collector, **variables):
        of_export = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "50"}
        return self.enterContext(Server(program, of_export | variables))

    def setUp(self):
        self.collector = self.enterContext(Collector())

    def test_a_request_is_a_server_span_in_the_callers_trace(self):
        server = self.start(binary("bin-fargate"), self.collector)
        headers = traceparent("01") | {
            "tracestate": "rojo=1",
            "user-agent": "curl/8",
            "x-request-id": "abc-1",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-proto": "https",
            "host": "shop.example:8443",
        }
        get(server.address, "/?token=hunter2", headers)
        [span] = self.collector.wait_for(1)
        self.assertEqual((span.trace, span.parent, span.state), (TRACE, PARENT, "rojo=1"))
        self.assertEqual((span.name, span.kind, span.has_failed), ("GET", "server", False))
        expected = {
            "http.request.method": "GET",
            "http.response.status_code": 200,
            "url.path": "/",
            "url.scheme": "https",
            "client.address": "203.0.113.7",
            "user_agent.original": "curl/8",
            "server.address": "shop.example",
            "server.port": 8443,
            "network.protocol.version": "1.1",
            "request_id": "abc-1",
        }
        self.assertEqual(span.attributes, expected)
        line = server.line("request")
        self.assertEqual((line["trace_id"], line["request_id"]), (TRACE, "abc-1"))

    def test_the_resource_is_the_service_and_its_place(self):
        server = self.start(
            binary("bin-fargate"),
            self.collector,
            OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=test,team=a%2Cb",
            AWS_REGION="eu-central-1",
            AWS_EXECUTION_ENV="AWS_ECS_FARGATE",
            ECS_CONTAINER_METADATA_URI_V4="http://169.254.170.2/v4/5bfd5d36-1234",
        )
        get(server.address, "/")
        [span] = self.collector.wait_for(1)
        expected = {
            "service.name": "bin-fargate",
            "deployment.environment.name": "test",
            "team": "a,b",
            "cloud.provider": "aws",
            "cloud.platform": "aws_ecs",
            "cloud.region": "eu-central-1",
            "aws.ecs.launchtype": "fargate",
            "aws.ecs.task.id": "5bfd5d36",
            "telemetry.sdk.language": "rust",
        }
        self.assertEqual(span.resource, span.resource | expected)

    def test_headers_of_the_variables_are_sent_and_the_name_is_theirs(self):
        server = self.start(
            binary("bin-fargate"),
            self.collector,
            OTEL_EXPORTER_OTLP_HEADERS="api-key=hun%20ter2,team=shop",
            OTEL_SERVICE_NAME="orders",
        )
        get(server.address, "/")
        [span] = self.collector.wait_for(1)
        sent = (self.collector.headers["api-key"], self.collector.headers["team"])
        self.assertEqual(sent, ("hun ter2", "shop"))
        self.assertEqual(span.resource["service.name"], "orders")

    def test_outgoing_calls_have_the_ids_that_are_exported(self):
        server = self.start(example("traced"), self.collector)
        for headers, flags in [({}, "01"), (traceparent("01"), "01")]:
            self.collector.spans.clear()
            _, body = get(server.address, "/orders/7", headers)
            spans = {span.name: span for span in self.collector.wait_for(3)}
            request, order, stock = (spans[name] for name in ("GET", "order", "stock"))
            outgoing = json.loads(body)["traceparent"]
            self.assertEqual(outgoing, f"00-{request.trace}-{request.id}-{flags}")
            self.assertEqual({span.trace for span in spans.values()}, {request.trace})
            self.assertEqual((order.parent, stock.parent), (request.id, order.id))
            self.assertEqual((order.kind, order.attributes["id"]), ("internal", "7"))
            self.assertEqual(stock.attributes["id"], "7")
            self.assertEqual(stock.events["stock counted"]["items"], 3)
            self.assertEqual(request.events, {})

    def test_amazons_header_is_continued_and_its_decision_counts(self):
        server = self.start(binary("bin-fargate"), self.collector)
        root = "Root=1-67891233-abcdef012345678912345678"
        for header in [f"{root};Sampled=0", f"{root};Parent=53995c3f42cd8ad8;Sampled=0", f"{root};Parent=53995c3f42cd8ad8", root]:
            get(server.address, "/", {"x-amzn-trace-id": header})
        # A balancer adds a root alone, and has not decided.
        spans = self.collector.wait_for(2)
        self.assertEqual({span.trace for span in spans}, {"67891233abcdef012345678912345678"})
        self.assertEqual({span.parent for span in spans}, {"", "53995c3f42cd8ad8"})
        self.assertEqual(server.stop(10), 0)
        self.assertEqual(len(self.collector.spans), 2)

    def test_what_is_not_sampled_is_not_exported_and_neither_is_what_is_within(self):
        server = self.start(example("traced"), self.collector)
        _, body = get(server.address, "/orders/7", traceparent("00"))
        self.assertTrue(json.loads(body)["traceparent"].endswith("-00"))
        self.assertEqual(get(server.address, "/health")[0], 200)
        self.assertEqual(server.stop(10), 0)
        self.assertEqual(self.collector.spans, [])

    def test_a_health_check_is_exported_where_its_caller_records(self):
        server = self.start(binary("bin-fargate"), self.collector)
        get(server.address, "/health", traceparent("01"))
        [span] = self.collector.wait_for(1)
        self.assertEqual(span.attributes["url.path"], "/health")

    def test_the_sampler_of_the_variables_counts(self):
        server = self.start(
            example("traced"),
            self.collector,
            OTEL_TRACES_SAMPLER="parentbased_traceidratio",
            OTEL_TRACES_SAMPLER_ARG="0",
        )
        _, body = get(server.address, "/orders/7")
        headers = json.loads(body)
        self.assertTrue(headers["traceparent"].endswith("-00"), headers)
        self.assertTrue(headers["x-amzn-trace-id"].endswith(";Sampled=0"), headers)
        get(server.address, "/orders/7", traceparent("01"))
        spans = self.collector.wait_for(3)
        self.assertEqual({span.trace for span in spans}, {TRACE})

    def test_always_on_records_what_the_caller_does_not_but_no_health_check(self):
        server = self.start(example("traced"), self.collector, OTEL_TRACES_SAMPLER="always_on")
        self.assertEqual(get(server.address, "/health")[0], 200)
        _, body = get(server.address, "/orders/7", traceparent("00"))
        self.assertTrue(json.loads(body)["traceparent"].endswith("-01"))
        spans = self.collector.wait_for(3)
        self.assertEqual({span.trace for span in spans}, {TRACE})
        self.assertEqual(server.stop(10), 0)
        self.assertEqual(len(self.collector.spans), 3)

    def test_failures_are_errors_with_their_type(self):
        server = self.start(example("traced"), self.collector, DUALRUN_REQUEST_TIMEOUT="100ms", DUALRUN_ACCESS_LOG="off")
        for path, status, error in [("/fail", 500, "500"), ("/panic", 500, "panic"), ("/slow", 504, "timeout")]:
            self.collector.spans.clear()
            self.assertEqual(get(server.address, path)[0], status)
            [span] = self.collector.wait_for(1)
            self.assertTrue(span.has_failed, path)
            self.assertEqual(span.attributes["http.response.status_code"], status)
            self.assertEqual(span.attributes["error.type"], error)
        self.collector.spans.clear()
        self.assertEqual(get(server.address, "/nothing")[0], 404)
        [span] = self.collector.wait_for(1)
        self.assertFalse(span.has_failed)
        self.assertNotIn("error.type", span.attributes)

    def test_a_client_that_has_left_was_cut_off(self):
        server = self.start(example("traced"), self.collector)
        leave(server.address, "/slow", lambda: server.line("waiting"))
        [span] = self.collector.wait_for(1)
        self.assertEqual(span.attributes["error.type"], "cut_off")
        self.assertNotIn("http.response.status_code", span.attributes)

    def test_what_goes_on_after_the_answer_is_in_the_trace(self):
        server = self.start(example("traced"), self.collector)
        self.assertEqual(get(server.address, "/mail")[0], 202)
        spans = {span.name: span for span in self.collector.wait_for(2)}
        self.assertEqual(spans["mail"].parent, spans["GET"].id)
        self.assertEqual(spans["mail"].trace, spans["GET"].trace)

    def test_the_last_spans_are_sent_at_the_end(self):
        server = self.start(binary("bin-fargate"), self.collector, OTEL_BSP_SCHEDULE_DELAY="3600000")
        for _ in range(3):
            get(server.address, "/")
        self.assertEqual(self.collector.spans, [])
        self.assertEqual(server.stop(10), 0)
        self.assertEqual(len(self.collector.spans), 3)

    def test_the_log_keeps_its_form(self):
        plain = self.enterContext(Server(example("traced"), {}))
        traced = self.start(example("traced"), self.collector)
        for server in (plain, traced):
            get(server.address, "/orders/7", traceparent("01") | {"x-request-id": "abc-1"})
        pairs = [(plain.line(message), traced.line(message)) for message in ("stock counted", "request")]
        for of_plain, of_traced in pairs:
            self.assertEqual(list(of_plain), list(of_traced))
            for name in ("request_id", "trace_id", "path", "level", "target"):
                self.assertEqual(of_plain[name], of_traced[name])

    def test_a_level_for_the_log_takes_no_spans_away(self):
        server = self.start(example("traced"), self.collector, DUALRUN_LOG="info,traced=error")
        get(server.address, "/orders/7")
        self.assertEqual(len(self.collector.wait_for(3)), 3)

    def test_nothing_is_exported_where_the_variables_say_so(self):
        for variables in [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}]:
            server = self.start(binary("bin-fargate"), self.collector, **variables)
            get(server.address, "/", traceparent("01"))
            self.assertEqual(server.stop(10), 0)
        self.assertEqual(self.collector.requests, 0)


if __name__ == "__main__":
    unittest.main()
