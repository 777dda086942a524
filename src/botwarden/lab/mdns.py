"""mDNS (RFC 6762): questions to everybody on the local network; avahi answers them on the devices that have names."""

import shlex
import socket
import struct
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

GROUP: Final = "224.0.0.251"
PORT: Final = 5353
PTR: Final = 12
IN: Final = 1


def question(*names: str) -> bytes:
    """A query for pointers to services (RFC 6763), several at once."""
    asked = b"".join(
        b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0" + struct.pack("!HH", PTR, IN)
        for name in names
    )
    return struct.pack("!HHHHHH", 0, 0, len(names), 0, 0, 0) + asked


def ask(address: str, *names: str) -> None:
    """Ask everybody, as a responder does, from its port. The answers are for whoever listens. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        link.bind(("", PORT))
        link.sendto(question(*names), (GROUP, PORT))


def write_services(folder: Path, name: str, services: dict[str, tuple[int, dict[str, str]]]) -> None:
    """What avahi is to announce: ``services`` are ports and texts by type, such as ``_http._tcp``."""
    folder.mkdir(exist_ok=True)
    for kind, (port, texts) in services.items():
        records = "".join(f"<txt-record>{escape(key)}={escape(value)}</txt-record>" for key, value in texts.items())
        (folder / f"{kind.strip('_').partition('.')[0]}.service").write_text(
            f"<service-group><name>{escape(name)}</name>"
            f"<service><type>{kind}</type><port>{port}</port>{records}</service></service-group>\n"
        )


def avahi(folder: Path, host: str) -> list[str]:
    """The command that answers for ``host``; its configuration is written to ``folder``."""
    path = folder / "avahi.conf"
    path.write_text(
        f"[server]\nhost-name={host}\nuse-ipv6=yes\nenable-dbus=no\nallow-interfaces=eth0\n"
        "[publish]\npublish-hinfo=no\npublish-workstation=no\n"
    )
    options = "--no-drop-root --no-chroot --no-rlimits --no-proc-title"
    return ["avahi-daemon", "--file", str(path), *shlex.split(options)]
