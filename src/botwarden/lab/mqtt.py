"""MQTT 3.1.1 (OASIS standard): a small device's messages, and a client that keeps one connection."""

import socket
import struct
from typing import Final

CONNECT, CONNACK, PUBLISH, PUBACK = 1, 2, 3, 4
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 8, 9, 12, 13, 14
MAX_PACKET: Final = 65_536
CLEAN: Final = 2


def text(value: str) -> bytes:
    """A string with its length before it."""
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind: int, body: bytes = b"", flags: int = 0) -> bytes:
    """A packet: its kind, how much remains (seven bits a byte), the rest."""
    length, left = bytearray(), len(body)
    while True:
        left, low = left >> 7, left & 127
        length.append(low | (128 if left else 0))
        if not left:
            return bytes([kind << 4 | flags]) + bytes(length) + body


def connect(name: str, keep: int) -> bytes:
    """Hello from a client of a name; ``keep``: s within which it lets hear of itself."""
    return packet(CONNECT, text("MQTT") + bytes([4, CLEAN]) + struct.pack("!H", keep) + text(name))


def subscribe(topic: str, number: int = 1) -> bytes:
    """Tell me what is said of a topic."""
    return packet(SUBSCRIBE, struct.pack("!H", number) + text(topic) + b"\0", flags=2)


def publish(topic: str, payload: bytes) -> bytes:
    """Something is said, without a receipt."""
    return packet(PUBLISH, text(topic) + payload)


def said(body: bytes) -> tuple[str, bytes]:
    """Topic and payload of a publication without a receipt."""
    if len(body) < 2:
        return "", b""
    (length,) = struct.unpack_from("!H", body)
    return body[2 : 2 + length].decode("utf-8", "replace"), body[2 + length :]


class Client:
    """One connection to a broker, for as long as it lasts."""

    def __init__(self, host: str, port: int, name: str, keep: int, *, timeout: float = 10.0) -> None:
        """Connect, and wait for the welcome. Raises OSError."""
        self._link = socket.create_connection((host, port), timeout)
        try:
            self.send(connect(name, keep))
            kind, body = self.read()
        except OSError:
            self.close()
            raise
        if kind != CONNACK or body[1:] != b"\0":
            self.close()
            raise ConnectionError("the broker does not want us")

    def send(self, data: bytes) -> None:
        """Send a packet. Raises OSError."""
        self._link.sendall(data)

    def read(self) -> tuple[int, bytes]:
        """The next packet's kind and body. Raises OSError; TimeoutError is one."""
        (first,) = self._exactly(1)
        length = 0
        for place in range(4):
            (byte,) = self._exactly(1)
            length |= (byte & 127) << 7 * place
            if byte < 128:
                break
        if length > MAX_PACKET:
            raise ConnectionError(f"a packet of {length} bytes")
        return first >> 4, self._exactly(length)

    def wait(self, seconds: float) -> tuple[int, bytes] | None:
        """The next packet, or None where none comes in ``seconds`` of the machine's time. Raises OSError."""
        self._link.settimeout(max(seconds, 0.001))
        try:
            first = self._link.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return None
        finally:
            self._link.settimeout(10.0)
        if not first:
            raise ConnectionError("the broker has hung up")
        return self.read()

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            more = self._link.recv(size - len(data))
            if not more:
                raise ConnectionError("the broker has hung up")
            data += more
        return bytes(data)
