"""Lambda's runtime API, and as much of its extensions API as a function asks for: events out, answers in."""

import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler

from collector import Quiet


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_GET(self):
        api = self.server.api
        if self.path.startswith("/2020-01-01/extension"):
            api.end.wait()
            return
        api.asked.put(time.monotonic())
        number, event, trace = api.events.get()
        headers = {
            "lambda-runtime-aws-request-id": f"invocation-{number}",
            "lambda-runtime-deadline-ms": str(int((time.time() + 10) * 1000)),
            "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-central-1:1:function:orders",
        }
        if trace:
            headers["lambda-runtime-trace-id"] = trace
        self.answer(200, headers, json.dumps(event).encode())

    def do_POST(self):
        api = self.server.api
        body = self.chunks() if "transfer-encoding" in self.headers else self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith("/register"):
            self.answer(200, {"lambda-extension-identifier": "1"})
            return
        # A streamed answer's head ends with eight zeros.
        head = body.split(bytes(8))[0]
        api.answers.put((json.loads(head), time.monotonic()))
        self.answer(202, {})

    def log_message(self, *_):
        pass


class RuntimeApi:
    def __init__(self):
        self.count = 0
        self.events, self.answers, self.asked = queue.Queue(), queue.Queue(), queue.Queue()
        self.end = threading.Event()
        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.api = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.variables = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "orders",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/orders",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/31/[7]1",
            "AWS_REGION": "eu-central-1",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end.set()
        self.server.shutdown()
        self.server.server_close()

    def invoke(self, event, trace=None):
        """The answer, and the seconds from there until the next event was asked for."""
        self.asked.get(timeout=30)
        self.count += 1
        self.events.put((self.count, event, trace))
        answer, sent = self.answers.get(timeout=30)
        asked = self.asked.get(timeout=30)
        self.asked.put(asked)
        return answer, asked - sent
