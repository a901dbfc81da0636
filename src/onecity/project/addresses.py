"""Where this installation's own processes meet."""

import hashlib
import os
import socket
from pathlib import Path

import django

from onecity.platform.iot.gateways.field.registry import protocols
from onecity.project.env import Environment


def supervisor_socket(state: Path) -> Path:
    """Return the socket of this checkout's supervisor; short, because unix sockets need a short path."""
    mark = hashlib.sha256(str(state).encode()).hexdigest()[:10]
    return Path(f"/tmp/onecity-supervisor-{os.geteuid()}-{mark}.sock")  # noqa: S108  # mode 0700


def listeners(env: Environment) -> tuple[tuple[str, str, int, str], ...]:
    """Return what listens on the network: part, host, port, and the setting that moves it."""
    found = [("web", env.host, env.port, "ONECITY_PORT")]
    if env.broker_folder:
        found.append(("broker", env.broker_host, env.broker_port, "ONECITY_BROKER_PORT"))
        secure = (
            (env.mqtt_tls_port, "ONECITY_MQTT_TLS_PORT"),
            (env.mqtt_certificate_port, "ONECITY_MQTT_CERTIFICATE_PORT"),
        )
        found += [("broker", env.broker_host, port, name) for port, name in secure if port]
    if env.demo:
        found.append(("departments-mariadb", "127.0.0.1", env.demo_mariadb_port, "ONECITY_DEMO_MARIADB_PORT"))
        found.append(("departments-service", "127.0.0.1", env.demo_service_port, "ONECITY_DEMO_SERVICE_PORT"))
    return (
        *found,
        ("gateway-hj212", env.hj212_host, env.hj212_port, "ONECITY_HJ212_PORT"),
        *field_listeners(env),
        ("exchange-door", env.node_host, env.node_port, "ONECITY_NODE_PORT"),
    )


def field_listeners(env: Environment) -> tuple[tuple[str, str, int, str], ...]:
    """Return where the field gateway listens for connections. Protocols know of tables, so Django is set up first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onecity.project.settings")
    django.setup()
    wanted = [(entry.code.value, entry.port) for entry in protocols() if entry.transport == "tcp"]
    ports = [(code, env.field_ports.get(code, port)) for code, port in wanted]
    return tuple(("gateway-field", env.field_host, port, "ONECITY_FIELD_PORTS") for _, port in ports if port > 0)


def answers(host: str, port: int) -> bool:
    """Say whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
