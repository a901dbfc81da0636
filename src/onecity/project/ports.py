"""Which ports the parts listen on, and whether somebody else holds them."""

import socket
from collections.abc import Iterator

from django.conf import settings

from onecity.project.addresses import supervisor_socket
from onecity.project.health import Finding


def ports() -> Iterator[Finding]:
    """Yield a finding for each port: ours and answering, free, or held by somebody else while we do not run."""
    env = settings.ENV
    running = supervisor_socket(env.state).exists()
    for name, host, port in (
        ("web", env.host, env.port),
        ("broker", env.broker_host, env.broker_port),
        ("gateway-hj212", env.hj212_host, env.hj212_port),
    ):
        held = _answers(host, port)
        word = "in use" if held else "free"
        advice = f"ONECITY_{name.split('-')[-1].upper()}_PORT" if not running else "./onecity status"
        yield Finding(f"port {port}", held == running, f"{name}: {word}", advice)


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
