"""A service as a process: its environment, what it logs, its memory and its end."""

import json
import queue
import signal
import subprocess
import threading
from pathlib import Path

TARGET = Path(__file__).parents[2] / "target" / "debug"
# Longer than anything takes that works.
LONG = 30


def binary(name):
    return TARGET / name


def example(name):
    return TARGET / "examples" / name


class Process:
    """A program with these variables and no others, and the JSON lines that it writes."""

    def __init__(self, program, variables):
        defaults = {"APP_NAME": "shop", "ENVIRONMENT": "test", "SECRET_KEY": "none"}
        self.child = subprocess.Popen(
            [program],
            env=defaults | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = []
        self.news = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for text in self.child.stdout:
            line = json.loads(text)
            self.lines.append(line)
            self.news.put(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.reader.join()
        self.child.stdout.close()
        self.child.stderr.close()

    def line(self, message):
        """The next line with this message."""
        while True:
            line = self.news.get(timeout=LONG)
            if line["message"] == message:
                return line

    def stop(self, seconds):
        """Ends it by SIGTERM. It has so long."""
        self.child.send_signal(signal.SIGTERM)
        code = self.child.wait(seconds)
        self.reader.join()
        return code

    def megabytes(self):
        """What it has of the machine's memory."""
        status = Path(f"/proc/{self.child.pid}/status").read_text(encoding="ascii")
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes.split()[1]) / 1024


class Server(Process):
    """One that listens on a port of its own."""

    def __init__(self, program, variables):
        of_server = {"DUALRUN_ADDR": "127.0.0.1:0", "DUALRUN_LAME_DUCK": "0s"}
        super().__init__(program, of_server | variables)
        host, port = self.line("listening")["addr"].rsplit(":", 1)
        self.address = (host, int(port))
