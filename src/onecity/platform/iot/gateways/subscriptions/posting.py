"""Telling by webhook: one signed POST for a batch."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final
from uuid import uuid4

import httpx
import orjson

from onecity.kernel import clock
from onecity.platform.iot.gateways.subscriptions.outcomes import LONGEST_REASON, Outcome
from onecity.platform.iot.rules.subscribing.envelopes import BATCH, Event
from onecity.platform.iot.rules.subscribing.pauses import LONGEST_PAUSE_S, fate
from onecity.platform.iot.rules.subscribing.signing import SIGNATURE, TIMESTAMP, signature
from onecity.platform.iot.selectors.feeds.wishes import Wish
from onecity.web.outside import GuardedTransport, Reach

PATIENCE_S: Final = 10.0
MOST_READ: Final = 65_536


class Poster:
    """Posts batches with one client; no redirects, no proxies, no cookies. keys: what signs, by subscription."""

    def __init__(self, reach: Reach, *, keys: Mapping[int, tuple[str, ...]], patience_s: float = PATIENCE_S) -> None:
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(reach),
            timeout=patience_s,
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        self._keys = keys
        self._patience_s = patience_s

    async def send(self, wish: Wish, events: Sequence[Event]) -> Outcome:
        """Post a batch and say what came of it; the answer's body says nothing to us."""
        body = orjson.dumps(list(events))
        timestamp = int(clock.real_now().timestamp())
        headers = {
            "content-type": BATCH,
            "user-agent": "OneCity",
            "OneCity-Subscription": wish.key,
            "OneCity-Delivery": str(uuid4()),
            TIMESTAMP: str(timestamp),
            SIGNATURE: signature(self._keys[wish.id], timestamp=timestamp, body=body),
        }
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._patience_s):
                status, asked = await self._post(wish.address, body, headers)
        except TimeoutError:
            return Outcome("away", 0, _since(began), f"no answer within {self._patience_s:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Outcome("away", 0, _since(began), f"{type(error).__name__}: {error}"[:LONGEST_REASON])
        return Outcome(fate(status), status, _since(began), "" if fate(status) == "taken" else f"HTTP {status}", asked)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _post(self, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, float]:
        async with self._client.stream("POST", address, content=body, headers=dict(headers)) as answer:
            read = 0
            async for part in answer.aiter_raw():
                read += len(part)
                if read > MOST_READ:
                    break
            return answer.status_code, _asked_s(answer.headers.get("retry-after", ""))


def _asked_s(text: str) -> float:
    """Return how long `Retry-After` asks to wait; 0 for none, or a date. Source: RFC 9110, 10.2.3."""
    return min(float(text), LONGEST_PAUSE_S) if text.isascii() and text.isdigit() and len(text) < 9 else 0.0


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1_000)
