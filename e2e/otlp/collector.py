"""A collector that is not ours: OpenTelemetry's own types for OTLP, behind Python's HTTP server."""

import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

KINDS = {Span.SPAN_KIND_SERVER: "server", Span.SPAN_KIND_INTERNAL: "internal"}


def plain(value):
    """An attribute's value as Python's own."""
    return getattr(value, value.WhichOneof("value"))


def attributes(pairs):
    found = {pair.key: plain(pair.value) for pair in pairs}
    assert len(found) == len(pairs), f"a key is there twice: {pairs}"
    return found


class Seen:
    """A span, and the resource that it is of."""

    def __init__(self, span, resource):
        self.name = span.name
        self.trace = span.trace_id.hex()
        self.id = span.span_id.hex()
        self.parent = span.parent_span_id.hex()
        self.state = span.trace_state
        self.kind = KINDS.get(span.kind, span.kind)
        self.attributes = attributes(span.attributes)
        self.events = {event.name: attributes(event.attributes) for event in span.events}
        self.has_failed = span.status.code == Status.STATUS_CODE_ERROR
        self.seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
        self.resource = resource

    def __repr__(self):
        return f"{self.kind} {self.name} {self.trace}/{self.id} of {self.parent or 'nobody'} {self.attributes}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        collector = self.server.collector
        collector.requests += 1
        if collector.behaviour == "hangs":
            collector.end.wait()
            return
        if collector.behaviour == "resets":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        if collector.behaviour == "slow":
            time.sleep(0.3)
        if collector.behaviour == "fails":
            self.send_response(500)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        collector.take(self.path, self.headers, body)
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Quiet(ThreadingHTTPServer):
    """One that says nothing of clients that are gone."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


class Collector:
    """Takes spans on a port of its own until it is closed."""

    def __init__(self, behaviour="takes"):
        self.behaviour = behaviour
        self.requests = 0
        self.spans = []
        self.headers = None
        self.problems = []
        self.changed = threading.Condition()
        self.end = threading.Event()
        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.collector = self
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end.set()
        self.server.shutdown()
        self.server.server_close()

    def take(self, path, headers, body):
        request = ExportTraceServiceRequest.FromString(body)
        with self.changed:
            self.headers = headers
            if path != "/v1/traces" or headers["content-type"] != "application/x-protobuf":
                self.problems.append((path, headers["content-type"]))
            for of_resource in request.resource_spans:
                resource = attributes(of_resource.resource.attributes)
                for of_scope in of_resource.scope_spans:
                    self.spans += [Seen(span, resource) for span in of_scope.spans]
            self.changed.notify_all()

    def wait_for(self, count, seconds=20):
        """The spans, once there are so many."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.spans) >= count, seconds)
            assert len(self.spans) >= count, f"{count} spans expected, and seen: {self.spans}"
            assert not self.problems, self.problems
            return list(self.spans)


def unused_port():
    """A port on which nobody listens."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        return reserved.getsockname()[1]
