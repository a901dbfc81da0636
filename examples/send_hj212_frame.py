"""Send one real-time upload (CN 2011) to an HJ 212 gateway and print the answer. Standard library only.

    python examples/send_hj212_frame.py 127.0.0.1 5212 MN PASSWORD a34004=35.5 a21026=8

The device must be registered (page 物联设备) with this MN and password; otherwise the frame lies in the quarantine
and the device among 未登记设备. Times of HJ 212 are local and carry no zone.
"""

import socket
import sys
from datetime import datetime, timedelta, timezone

CITY = timezone(timedelta(hours=8))


def check_code(segment: bytes) -> int:
    """Return the CRC of a data segment. Source: HJ 212-2017, appendix A."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    return register


def frame(mn: str, password: str, values: list[str]) -> bytes:
    """Return the bytes of an upload that asks for an answer (Flag=5: edition 2017, answer wanted)."""
    now = datetime.now(CITY)
    measured = ";".join(f"{pair.replace('=', '-Rtd=')},{pair.split('=')[0]}-Flag=N" for pair in values)
    segment = (
        f"QN={now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d};ST=22;CN=2011;PW={password};MN={mn};Flag=5;"
        f"CP=&&DataTime={now:%Y%m%d%H%M%S};{measured}&&"
    ).encode()
    return b"##%04d%b%04X\r\n" % (len(segment), segment, check_code(segment))


def main(host: str, port: str, mn: str, password: str, *values: str) -> None:
    """Send the frame and wait ten seconds for what the platform says."""
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(frame(mn, password, list(values)))
        print(line.recv(4096).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
