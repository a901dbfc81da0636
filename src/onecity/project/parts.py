"""The parts that run: each a process with a command, in the order in which they start."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from onecity.project.env import Environment

STOP_SECONDS: Final = 25


@dataclass(frozen=True, slots=True)
class Part:
    """One process. `user`: under whom it runs, when not under the supervisor's user. `order`: lower starts first."""

    name: str
    title: str
    command: tuple[str, ...]
    order: int
    user: str = ""
    stop_signal: str = "TERM"
    environment: Mapping[str, str] = field(default_factory=dict)


def manage(env: Environment, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a management command."""
    return (sys.executable, str(env.root / "manage.py"), *arguments)


def database_part() -> Part | None:
    """Return the private database cluster; None when ONECITY_DATABASE_URL names another server."""
    cluster, binaries = os.environ.get("ONECITY_LOCAL_CLUSTER"), os.environ.get("ONECITY_LOCAL_CLUSTER_BIN")
    if not cluster or not binaries:
        return None
    owner = os.environ.get("ONECITY_LOCAL_CLUSTER_OWNER", "")
    user = owner if os.geteuid() == 0 else ""
    return Part("database", "数据库", (f"{binaries}/postgres", "-D", cluster), 1, user=user, stop_signal="INT")


def web_part(env: Environment) -> Part:
    """Return the web server: pages, interfaces and hot roads."""
    static = env.state / "static"
    command = (
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "asgi", "onecity.project.asgi:application"),
        *("--host", env.host, "--port", str(env.port), "--workers", str(env.web_workers)),
        *("--loop", "uvloop", "--no-ws", "--backlog", "1024", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "10", "--log-level", "warning"),
        *("--static-path-route", "/static", "--static-path-mount", str(static), "--static-path-expires", "31536000"),
    )
    return Part("web", "网站", command, 20)


def worker_part(env: Environment) -> Part:
    """Return a worker: events, jobs, ticks."""
    return Part("worker", "后台任务", manage(env, "work"), 30)


def broker_part(env: Environment) -> Part | None:
    """Return the MQTT broker; None when ONECITY_BROKER_HOST names another machine's."""
    return Part("broker", "消息代理", manage(env, "broker"), 5) if env.broker_folder else None


def gateway_parts(env: Environment) -> tuple[Part, ...]:
    """Return the gateways that speak with devices."""
    return (
        Part("gateway-hj212", "HJ 212 网关", manage(env, "gateway", "hj212"), 25),
        Part("gateway-field", "现场协议网关", manage(env, "gateway_field"), 25),
        Part("gateway-mqtt", "MQTT 网关", manage(env, "gateway", "mqtt"), 25),
        Part("subscriptions", "订阅投递", manage(env, "tell_subscriptions"), 25),
        Part("ngsi-courier", "情境通知投递", manage(env, "ngsi_courier"), 25),
        Part("exchange-door", "前置机接入口", manage(env, "exchange_door"), 25),
        *sensorthings_parts(env),
    )


def sensorthings_parts(env: Environment) -> tuple[Part, ...]:
    """Return what serves SensorThings by MQTT; nothing where the settings name no organisation for it."""
    if not (env.sensorthings_mqtt_password and env.sensorthings_mqtt_organisation):
        return ()
    return (Part("sensorthings-mqtt", "SensorThings 订阅", manage(env, "sensorthings_mqtt"), 26),)


def all_parts(env: Environment) -> tuple[Part, ...]:
    """Return every part that runs here, the first to start first."""
    around = (database_part(), broker_part(env), web_part(env), worker_part(env), simulator_part(env))
    parts = (*around, *gateway_parts(env), *department_parts(env))
    return tuple(sorted((part for part in parts if part), key=lambda part: part.order))


def simulator_part(env: Environment) -> Part | None:
    """Return the demonstration's devices; None where the city lives in real time."""
    return Part("simulators", "设备模拟器", manage(env, "simulate"), 40) if env.demo else None


def department_parts(env: Environment) -> tuple[Part, ...]:
    """Return what departments of the demonstration run themselves; nothing elsewhere."""
    if not env.demo:
        return ()
    return (
        Part("departments-mariadb", "部门数据库", manage(env, "departments", "mariadb"), 6),
        Part("departments-service", "部门接口", manage(env, "departments", "service"), 26),
    )


def program_text(part: Part, *, logs: Path) -> str:
    """Return a part's section of supervisord's configuration."""
    words = " ".join(_quoted(word) for word in part.command)
    lines = [
        f"[program:{part.name}]",
        f"command={words}",
        f"priority={part.order}",
        "autostart=false",
        "autorestart=true",
        "startsecs=1",
        "startretries=1000",
        f"stopsignal={part.stop_signal}",
        f"stopwaitsecs={STOP_SECONDS}",
        "stopasgroup=false",
        "killasgroup=true",
        f"stdout_logfile={logs / part.name}.log",
        "redirect_stderr=true",
        "stdout_logfile_maxbytes=10MB",
        "stdout_logfile_backups=3",
    ]
    if part.user:
        lines.append(f"user={part.user}")
    if part.environment:
        pairs = ",".join(f'{name}="{value}"' for name, value in part.environment.items())
        lines.append(f"environment={pairs}")
    return "\n".join(lines) + "\n"


def supervisor_text(parts: tuple[Part, ...], *, state: Path, socket: Path) -> str:
    """Return supervisord's whole configuration."""
    head = f"""[supervisord]
nodaemon=true
silent=true
logfile={state}/log/supervisor.log
pidfile={state}/supervisor.pid
childlogdir={state}/log
[unix_http_server]
file={socket}
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(program_text(part, logs=state / "log") for part in parts)


def program(name: str, *elsewhere: str) -> str:
    """Return the path of a system program, also where an ordinary user's PATH does not look.

    Raises: FileNotFoundError naming the program.
    """
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *elsewhere]))
    if found is None:
        raise FileNotFoundError(name)
    return found


def _quoted(word: str) -> str:
    escaped = word.replace("%", "%%")
    return f'"{escaped}"' if " " in escaped else escaped
