"""Interfaces over HTTP that turn their pages in every way, politely and otherwise."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Row = Mapping[str, object]
Answer = tuple[int, dict[str, str], object]
TOKEN = "geheim-99"


class Interfaces:
    """The server. rows: what it gives; busy: how many requests it will put off first; asked: paths, in order."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.busy = 0
        self.retry_after = "0"
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Shut it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Return status, headers and document."""
        self.asked.append(path)
        if self.busy > 0:
            self.busy -= 1
            return 429, {"Retry-After": self.retry_after}, {"error": "busy"}
        known: dict[str, Callable[[], Answer]] = {
            "/plain": lambda: (200, {}, self.rows),
            "/page": lambda: self._numbered(query, (int(query.get("page", 1)) - 1) * self._size(query)),
            "/offset": lambda: self._numbered(query, int(query.get("page", 0))),
            "/cursor": lambda: self._cursor(query),
            "/link": lambda: self._link(query, f"/link?at={int(query.get('at', 0)) + 10}"),
            "/header": lambda: self._in_header(query),
            "/loop": lambda: self._link(query, "/loop?at=0"),
            "/elsewhere": lambda: self._link(query, "http://203.0.113.9/link?at=10"),
            "/deaf": lambda: (200, {}, {"data": {"list": self.rows[:10]}}),
            "/html": lambda: (200, {}, b"<html>"),
            "/broken": lambda: (500, {}, {}),
            "/odd": lambda: (200, {}, [*self.rows[:2], "odd", 7]),
            "/guarded": lambda: self._guarded(query, headers),
        }
        return known.get(path, lambda: (404, {}, {}))()

    def _size(self, query: Mapping[str, str]) -> int:
        return int(query.get("size", 10))

    def _numbered(self, query: Mapping[str, str], first: int) -> Answer:
        rows = [row for row in self.rows if str(row.get("seen", "")) > query.get("after", "")]
        return 200, {}, {"data": {"list": rows[first : first + self._size(query)]}}

    def _cursor(self, query: Mapping[str, str]) -> Answer:
        first = int(query.get("page", 0))
        following = first + self._size(query)
        document = {
            "list": self.rows[first:following],
            "next": f"{following:05d}" if following < len(self.rows) else None,
        }
        return 200, {}, {"data": document}

    def _link(self, query: Mapping[str, str], following: str) -> Answer:
        first = int(query.get("at", 0))
        document: dict[str, object] = {"list": self.rows[first : first + 10]}
        if first + 10 < len(self.rows):
            document["next"] = following
        return 200, {}, {"data": document}

    def _in_header(self, query: Mapping[str, str]) -> Answer:
        first = int(query.get("at", 0))
        more = {"Link": f'<{self.url}/header?at={first + 10}>; rel="next"'} if first + 10 < len(self.rows) else {}
        return 200, more, {"data": {"list": self.rows[first : first + 10]}}

    def _guarded(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        shown = (headers.get("Authorization", ""), headers.get("X-Key", ""), query.get("key", ""))
        good = (f"Bearer {TOKEN}", "Basic dXNlcjpnZWhlaW0tOTk=", TOKEN)
        return (200, {}, self.rows) if set(shown) & set(good) else (401, {}, {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        interfaces = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                status, headers, document = interfaces.answer(parts.path, query, dict(self.headers.items()))
                body = document if isinstance(document, bytes) else json.dumps(document, default=str).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        return Handler


@contextlib.contextmanager
def running_interfaces() -> Iterator[Interfaces]:
    """Run the server for a while."""
    server = Interfaces()
    try:
        yield server
    finally:
        server.close()
