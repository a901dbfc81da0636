"""Every setting that the environment may give, as one frozen, typed object.

`docs/settings.md` is generated from the table below. Secrets have no default outside development: a production
process without them refuses to start.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "ONECITY_"
_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1", "0.0.0.0", "::"})  # noqa: S104  # names of this machine


class SettingError(Exception):
    """A setting is missing or unreadable; the process must not start."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name without the prefix, its meaning, and what development uses when it is not given."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


SETTINGS: Final = (
    Setting("ENV", "`development` or `production`", "development"),
    Setting("ROOT", "the checkout's folder", "."),
    Setting("STATE", "folder for everything that this installation writes", ".onecity"),
    Setting("SECRET_KEY", "signs CSRF tokens and form data", "development-only", secret=True),
    Setting("MASTER_KEY_FILE", "file with the hexadecimal SM4 key that wraps the data keys", ".onecity/master.key"),
    Setting("DATABASE_URL", "PostgreSQL with PostGIS", "postgresql:///onecity"),
    Setting("DATABASE_POOL", "connections each process of the hot roads may hold", "4"),
    Setting("HOST", "address the web server listens on", "127.0.0.1"),
    Setting("PORT", "port the web server listens on", "8000"),
    Setting("ALLOWED_HOSTS", "host names that the web server answers to, separated by commas", "*"),
    Setting("BEHIND_TLS", "1 when a proxy in front speaks TLS: cookies become secure, HSTS is sent", "0"),
    Setting("TRUSTED_PROXIES", "how many proxies in front append to X-Forwarded-For", "0"),
    Setting("WEB_WORKERS", "web processes", "2"),
    Setting("WEB_THREADS", "threads for pages in each web process", "6"),
    Setting("BROKER_HOST", "MQTT broker", "127.0.0.1"),
    Setting("BROKER_PORT", "MQTT broker's port", "18830"),
    Setting("BROKER_PASSWORD", "password of the gateway's account at the broker", "development-only", secret=True),
    Setting("MQTT_TLS_PORT", "port at which devices reach the broker with TLS; 0: none", "18883"),
    Setting("MQTT_CERTIFICATE_PORT", "port for devices with a certificate of the platform's own; 0: none", "18884"),
    Setting("MQTT_NAMES", "names and addresses by which devices reach the broker", "localhost,127.0.0.1"),
    Setting("MQTT_CERTIFICATE", "file with the city's certificate for the broker; else one is made"),
    Setting("MQTT_KEY", "file with the key of that certificate"),
    Setting("HJ212_HOST", "address the HJ 212 gateway listens on", "127.0.0.1"),
    Setting("HJ212_PORT", "port the HJ 212 gateway listens on", "5212"),
    Setting("HJ212_CONNECTIONS", "connections that one HJ 212 gateway process takes", "20000"),
    Setting("HJ212_PER_ADDRESS", "connections from one network address; a carrier's NAT hides many loggers", "4000"),
    Setting("HJ212_FRAMES_PER_SECOND", "frames that one connection may send; more waits in its socket", "500"),
    Setting("HJ212_LONGEST", "longest data segment that is taken, in bytes; the standard says 1024", "1024"),
    Setting("FIELD_HOST", "address the gateway for field protocols listens on", "127.0.0.1"),
    Setting("FIELD_PORTS", "ports other than the protocols' own, such as jt808=7808,sl651=0; 0 any, -1 not at all", ""),
    Setting("FIELD_CONNECTIONS", "connections of one protocol that the field gateway takes", "20000"),
    Setting("FIELD_PER_ADDRESS", "connections from one network address to one field protocol", "4000"),
    Setting("FIELD_FRAMES_PER_SECOND", "messages that one connection may send; more waits in its socket", "500"),
    Setting("FIELD_DEVICE_FRAMES_PER_SECOND", "messages that one device may send, on however many connections", "50"),
    Setting("DTU_REGISTRATION", "pattern of what a transparent unit says first; its group `key` is the unit's key", ""),
    Setting("NODE_HOST", "address at which exchange nodes of departments are let in", "127.0.0.1"),
    Setting("NODE_PORT", "port at which exchange nodes of departments are let in", "8543"),
    Setting("NODE_HOSTS", "names and addresses by which nodes reach the hub", "localhost,127.0.0.1"),
    Setting("TILE_CACHE_MB", "megabytes of map tiles that each web process keeps", "64"),
    Setting("MEDIA", "folder for uploaded files", ""),
    Setting("UPLOAD_MB", "largest file that may be uploaded, in MB", "20"),
    Setting("DISK_RESERVE_MB", "room on the disk that uploads leave free, in MB", "512"),
    Setting(
        "EXCHANGE_FOLDERS", "folders whose files data exchange may touch, separated by colons; else STATE/exchange"
    ),
    Setting("REFUSED_ROW_DAYS", "how many days rows that a data exchange refused are kept", "365"),
    Setting("MESSAGE_DAYS", "how many days a message is kept after it was read", "180"),
    Setting("OBSERVATION_DAYS", "how many days observations are kept; 0 keeps them for good", "0"),
    Setting("COLD_FOLDER", "folder for observations that left the database as Parquet files; else STATE/cold"),
    Setting(
        "COLD_AFTER_DAYS", "after how many days observations leave the database for Parquet files; 0: never", "400"
    ),
    Setting(
        "SENSORTHINGS_PUBLIC",
        "organisations (codes, separated by commas; * for all) whose things anybody may read by SensorThings",
    ),
    Setting(
        "SENSORTHINGS_OPEN",
        "organisation (code) whose things anybody may also change by SensorThings; for conformance runs only",
    ),
    Setting(
        "NGSI_ACCESS",
        "who may use the NGSI-LD interface: `token`; `public_read`, everybody reads; `open`, everybody also writes",
        "token",
    ),
    Setting(
        "NGSI_HOSTS",
        "inner hosts (patterns with *, separated by commas) that NGSI-LD contexts are read from and notifications go"
        " to; public hosts need not be named",
    ),
    Setting("NGSI_HISTORY_DAYS", "how many days the history of NGSI-LD entities is kept; 0 keeps it for good", "0"),
    Setting(
        "WEBHOOK_NETWORKS",
        "networks that subscriptions of applications may be delivered to, separated by commas; `public` stands for all"
        " public addresses",
        "public",
    ),
    Setting(
        "OPINION_NETWORKS",
        "networks that public opinion is collected from, separated by commas; `public` stands for all public addresses",
        "public",
    ),
    Setting("FEED_HOURS", "how long events wait for applications that subscribe to them and are away", "72"),
    Setting("FEED_MEGABYTES", "how much of them is kept at most", "2048"),
    Setting(
        "SENSORTHINGS_MQTT_PASSWORD",
        "password of the accounts `sensorthings`, `sensorthings-2` … `-8` at the broker; without it there are none",
    ),
    Setting(
        "SENSORTHINGS_MQTT_ORGANISATION",
        "organisation (code) whose things those accounts make and are told of",
    ),
    Setting("CITY", "code of the city pack", "changchun"),
    Setting("DATA", "folder with real data for city packs, simulators and tests", ""),
    Setting("DEMO", "1 in the demonstration: city time, demonstration accounts, simulators", "0"),
    Setting(
        "DEMO_MARIADB_PORT", "port of the MariaDB in which four departments of the demonstration keep theirs", "13306"
    ),
    Setting("DEMO_SERVICE_PORT", "port of the web service of two departments of the demonstration", "18090"),
    Setting("DEMO_PASSWORD", "password of every demonstration account; `./onecity` draws one"),
    Setting("LOG_LEVEL", "how much is logged", "INFO"),
)


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of this process, each read by its type; `docs/settings.md` says what each means."""

    production: bool
    root: Path
    state: Path
    secret_key: str
    master_key_file: Path
    database_url: str
    database_pool: int
    host: str
    port: int
    allowed_hosts: tuple[str, ...]
    behind_tls: bool
    trusted_proxies: int
    web_workers: int
    web_threads: int
    broker_host: str
    broker_port: int
    broker_password: str
    mqtt_tls_port: int
    mqtt_certificate_port: int
    mqtt_names: tuple[str, ...]
    mqtt_certificate: Path | None
    mqtt_key: Path | None
    hj212_host: str
    hj212_port: int
    field_host: str
    field_ports: Mapping[str, int]
    field_connections: int
    field_per_address: int
    field_frames_per_second: int
    field_device_frames_per_second: int
    dtu_registration: str
    node_host: str
    node_port: int
    node_hosts: tuple[str, ...]
    hj212_connections: int
    hj212_per_address: int
    hj212_frames_per_second: int
    hj212_longest: int
    tile_cache_mb: int
    media: Path
    upload_mb: int
    disk_reserve_mb: int
    message_days: int
    observation_days: int
    cold_folder: Path
    cold_after_days: int
    sensorthings_public: tuple[str, ...]
    sensorthings_open: str
    sensorthings_mqtt_password: str
    sensorthings_mqtt_organisation: str
    exchange_folders: tuple[Path, ...]
    refused_row_days: int
    webhook_networks: tuple[str, ...]
    opinion_networks: tuple[str, ...]
    feed_hours: int
    feed_megabytes: int
    ngsi_access: str
    ngsi_hosts: tuple[str, ...]
    ngsi_history_days: int
    city: str
    data: Path | None
    demo: bool
    demo_mariadb_port: int
    demo_service_port: int
    demo_password: str
    log_level: str

    @property
    def broker_folder(self) -> Path | None:
        """Return the folder of the broker's files; None when the broker runs elsewhere and is not ours to keep.

        Started by root, the broker becomes a user of its own, which must be able to reach the folder.
        """
        return self._reachable("mosquitto") if self.broker_host in _HERE else None

    @property
    def mariadb_folder(self) -> Path:
        """Return the folder of the demonstration's MariaDB, which becomes a user of its own, too."""
        return self._reachable("mariadb")

    @property
    def open_folders(self) -> tuple[Path, ...]:
        """Return the folders that data exchange may reach: those that were named, else one of this installation."""
        found = self.exchange_folders or (self.state / "exchange",)
        return (*found, self.departments_folder) if self.demo else found

    @property
    def departments_folder(self) -> Path:
        """Return the folder of what departments of the demonstration send as files."""
        return self.state / "departments"

    def _reachable(self, name: str) -> Path:
        reachable = all(place.stat().st_mode & 0o001 for place in (self.state, *self.state.parents) if place.exists())
        if reachable or os.geteuid() != 0:
            return self.state / name
        return Path("/var/lib/onecity") / (hashlib.sha256(str(self.state).encode()).hexdigest()[:10] + "-" + name)

    @property
    def city_time_file(self) -> Path | None:
        """Return the file of the demonstration's city time; None means real time."""
        return self.state / "city-time.json" if self.demo else None


def load(environ: Mapping[str, str]) -> Environment:
    """Read the settings.

    Raises: SettingError if one is unreadable, or a secret is missing in production.
    """
    given = _Given(environ)
    state = given.path("STATE")
    readers: dict[object, Callable[[str], object]] = {
        bool: given.flag,
        int: given.number,
        str: given.text,
        Path: given.path,
        Path | None: given.folder,
        tuple[str, ...]: given.names,
        Mapping[str, int]: given.ports,
    }
    values: dict[str, Any] = {
        "production": given.production,
        "media": given.folder("MEDIA") or state / "media",
        "cold_folder": given.folder("COLD_FOLDER") or state / "cold",
        "exchange_folders": tuple(Path(name) for name in given.text("EXCHANGE_FOLDERS").split(":") if name),
        "ngsi_access": given.one_of("NGSI_ACCESS", ("token", "public_read", "open")),
    }
    for field in fields(Environment):
        if field.name not in values:
            values[field.name] = readers[field.type](field.name.upper())
    return Environment(**values)


class _Given:
    """The environment's texts, with development's defaults behind them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known = {item.name: item for item in SETTINGS}
        mode = environ.get(f"{PREFIX}ENV", "development")
        if mode not in {"development", "production"}:
            raise SettingError(f"{PREFIX}ENV must be development or production, not {mode!r}")
        self.production = mode == "production"

    def text(self, name: str) -> str:
        item = self._known[name]
        value = self._environ.get(f"{PREFIX}{name}", "")
        if not value and item.secret and self.production:
            raise SettingError(f"{PREFIX}{name} must be set in production: {item.meaning}")
        return value or item.default

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in self.text(name).split(",") if item.strip())

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in known:
            raise SettingError(f"{PREFIX}{name} must be one of {', '.join(known)}, not {value!r}")
        return value

    def path(self, name: str) -> Path:
        return Path(self.text(name)).resolve()

    def folder(self, name: str) -> Path | None:
        value = self.text(name)
        return Path(value).resolve() if value else None

    def number(self, name: str) -> int:
        value = self.text(name)
        try:
            return int(value)
        except ValueError:
            raise SettingError(f"{PREFIX}{name} must be a whole number, not {value!r}") from None

    def ports(self, name: str) -> Mapping[str, int]:
        found = dict(item.partition("=")[::2] for item in self.names(name))
        try:
            return {code.strip(): int(port) for code, port in found.items()}
        except ValueError:
            raise SettingError(f"{PREFIX}{name} must be like jt808=7808,sl651=0") from None

    def flag(self, name: str) -> bool:
        value = self.text(name)
        if value not in {"0", "1"}:
            raise SettingError(f"{PREFIX}{name} must be 0 or 1, not {value!r}")
        return value == "1"


def reference() -> str:
    """Return the reference page of all settings, in Markdown."""
    lines = [
        "# Settings",
        "",
        "Generated from `src/onecity/project/env.py`. The environment gives them; `./onecity` keeps secrets and the",
        "database's address in `.onecity/settings.env`.",
        "",
        "| Name | Meaning | In development |",
        "|---|---|---|",
    ]
    for item in SETTINGS:
        default = "none: must be set" if item.secret else f"`{item.default}`" if item.default else ""
        lines.append(f"| `{PREFIX}{item.name}` | {item.meaning} | {default} |")
    return "\n".join(lines) + "\n"
