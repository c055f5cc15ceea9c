"""A small service that is not ours."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return f"{os.environ['GREETING']} from {os.environ['REVISION']}"


@app.get("/healthz")
def healthz():
    return "ok"
