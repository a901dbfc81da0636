"""An application that receives webhooks: a real HTTP server that can fail, hang, redirect, go away and come back."""

import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from onecity.platform.iot.rules.subscribing.signing import SIGNATURE, TIMESTAMP, is_signed


@dataclass(frozen=True)
class Got:
    """A batch as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)
        return found

    def signed_with(self, secret: str) -> bool:
        return is_signed(
            self.headers[SIGNATURE], secret=secret, timestamp=self.headers[TIMESTAMP], body=self.body, now=time.time()
        )


class Receiver:
    """Answers with the states that stand in `answers`, then 200. `hang`: seconds before each answer."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.taken: list[Got] = []
        self.answers: deque[int] = deque()
        self.hang_s = 0.0
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=7"

    def start(self) -> None:
        """Begin to listen, at the port it had before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                got = Got(dict(self.headers.items()), body)
                receiver.got.append(got)
                time.sleep(receiver.hang_s)
                status = receiver.answers.popleft() if receiver.answers else 200
                if status == 200:
                    receiver.taken.append(got)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", f"http://127.0.0.1:{receiver.port}/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return None

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                return None  # a sender that went away

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def go_away(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def events(self) -> list[dict[str, Any]]:
        """Return all events of batches that it took, in order."""
        return [event for got in self.taken for event in got.events]

    def values(self) -> list[float]:
        return [event["data"]["value"] for event in self.events() if "value" in event["data"]]
