"""A registry of images on this machine: what `docker push` and `docker pull` need of the distribution API, without TLS."""

import hashlib
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROUTES = {
    "blob": re.compile(r"/v2/(?P<name>.+)/blobs/(?P<digest>sha256:[0-9a-f]{64})"),
    "begin": re.compile(r"/v2/(?P<name>.+)/blobs/uploads/"),
    "upload": re.compile(r"/v2/(?P<name>.+)/blobs/uploads/(?P<id>[0-9a-f]{32})"),
    "manifest": re.compile(r"/v2/(?P<name>.+)/manifests/(?P<reference>[A-Za-z0-9_.:-]+)"),
}
CHUNK = 1 << 20


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # By serve().
    folder = None
    # By repository and tag or digest: digest and media type.
    manifests = {}

    def answer(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        if "Content-Length" not in dict(headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode()
        self.answer(status, {"Content-Type": "application/json"}, body)

    def chunks(self):
        """The request's body."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while length := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0:
            chunk = self.rfile.read(min(CHUNK, left))
            left -= len(chunk)
            yield chunk

    def route(self):
        url = urlsplit(self.path)
        if url.path == "/v2/":
            return self.answer(200, {"Content-Type": "application/json"}, b"{}")
        for kind, pattern in ROUTES.items():
            found = pattern.fullmatch(url.path)
            handle = getattr(self, f"{self.command}_{kind}".lower().replace("head_", "get_"), None)
            if found and handle:
                return handle(**found.groupdict(), **({"query": parse_qs(url.query)} if kind == "upload" else {}))
        for _ in self.chunks():
            pass
        return self.refuse(404, "UNSUPPORTED")

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = route

    def file_of(self, digest):
        return self.folder / digest.replace(":", "-")

    def get_blob(self, name, digest):
        file = self.file_of(digest)
        if not file.exists():
            return self.refuse(404, "BLOB_UNKNOWN")
        headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}
        self.answer(200, headers | {"Content-Length": str(file.stat().st_size)})
        if self.command == "GET":
            with file.open("rb") as blob:
                while chunk := blob.read(CHUNK):
                    self.wfile.write(chunk)

    def post_begin(self, name):
        for _ in self.chunks():
            pass
        self.go_on(202, name, uuid.uuid4().hex, 0)

    def go_on(self, status, name, id, size):
        location = f"http://{self.headers['Host']}/v2/{name}/blobs/uploads/{id}"
        self.answer(status, {"Location": location, "Range": f"0-{max(size - 1, 0)}", "Docker-Upload-UUID": id})

    def patch_upload(self, name, id, query):
        self.go_on(202, name, id, self.append(id))

    def append(self, id):
        with (self.folder / id).open("ab") as upload:
            for chunk in self.chunks():
                upload.write(chunk)
            return upload.tell()

    def put_upload(self, name, id, query):
        self.append(id)
        upload, digest = self.folder / id, query["digest"][0]
        hashed = hashlib.sha256()
        with upload.open("rb") as content:
            while chunk := content.read(CHUNK):
                hashed.update(chunk)
        if f"sha256:{hashed.hexdigest()}" != digest:
            upload.unlink()
            return self.refuse(400, "DIGEST_INVALID")
        upload.rename(self.file_of(digest))
        self.answer(201, {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest})

    def put_manifest(self, name, reference):
        content = b"".join(self.chunks())
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.file_of(digest).write_bytes(content)
        for key in (reference, digest):
            self.manifests[name, key] = digest, self.headers["Content-Type"]
        self.answer(201, {"Location": f"/v2/{name}/manifests/{digest}", "Docker-Content-Digest": digest})

    def get_manifest(self, name, reference):
        if (name, reference) not in self.manifests:
            is_known = any(repository == name for repository, _ in self.manifests)
            return self.refuse(404, "MANIFEST_UNKNOWN" if is_known else "NAME_UNKNOWN")
        digest, kind = self.manifests[name, reference]
        self.answer(200, {"Content-Type": kind, "Docker-Content-Digest": digest}, self.file_of(digest).read_bytes())

    def log_message(self, *_):
        pass


def serve(port, folder):
    Handler.folder = Path(folder)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
