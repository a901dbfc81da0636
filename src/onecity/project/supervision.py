"""Brings all parts up under one supervisor, says how each one is, and takes them down in order.

supervisord does the supervising: it starts, restarts and stops. This module writes its configuration, starts the parts
in order, and prints what happens to them.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from supervisor.xmlrpc import SupervisorTransport

from onecity.project import env as environment
from onecity.project.addresses import answers, listeners, supervisor_socket
from onecity.project.demonstration import begin_city_time, keep_city_time, welcome
from onecity.project.parts import STOP_SECONDS, all_parts, supervisor_text

LOOK_SECONDS: Final = 0.5
START_SECONDS: Final = 180.0
_WORDS: Final = {
    "RUNNING": "运行中",
    "STARTING": "启动中",
    "BACKOFF": "重启中",
    "EXITED": "已退出",
    "STOPPED": "已停止",
    "STOPPING": "停止中",
    "FATAL": "无法启动",
}


class Supervisor:
    """The running supervisord of this checkout, over its unix socket."""

    def __init__(self, state: Path) -> None:
        self.socket = supervisor_socket(state)

    @property
    def _proxy(self) -> xmlrpc.client.ServerProxy:
        # A new one for each call: the transport keeps a connection that does not survive a refusal.
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return xmlrpc.client.ServerProxy("http://localhost", transport=transport)

    def answers(self) -> bool:
        """Say whether supervisord runs; one that is shutting down answers with a fault, and runs until it is gone."""
        try:
            self._proxy.supervisor.getState()
        except xmlrpc.client.Fault:
            return True
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def states(self) -> dict[str, str]:
        """Return each part's state by supervisord's name for it."""
        rows = self._proxy.supervisor.getAllProcessInfo()
        assert isinstance(rows, list)
        return {str(row["name"]): str(row["statename"]) for row in rows}

    def start(self, name: str) -> None:
        """Start a part and wait until it stands.

        Raises: xmlrpc.client.Fault if it does not.
        """
        self._proxy.supervisor.startProcess(name)

    def shut_down(self) -> None:
        """Stop every part, the last started first, and supervisord with them."""
        self._proxy.supervisor.shutdown()


def main(arguments: list[str]) -> int:
    """Carry out one of: demo, up, status, stop."""
    options = _parser().parse_args(arguments)
    if options.port:
        os.environ["ONECITY_PORT"] = str(options.port)
    env = environment.load(os.environ)
    supervisor = Supervisor(env.state)
    if options.command == "status":
        return _show(supervisor)
    if options.command == "stop":
        return _stop(supervisor)
    if supervisor.answers():
        print("一城已在运行 / OneCity is running already: ./onecity status", file=sys.stderr)
        return 1
    held = [item for item in listeners(env) if answers(item[1], item[2])]
    for name, host, port, setting in held:
        print(f"端口已被占用 / {host}:{port} is in use ({name}): {setting}=…", file=sys.stderr)
    return 1 if held else _run(env, supervisor, options)


def _run(env: environment.Environment, supervisor: Supervisor, options: argparse.Namespace) -> int:
    parts = all_parts(env)
    configuration = env.state / "supervisord.conf"
    (env.state / "log").mkdir(parents=True, exist_ok=True)
    configuration.write_text(supervisor_text(parts, state=env.state, socket=supervisor.socket), encoding="utf-8")
    configuration.chmod(0o600)
    _hand_over_database()
    if env.city_time_file:
        begin_city_time(env, speed=options.speed)
    daemon = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)], start_new_session=True
    )
    _await(supervisor)
    for part in parts:
        supervisor.start(part.name)
        print(f"    {part.title} {part.name}: {_WORDS['RUNNING']}", flush=True)
        if part.name == "database":
            _await_database()
        if part.name == "web":
            _await_web(env)
    print(welcome(env), flush=True)
    return _watch(env, supervisor, daemon) if options.command == "demo" else 0


def _hand_over_database() -> None:
    """Stop the cluster that the launcher started by hand, so that the supervisor can own it."""
    cluster = os.environ.get("ONECITY_LOCAL_CLUSTER")
    if cluster:
        _as_owner("pg_ctl", "-D", cluster, "-m", "fast", "-w", "stop")


def _await_database() -> None:
    url = os.environ["ONECITY_DATABASE_URL"]
    for _ in _patience():
        if (
            subprocess.run(
                [f"{os.environ['ONECITY_LOCAL_CLUSTER_BIN']}/pg_isready", "-q", "-d", url], check=False
            ).returncode
            == 0
        ):
            return


def _await_web(env: environment.Environment) -> None:
    for _ in _patience():
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{env.host}:{env.port}/readyz", timeout=5):
            return


def _as_owner(program: str, *arguments: str) -> None:
    command = [f"{os.environ['ONECITY_LOCAL_CLUSTER_BIN']}/{program}", *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", os.environ["ONECITY_LOCAL_CLUSTER_OWNER"], "--", *command]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd="/")


def _await(supervisor: Supervisor) -> None:
    for _ in _patience():
        if supervisor.answers():
            return


def _patience() -> Iterator[None]:
    """Yield every little while until it has been long enough.

    Raises: TimeoutError.
    """
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        yield
        time.sleep(0.1)
    raise TimeoutError(f"not ready within {START_SECONDS:.0f} s; see .onecity/log")


def _watch(env: environment.Environment, supervisor: Supervisor, daemon: "subprocess.Popen[bytes]") -> int:
    """Print every change of state until Ctrl-C, then stop everything in order."""
    stopping: list[bool] = []

    def stop(*_: object) -> None:
        stopping.append(True)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    known = supervisor.states()
    while not stopping and daemon.poll() is None:
        time.sleep(LOOK_SECONDS)
        known = _report(supervisor, known)
        keep_city_time(env)
    print("\n==> 正在停止 / stopping", flush=True)
    _stop(supervisor)
    daemon.wait(timeout=STOP_SECONDS * 2)
    keep_city_time(env)
    return 0


def _report(supervisor: Supervisor, known: dict[str, str]) -> dict[str, str]:
    try:
        now = supervisor.states()
    except (OSError, xmlrpc.client.Error):
        return known
    for name, state in now.items():
        if known.get(name) != state:
            print(f"    {time.strftime('%H:%M:%S')} {name}: {_WORDS.get(state, state)}", flush=True)
    return now


def _show(supervisor: Supervisor) -> int:
    try:
        states = supervisor.states() if supervisor.answers() else None
    except xmlrpc.client.Fault:
        states = None  # on its way out
    if states is None:
        print("一城没有运行 / OneCity is not running")
        return 1
    for name, state in states.items():
        print(f"{name:16} {_WORDS.get(state, state)} ({state})")
    return 0


def _stop(supervisor: Supervisor) -> int:
    if supervisor.answers():
        supervisor.shut_down()
        for _ in _patience():
            if not supervisor.answers():
                break
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onecity")
    parser.add_argument("command", choices=["demo", "up", "status", "stop"])
    parser.add_argument("--port", type=int)
    parser.add_argument("--speed", type=float, help="city hours per real hour, of a demonstration that begins")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
