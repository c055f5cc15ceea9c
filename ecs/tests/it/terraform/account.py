"""The answers of an account that a plan of the modules asks for: whose it is, which zones it has, and a password. Takes a port."""

import http.server
import sys
from urllib.parse import parse_qs

ZONES = "".join(f"<item><zoneName>us-east-1{it}</zoneName><zoneState>available</zoneState></item>" for it in "abc")
ANSWERS = {
    "GetCallerIdentity": (
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>"
        "<Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>ANN</UserId>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    ),
    "DescribeAvailabilityZones": (
        "<DescribeAvailabilityZonesResponse><availabilityZoneInfo>"
        f"{ZONES}</availabilityZoneInfo></DescribeAvailabilityZonesResponse>"
    ),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.headers.get("x-amz-target") == "secretsmanager.GetRandomPassword":
            answer = b'{"RandomPassword": "password"}'
        else:
            answer = ANSWERS[parse_qs(body)["Action"][0]].encode()
        self.send_response(200)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
