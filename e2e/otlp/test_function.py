"""What a function exports: the spans of each invocation, before the next event is asked for."""

import json
import unittest

from collector import Collector
from process import Process, binary, example
from runtime_api import RuntimeApi

TRACE = "67891233abcdef012345678912345678"
OF_LAMBDA = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8"


def event(path, headers=None):
    """One of a function URL."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "token=hunter2",
        "headers": {"host": "shop.example"} | (headers or {}),
        "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "203.0.113.7", "protocol": "HTTP/1.1"}},
        "isBase64Encoded": False,
    }


class Function(unittest.TestCase):
    def start(self, program, collector, **variables):
        lambda_ = self.enterContext(RuntimeApi())
        of_export = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "3600000"}
        self.process = self.enterContext(Process(program, lambda_.variables | of_export | variables))
        return lambda_

    def test_each_invocation_has_sent_its_spans_when_the_next_is_asked_for(self):
        collector = self.enterContext(Collector())
        lambda_ = self.start(example("traced"), collector)
        for count in (1, 2):
            answer, _ = lambda_.invoke(event("/orders/7"), f"{OF_LAMBDA};Sampled=1")
            self.assertEqual(len(collector.spans), 3 * count)
            request, order = (next(span for span in collector.spans[-3:] if span.name == name) for name in ("GET", "order"))
            self.assertEqual((request.trace, request.parent, request.kind), (TRACE, "53995c3f42cd8ad8", "server"))
            self.assertEqual(order.parent, request.id)
            headers = json.loads(answer["body"])
            self.assertEqual(headers["traceparent"], f"00-{TRACE}-{request.id}-01")
            self.assertEqual(headers["x-amzn-trace-id"], f"Root={OF_LAMBDA[5:40]};Parent={request.id};Sampled=1")
            expected = {
                "url.scheme": "https",
                "url.path": "/orders/7",
                "client.address": "203.0.113.7",
                "server.address": "shop.example",
                "request_id": f"invocation-{count}",
            }
            self.assertEqual(request.attributes, request.attributes | expected)

    def test_the_resource_is_the_function(self):
        collector = self.enterContext(Collector())
        lambda_ = self.start(binary("bin-lambda"), collector)
        lambda_.invoke(event("/"))
        [span] = collector.wait_for(1)
        expected = {
            "service.name": "orders",
            "cloud.provider": "aws",
            "cloud.platform": "aws_lambda",
            "cloud.region": "eu-central-1",
            "faas.name": "orders",
            "faas.version": "7",
            "faas.instance": "2026/01/31/[7]1",
            "faas.max_memory": 128 << 20,
            "aws.log.group.names": "/aws/lambda/orders",
        }
        self.assertEqual(span.resource, span.resource | expected)

    def test_what_lambda_does_not_sample_is_not_exported(self):
        collector = self.enterContext(Collector())
        lambda_ = self.start(example("traced"), collector)
        lambda_.invoke(event("/orders/7"), f"{OF_LAMBDA};Sampled=0")
        lambda_.invoke(event("/orders/7", {"traceparent": f"00-{TRACE}-53995c3f42cd8ad8-00"}))
        self.assertEqual(collector.spans, [])

    def test_a_failure_is_an_error(self):
        collector = self.enterContext(Collector())
        lambda_ = self.start(example("traced"), collector)
        answer, _ = lambda_.invoke(event("/panic"))
        [span] = collector.wait_for(1)
        self.assertEqual((answer["statusCode"], span.attributes["error.type"], span.has_failed), (500, "panic", True))

    def test_a_streamed_answer_is_whole_before_its_span_ends(self):
        collector = self.enterContext(Collector())
        lambda_ = self.start(binary("bin-lambda"), collector, DUALRUN_LAMBDA_RESPONSE="streamed")
        answer, _ = lambda_.invoke(event("/"))
        self.assertEqual(answer["statusCode"], 200)
        [span] = collector.spans
        self.assertNotIn("error.type", span.attributes)

    def test_a_collector_that_does_not_answer_costs_half_a_second_once(self):
        collector = self.enterContext(Collector("hangs"))
        lambda_ = self.start(binary("bin-lambda"), collector)
        first, *later = (lambda_.invoke(event("/"))[1] for _ in range(5))
        self.assertTrue(0.4 < first < 1, first)
        self.assertLess(max(later), 0.3)

    def test_a_collector_that_is_not_there_costs_little(self):
        collector = self.enterContext(Collector("fails"))
        lambda_ = self.start(binary("bin-lambda"), collector)
        self.assertLess(max(lambda_.invoke(event("/"))[1] for _ in range(3)), 0.3)
        self.assertEqual(self.process.line("spans lost")["count"], 1)


if __name__ == "__main__":
    unittest.main()
