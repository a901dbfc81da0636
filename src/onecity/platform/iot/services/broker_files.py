"""The files by which Mosquitto lets in whom it should: denied by default, each device to its own topics only."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, DeviceCertificate, DeviceCredential, Subscription

GATEWAYS: Final = 16
GATEWAY: Final = "onecity-gateway"
FIELD: Final = f"{GATEWAY}-field"
ORDERS: Final = f"{GATEWAY}-orders"
CONFIGURATION, PASSWORDS, RIGHTS, PROCESS = "mosquitto.conf", "passwords", "rights", "mosquitto.pid"
SERVER_CERTIFICATE, SERVER_KEY = "server.pem", "server.key"
DEVICES_AUTHORITY: Final = "devices-ca.pem"
LEAVES: Final = ("telemetry", "events", "attributes", "answers")
SPOKEN: Final = (Protocol.MQTT, Protocol.SPARKPLUG)
"""Protocols whose devices come to the broker."""
_ROUNDS: Final = 101
_MOST_IN_FLIGHT: Final = 20_000  # below the 65,535 packet ids, and far more than a group commit holds
_MEMORY: Final = 2 << 30
_SEPARATOR: Final = ":"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the broker listens. tls_port: for devices with a token; 0: nowhere.

    certificate_port: for devices with a certificate of the platform's own, whose common name is their key; 0: nowhere.
    """

    host: str
    port: int
    tls_port: int = 0
    certificate_port: int = 0


COURIER: Final = f"{GATEWAY}-courier"
SUBSCRIBER: Final = "onecity-app-"
"""Begins the user names of subscriptions; no device may have such a key."""
SENSORTHINGS: Final = "onecity-sensorthings"
APPLICATIONS: Final = ("sensorthings", *(f"sensorthings-{number}" for number in range(2, 9)))
"""Accounts of applications that use SensorThings by MQTT; one connection each."""


def gateway_name(number: int) -> str:
    """Return the user name of a gateway at the broker; its persistent session has the same name."""
    return f"{GATEWAY}-{number}"


def broker_name(subscription_key: str) -> str:
    """Return the user name at the broker of a subscription by MQTT."""
    return f"{SUBSCRIBER}{subscription_key}"


def events_topic(subscription_key: str) -> str:
    """Return the topic under which a subscription is told."""
    return f"onecity/v1/subscriptions/{broker_name(subscription_key)}/events"


def broker_hash(secret: str, *, salt: bytes) -> str:
    """Return a secret's line in Mosquitto's password file: PBKDF2 with SHA-512, format 7. salt: 12 bytes."""
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def configuration(folder: Path, *, listening: Listening, user: str = "") -> str:
    """Return Mosquitto's configuration. user: whom it becomes when it is started by root.

    `use_username_as_clientid`: nobody can take over another's session by taking its name. What the gateway has not
    acknowledged waits in memory without bound of its own, for a bound would drop messages in silence; beyond
    `memory_limit` senders are cut off unacknowledged.
    """
    lines = [
        "per_listener_settings false",
        *_listener(listening.port, listening.host),
        "allow_anonymous false",
        f"password_file {folder / PASSWORDS}",
        f"acl_file {folder / RIGHTS}",
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
        *([f"user {user}"] if user else []),
        *_tls_listeners(folder, listening),
    ]
    return "\n".join(lines) + "\n"


def _listener(port: int, host: str) -> list[str]:
    return [f"listener {port} {host}", "use_username_as_clientid true"]


def _tls_listeners(folder: Path, listening: Listening) -> list[str]:
    """Return the listeners with TLS. A certificate is an identity: whoever shows one needs no token.

    Mosquitto reads a list of revoked certificates only when it starts, and lets nobody in once that list is too old; so
    the rights file denies those whose certificate was revoked everything.
    """
    shown = [f"certfile {folder / SERVER_CERTIFICATE}", f"keyfile {folder / SERVER_KEY}", "tls_version tlsv1.2"]
    lines: list[str] = []
    if listening.tls_port:
        lines += [*_listener(listening.tls_port, listening.host), *shown]
    if listening.certificate_port:
        lines += [*_listener(listening.certificate_port, listening.host), *shown]
        lines.append(f"cafile {folder / DEVICES_AUTHORITY}")
        lines += ["require_certificate true", "use_identity_as_username true"]
    return lines


def rights(denied: Iterable[str] = ()) -> str:
    """Return the rights file: gateways read what devices say and write orders; a device has its own topics.

    denied: keys of devices that may do nothing, though the certificate they show has not run out.
    """
    lines = [line for key in denied for line in (f"user {key}", "topic deny #")]
    for number in range(1, GATEWAYS + 1):
        lines.append(f"user {gateway_name(number)}")
        lines += [f"topic read onecity/v1/devices/+/{leaf}" for leaf in LEAVES]
    lines += [f"user {ORDERS}", "topic write onecity/v1/devices/+/commands"]
    for name in (SENSORTHINGS, *APPLICATIONS):
        lines += [f"user {name}", "topic readwrite v1.1/#"]
    lines += [f"user {FIELD}", "topic read spBv1.0/#", "topic write spBv1.0/STATE/onecity"]
    lines += ["topic write spBv1.0/+/NCMD/+", "topic write spBv1.0/+/DCMD/+/+"]
    lines += [f"user {COURIER}", "topic write onecity/v1/subscriptions/+/events"]
    lines += [f"pattern write onecity/v1/devices/%u/{leaf}" for leaf in LEAVES]
    lines += ["pattern read onecity/v1/devices/%u/commands"]
    lines += ["pattern read onecity/v1/subscriptions/%u/events"]
    lines += [f"pattern write spBv1.0/+/N{kind}/%u" for kind in ("BIRTH", "DATA", "DEATH")]
    lines += [f"pattern write spBv1.0/+/D{kind}/%u/+" for kind in ("BIRTH", "DATA", "DEATH")]
    lines += ["pattern read spBv1.0/+/NCMD/%u", "pattern read spBv1.0/+/DCMD/%u/+", "pattern read spBv1.0/STATE/+"]
    return "\n".join(lines) + "\n"


def denied_keys() -> list[str]:
    """Return keys of devices whose certificates were revoked, or that are out of service, and that hold no token."""
    shown = DeviceCertificate.objects.filter(device_id=OuterRef("id"))
    held = DeviceCredential.objects.filter(device_id=OuterRef("id"), revoked_at=None)
    rows = Device.objects.filter(Exists(shown))
    revoked = ~Exists(shown.filter(revoked_at=None)) & ~Exists(held)
    out = rows.filter(Q(state=Device.State.RETIRED) | Q(revoked))
    return list(out.order_by("key").values_list("key", flat=True))


def passwords(*, gateway_password: str) -> Iterator[str]:
    """Yield the password file line by line: the gateways, subscriptions, each device in service that holds a token."""
    for name in (*map(gateway_name, range(1, GATEWAYS + 1)), FIELD, ORDERS, COURIER, SENSORTHINGS):
        yield f"{name}:{broker_hash(gateway_password, salt=secrets.token_bytes(12))}\n"
    for name in APPLICATIONS if settings.ENV.sensorthings_mqtt_password else ():
        salt = secrets.token_bytes(12)
        yield f"{name}:{broker_hash(settings.ENV.sensorthings_mqtt_password, salt=salt)}\n"
    told = Subscription.objects.exclude(broker_hash="").order_by("id")
    for key, line in told.values_list("key", "broker_hash"):
        yield f"{broker_name(key)}:{line}\n"
    held = DeviceCredential.objects.filter(revoked_at=None, ends_at=None, device__protocol__in=SPOKEN)
    rows = held.exclude(device__state=Device.State.RETIRED).order_by("device_id")
    for key, line in rows.values_list("device__key", "broker_hash").iterator(chunk_size=10_000):
        if _SEPARATOR not in key and not key.startswith((GATEWAY, SUBSCRIBER)) and key not in APPLICATIONS:
            yield f"{key}:{line}\n"
