"""Which ports the parts listen on, and whether somebody else holds them."""

from collections.abc import Iterator

from django.conf import settings

from onecity.project.addresses import answers, listeners, supervisor_socket
from onecity.project.health import Finding


def ports() -> Iterator[Finding]:
    """Yield a finding for each port: ours and answering, free, or held by somebody else while we do not run."""
    env = settings.ENV
    running = supervisor_socket(env.state).exists()
    for name, host, port, setting in listeners(env):
        held = answers(host, port)
        word = "in use" if held else "free"
        yield Finding(f"port {port}", held == running, f"{name}: {word}", "./onecity status" if running else setting)
