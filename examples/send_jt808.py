"""A vehicle terminal of JT/T 808-2013 in one file: registers, logs in, reports a position. Standard library only.

    python examples/send_jt808.py --host 127.0.0.1 --port 5808 --phone 13800000001 [--code CODE]

--code: the terminal's authentication code, if it has one already; else it registers and is given one.
"""

import argparse
import socket
import struct
import time


def message(number: int, body: bytes, *, phone: str, serial: int) -> bytes:
    """Return a whole message: header, body, exclusive or of both, escaped between two flags."""
    plain = struct.pack(">HH", number, len(body)) + bytes.fromhex(phone.zfill(12)) + struct.pack(">H", serial) + body
    check = 0
    for byte in plain:
        check ^= byte
    plain += bytes([check])
    return b"\x7e" + plain.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def heard(line: socket.socket) -> tuple[int, bytes]:
    """Return the platform's next message: its id and its body."""
    data = b""
    while data.count(b"\x7e") < 2:
        piece = line.recv(4096)
        if not piece:
            raise SystemExit("the platform closed the connection")
        data += piece
    plain = data.split(b"\x7e")[1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    return int.from_bytes(plain[:2], "big"), plain[12:-1]


def registration() -> bytes:
    """Return the body of a registration: place, maker, model, terminal id, plate colour and plate (GBK)."""
    return struct.pack(">HH5s20s7sB", 22, 104, b"MAKER", b"MODEL-1", b"ID00001", 2) + "吉A00001".encode("gbk")


def position(longitude: float, latitude: float) -> bytes:
    """Return the body of a location report: ignition on, fix, 36.0 km/h eastwards, now, Beijing time."""
    now = bytes.fromhex(time.strftime("%y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)))
    place = struct.pack(">IIII", 0, 0b11, round(latitude * 1e6), round(longitude * 1e6))
    return place + struct.pack(">HHH", 210, 360, 90) + now


def main() -> None:
    """Say who we are, and where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5808)
    parser.add_argument("--phone", required=True)
    parser.add_argument("--code", default="")
    given = parser.parse_args()
    code = given.code.encode()
    with socket.create_connection((given.host, given.port), timeout=30) as line:
        if not code:
            line.sendall(message(0x0100, registration(), phone=given.phone, serial=1))
            _, body = heard(line)
            if body[2]:
                raise SystemExit(f"not registered: result {body[2]}")
            code = body[3:]
            print(f"registered: code {code.decode()}")
        line.sendall(message(0x0102, code, phone=given.phone, serial=2))
        print("logged in:", "no" if heard(line)[1][4] else "yes")
        line.sendall(message(0x0200, position(125.3, 43.9), phone=given.phone, serial=3))
        print("position stored:", "no" if heard(line)[1][4] else "yes")


if __name__ == "__main__":
    main()
