"""Receive the events of a subscription: check the signature, leave out what came before. Standard library only.

    ONECITY_SECRET=whs_… python examples/receive_webhook.py 0.0.0.0 8080

The secret is the one shown when the subscription was made. Answer with 2xx once what came is safe; whatever is answered
otherwise comes again, in the same order and with the same ids.
"""

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_S = 300
LARGEST = 8 << 20


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Say whether the city signed this body with our secret within the last five minutes."""
    timestamp = headers.get("onecity-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    own = "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    given = headers.get("onecity-signature", "").split(",")
    return any(hmac.compare_digest(own, part) for part in given)  # there are two while a secret is being replaced


class Receiver(BaseHTTPRequestHandler):
    """Prints each event once."""

    secret = os.environ.get("ONECITY_SECRET", "")
    seen: set[str] = set()

    def do_POST(self) -> None:
        """Take a batch."""
        size = int(self.headers.get("content-length", "0"))
        if size > LARGEST:
            self._answer(413)
            return
        body = self.rfile.read(size)
        if not is_signed({name.lower(): value for name, value in self.headers.items()}, body, self.secret):
            self._answer(401)
            return
        for event in json.loads(body):
            if event["id"] not in self.seen:  # a real receiver keeps them in its database, with what it does
                self.seen.add(event["id"])
                print(event["id"], event["type"], event.get("subject", ""), json.dumps(event["data"]), flush=True)
        self._answer(204)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()


def main(host: str, port: str) -> None:
    """Listen until stopped."""
    server = ThreadingHTTPServer((host, int(port)), Receiver)
    print(f"listening on {server.server_address[0]}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
