"""A small HTTP server for tests: an ASGI application behind a real socket, one request for each connection."""

import asyncio
from typing import Any
from urllib.parse import unquote, urlsplit

from onecity.web.hot import HotApplication


async def listening(application: HotApplication) -> asyncio.Server:
    """Listen on a free port of this machine."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _one(application, reader, writer)
        finally:
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def _one(application: HotApplication, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    pairs = [line.split(": ", 1) for line in head[1:] if line]
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    body = await reader.readexactly(int(dict(headers).get(b"content-length", b"0")))
    parts = urlsplit(target)

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            lines = b"".join(name + b": " + value + b"\r\n" for name, value in message["headers"])
            writer.write(b"HTTP/1.1 %d X\r\nConnection: close\r\n" % message["status"] + lines + b"\r\n")
        else:
            writer.write(message.get("body", b""))
            await writer.drain()

    scope = {
        "type": "http", "method": method, "path": unquote(parts.path), "query_string": parts.query.encode(),
        "headers": headers, "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await application(scope, receive, send)
