"""The mission's two routes and an upload with Flask, as its own server or gunicorn serves them."""

import logging
import os

from flask import Flask, request

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 2 << 20

if os.environ.get("ACCESS_LOG") != "on":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


@app.get("/")
def home():
    return "shop running in bench\n"


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/upload")
def upload():
    return str(len(request.get_data()))
