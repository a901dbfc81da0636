"""The files by which Mosquitto lets in whom it should: denied by default, each device to its own topics only."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, DeviceCredential

GATEWAYS: Final = 16
GATEWAY: Final = "onecity-gateway"
CONFIGURATION, PASSWORDS, RIGHTS, PROCESS = "mosquitto.conf", "passwords", "rights", "mosquitto.pid"
_ROUNDS: Final = 101
_MOST_IN_FLIGHT: Final = 20_000  # below the 65,535 packet ids, and far more than a group commit holds
_MEMORY: Final = 2 << 30
_SEPARATOR: Final = ":"


def gateway_name(number: int) -> str:
    """Return the user name of a gateway at the broker; its persistent session has the same name."""
    return f"{GATEWAY}-{number}"


def broker_hash(secret: str, *, salt: bytes) -> str:
    """Return a secret's line in Mosquitto's password file: PBKDF2 with SHA-512, format 7. salt: 12 bytes."""
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def configuration(folder: Path, *, host: str, port: int, user: str = "") -> str:
    """Return Mosquitto's configuration. user: whom it becomes when it is started by root.

    `use_username_as_clientid`: nobody can take over another's session by taking its name. What the gateway has not
    acknowledged waits in memory without bound of its own, for a bound would drop messages in silence; beyond
    `memory_limit` senders are cut off unacknowledged.
    """
    lines = [
        "per_listener_settings false",
        f"listener {port} {host}",
        "allow_anonymous false",
        f"password_file {folder / PASSWORDS}",
        f"acl_file {folder / RIGHTS}",
        "use_username_as_clientid true",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 30",
        "persistent_client_expiration 30d",
        f"max_inflight_messages {_MOST_IN_FLIGHT}",
        "max_queued_messages 0",
        f"memory_limit {_MEMORY}",
        "message_size_limit 262144",
        "set_tcp_nodelay true",
        "connection_messages false",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        f"pid_file {folder / PROCESS}",
    ]
    return "\n".join([*lines, *([f"user {user}"] if user else [])]) + "\n"


def rights() -> str:
    """Return the rights file: gateways read all telemetry and events and write orders; a device has its own topics."""
    lines = []
    for number in range(1, GATEWAYS + 1):
        lines += [
            f"user {gateway_name(number)}",
            "topic read onecity/v1/devices/+/telemetry",
            "topic read onecity/v1/devices/+/events",
            "topic write onecity/v1/devices/+/commands",
        ]
    lines += [
        "pattern write onecity/v1/devices/%u/telemetry",
        "pattern write onecity/v1/devices/%u/events",
        "pattern read onecity/v1/devices/%u/commands",
    ]
    return "\n".join(lines) + "\n"


def passwords(*, gateway_password: str) -> Iterator[str]:
    """Yield the password file line by line: the gateways, then each device in service that holds a token."""
    for number in range(1, GATEWAYS + 1):
        yield f"{gateway_name(number)}:{broker_hash(gateway_password, salt=secrets.token_bytes(12))}\n"
    held = DeviceCredential.objects.filter(revoked_at=None, ends_at=None, device__protocol=Protocol.MQTT)
    rows = held.exclude(device__state=Device.State.RETIRED).order_by("device_id")
    for key, line in rows.values_list("device__key", "broker_hash").iterator(chunk_size=10_000):
        if _SEPARATOR not in key and not key.startswith(GATEWAY):
            yield f"{key}:{line}\n"
