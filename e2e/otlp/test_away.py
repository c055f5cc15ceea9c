"""A collector that is not there, does not answer, fails, or resets: no request waits for it, and memory has a bound."""

import time
import unittest

from client import get, many
from collector import Collector, unused_port
from process import Server, binary

REQUESTS = 200_000
# What 2,048 spans take that wait, of which 512 are on their way as bytes too.
SPANS_IN_MEGABYTES = 16
# A hundred requests at once, on a machine that does other things too.
HUNDRED_IN_SECONDS = 2
# The end waits 2 s for the last spans.
END_IN_SECONDS = 4


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]


class Away(unittest.TestCase):
    def start(self, url, **variables):
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "DUALRUN_ACCESS_LOG": "off"} | variables
        return self.enterContext(Server(binary("bin-fargate"), variables))

    def test_many_requests_with_nobody_there_are_served_in_bounded_memory(self):
        server = self.start(f"http://127.0.0.1:{unused_port()}")
        many(server.address, 200)
        before = server.megabytes()
        took = many(server.address, REQUESTS)
        after = server.megabytes()
        print(f"{REQUESTS} requests: {before:.1f} MB, then {after:.1f} MB; a hundred in {middle(took) * 1000:.1f} ms, at most {max(took) * 1000:.1f} ms")
        self.assertLess(after - before, SPANS_IN_MEGABYTES)
        self.assertLess(max(took), HUNDRED_IN_SECONDS)
        told = server.line("spans lost")
        self.assertEqual(told["level"], "WARN")
        self.assertIn("Connection refused", told["cause"])
        self.assert_quick_end(server)
        lost = [line["count"] for line in server.lines if line["message"] == "spans lost"]
        # Once at first, once at the end, and once for each minute in between.
        self.assertLessEqual(len(lost), 2 + sum(took) // 60)
        self.assertEqual(sum(lost), REQUESTS + 200)

    def assert_quick_end(self, server):
        begun = time.monotonic()
        self.assertEqual(server.stop(END_IN_SECONDS * 5), 0)
        self.assertLess(time.monotonic() - begun, END_IN_SECONDS)

    def test_whatever_a_collector_does_requests_are_served_and_the_end_comes(self):
        for behaviour in ("hangs", "fails", "resets", "slow"):
            with self.subTest(behaviour), Collector(behaviour) as collector:
                server = self.start(collector.url, OTEL_BSP_SCHEDULE_DELAY="20", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="50")
                took = many(server.address, 2_000)
                self.assertLess(max(took), HUNDRED_IN_SECONDS)
                self.assertEqual(get(server.address, "/")[0], 200)
                self.assert_quick_end(server)
                self.assertGreater(collector.requests, 0)

    def test_spans_go_on_once_the_collector_is_back(self):
        with Collector("fails") as collector:
            server = self.start(collector.url, OTEL_BSP_SCHEDULE_DELAY="20")
            get(server.address, "/")
            told = server.line("spans lost")
            self.assertEqual((told["count"], told["cause"]), (1, "HTTP export failed with status code: 500"))
            collector.behaviour = "takes"
            get(server.address, "/")
            self.assertEqual(len(collector.wait_for(1)), 1)

    def test_what_is_wrong_with_the_variables_is_told_without_a_value(self):
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://hunter2",
            "OTEL_EXPORTER_OTLP_HEADERS": "hunter2",
            "OTEL_TRACES_SAMPLER": "hunter2",
            "DUALRUN_LOG": "hunter2",
        }
        child = self.enterContext(Refused(binary("bin-fargate"), variables))
        report = child.child.stderr.read()
        self.assertEqual(child.child.wait(10), 1)
        self.assertNotIn("hunter2", report)
        for name in variables:
            self.assertIn(f"{name} is not valid: expected ", report)


class Refused(Server):
    """One that does not get as far as listening."""

    def line(self, message):
        return {"addr": "none:0"}


if __name__ == "__main__":
    unittest.main()
