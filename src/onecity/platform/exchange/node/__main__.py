"""`onecity node`: request papers, check the file, run.

node request FOLDER CODE   make a key and a certificate request
node check FILE            read the file, look into every place, greet the hub
node run FILE              work until stopped
"""

import argparse
import signal
import sys
from pathlib import Path

from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.node.client import ShutOut
from onecity.platform.exchange.node.config import BadConfig, read_config
from onecity.platform.exchange.node.papers import write_request
from onecity.platform.exchange.node.working import Node, look


def main(arguments: list[str]) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="onecity node", description="前置机 / exchange node")
    commands = parser.add_subparsers(dest="command", required=True)
    request = commands.add_parser("request", help="生成密钥和证书申请")
    request.add_argument("folder", type=Path)
    request.add_argument("code")
    for name, text in (("check", "检查配置和连接"), ("run", "运行")):
        commands.add_parser(name, help=text).add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "request":
            say(f"{write_request(chosen.folder, code=chosen.code)}")
            return 0
        return _check(chosen.file) if chosen.command == "check" else _run(chosen.file)
    except BadConfig as fault:
        say(f"配置有误 / {fault}")
    except ShutOut:
        say("交换中心拒绝接入：证书未登记或已吊销 / the hub does not let this node in")
    except OneCityError as fault:
        say(fault.sentence())
    return 1


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _check(file: Path) -> int:
    config = read_config(file)
    faults = 0
    for name, place in config.places.items():
        found = look(name, place)
        faults += bool(found.fault)
        say(f"{name}: {found.fault or f'{len(found.tables)} tables'}")
    Node(config, say=say).greet()
    return 1 if faults else 0


def _run(file: Path) -> int:
    node = Node(read_config(file), say=say)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _leave(node))
    node.serve()
    return 0


def _leave(node: Node) -> None:
    node.stop()
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
