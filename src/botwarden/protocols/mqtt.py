"""MQTT 3.1, 3.1.1 and 5.0 (OASIS MQTT Version 3.1.1 and 5.0): what clients say about themselves and their topics.

`Framer` cuts a TCP direction into control packets; the functions below it read the bodies of those that tell something.
A body may have been cut at `MAX_BODY` bytes: what lies beyond is not read.
"""

from typing import Final, NamedTuple

CONNECT: Final = 1
CONNACK: Final = 2
PUBLISH: Final = 3
SUBSCRIBE: Final = 8

MAX_BODY: Final = 8192
"""Bytes of a control packet's body that are kept. Names and topics of real devices fit into a few hundred; a last
will's message, which stands before the user name, may be longer."""
MAX_TOPICS: Final = 64  # of one SUBSCRIBE
MAX_TEXT: Final = 512  # characters of a name or topic
MAX_PAYLOAD_TEXT: Final = 64
_MAX_LENGTH_BYTES: Final = 4  # 3.1.1, 2.2.3

VERSIONS: Final = {(b"MQIsdp", 3): "3.1", (b"MQTT", 4): "3.1.1", (b"MQTT", 5): "5.0"}
_BRIDGE: Final = 0x80  # set in the protocol level by brokers that connect to another one (mosquitto's bridge protocol)

STATUS: Final = {
    0: "accepted",
    1: "unacceptable protocol version",
    2: "identifier rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorized",
}
"""Return codes of 3.1 and 3.1.1 (3.2.2.3)."""
STATUS_5: Final = {
    0x00: "accepted",
    0x80: "unspecified error",
    0x81: "malformed packet",
    0x82: "protocol error",
    0x83: "implementation specific error",
    0x84: "unacceptable protocol version",
    0x85: "identifier rejected",
    0x86: "bad user name or password",
    0x87: "not authorized",
    0x88: "server unavailable",
    0x89: "server busy",
    0x8A: "banned",
    0x8C: "bad authentication method",
    0x90: "topic name invalid",
    0x95: "packet too large",
    0x97: "quota exceeded",
    0x99: "payload format invalid",
    0x9A: "retain not supported",
    0x9B: "QoS not supported",
    0x9C: "use another server",
    0x9D: "server moved",
    0x9F: "connection rate exceeded",
}
"""Reason codes of 5.0 (3.2.2.2), in the words of the older versions where they mean the same."""


class Packet(NamedTuple):
    """A control packet: its type, the flags beside it, its body (cut at `MAX_BODY`) and the body's full length."""

    kind: int
    flags: int
    body: bytes
    length: int


class Connect(NamedTuple):
    """What a CONNECT says; its password is handed out apart."""

    version: str
    client_id: str
    username: str | None
    will_topic: str | None


class Subscribe(NamedTuple):
    """Topic filters with the highest quality of service that is asked for."""

    topics: tuple[str, ...]
    qos: int


class Publish(NamedTuple):
    """The head of a PUBLISH; `text` is the first characters of a payload that is text."""

    topic: str
    qos: int
    retain: bool
    payload_len: int
    text: str | None


class Framer:
    """Cuts a direction into control packets, whatever pieces it comes in; keeps no more than one body.

    `lost` is set once the bytes cannot be MQTT's, or too many are missing to go on.
    """

    __slots__ = ("_body", "_first", "_length", "_length_bytes", "_missing", "lost")

    def __init__(self) -> None:
        """Stand at the start of a control packet."""
        self.lost = False
        self._begin()

    def _begin(self) -> None:
        self._first = -1
        self._length = 0
        self._length_bytes = 0
        self._missing = -1  # bytes of the body to come; -1 while its length is not known
        self._body = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that ``data`` completes."""
        found: list[Packet] = []
        at = 0
        while not self.lost:
            if self._missing < 0:
                at = self._read_head(data, at)
                if self._missing < 0:
                    break
            take = min(self._missing, len(data) - at)
            room = MAX_BODY - len(self._body)
            if room > 0:
                self._body += data[at : at + min(take, room)]
            at += take
            self._missing -= take
            if self._missing:
                break
            found.append(Packet(self._first >> 4, self._first & 15, bytes(self._body), self._length))
            self._begin()
        return found

    def skip(self, size: int) -> None:
        """``size`` bytes are missing: only inside a body can it go on behind them."""
        if self._missing <= size:
            self.lost = True
        else:
            self._missing -= size
            self._body += bytes(max(0, min(size, MAX_BODY - len(self._body))))

    def _read_head(self, data: bytes, at: int) -> int:
        while at < len(data):
            byte = data[at]
            at += 1
            if self._first < 0:
                self._first = byte
                self.lost = byte >> 4 == 0  # reserved
            else:
                self._length |= (byte & 0x7F) << 7 * self._length_bytes
                self._length_bytes += 1
                if byte < 0x80:
                    self._missing = self._length
                    break
                self.lost = self._length_bytes == _MAX_LENGTH_BYTES
            if self.lost:
                break
        return at


def begins(head: bytes) -> bool | None:
    """Whether a direction begins with a CONNECT; None where that needs more bytes."""
    if not head:
        return None
    if head[0] != CONNECT << 4:
        return False
    at = 1
    while at < len(head) and head[at] >= 0x80:
        at += 1
    at += 1
    if at > 1 + _MAX_LENGTH_BYTES:
        return False
    rest = head[at:]
    for name, level in VERSIONS:
        wanted = len(name).to_bytes(2, "big") + name
        if len(rest) <= len(wanted):
            if wanted.startswith(rest):
                return None
        elif rest.startswith(wanted) and rest[len(wanted)] & ~_BRIDGE == level:
            return True
    return False


def parse_connect(body: bytes) -> tuple[Connect, str | None] | None:
    """A CONNECT's body (3.1) and the password in it; None where it is not one or is cut before the client's name."""
    read = _Reader(body)
    name = read.field()
    level = read.byte() & ~_BRIDGE
    flags = read.byte()
    read.skip(2)  # keep alive
    version = VERSIONS.get((name, level))
    if version is None or not read.intact:
        return None
    modern = version == "5.0"
    if modern:
        read.properties()
    client_id = read.text()
    if client_id is None:
        return None
    will_topic = None
    if flags & 0x04:
        if modern:
            read.properties()
        will_topic = read.text()
        read.field()
    username = read.text() if flags & 0x80 else None
    password = read.text() if flags & 0x40 else None
    return Connect(version, client_id, username, will_topic), password


def parse_connack(body: bytes, version: str | None) -> str | None:
    """What a CONNACK (3.2) answers, in words; None where it is cut."""
    if len(body) < 2:
        return None
    names = STATUS_5 if version == "5.0" or body[1] >= 0x80 else STATUS
    return names.get(body[1], f"code {body[1]}")


def parse_subscribe(body: bytes, version: str | None) -> Subscribe | None:
    """A SUBSCRIBE's body (3.8); None where it holds no topic."""
    read = _Reader(body)
    read.skip(2)  # packet identifier
    if version == "5.0":
        read.properties()
    topics: list[str] = []
    qos = 0
    while len(topics) < MAX_TOPICS:
        topic = read.text()
        options = read.byte()
        if topic is None or not read.intact:
            break
        topics.append(topic)
        qos = max(qos, min(options & 3, 2))
    return Subscribe(tuple(topics), qos) if topics else None


def parse_publish(packet: Packet, version: str | None) -> Publish | None:
    """A PUBLISH (3.3); None where its topic cannot be read."""
    read = _Reader(packet.body)
    topic = read.text()
    qos = packet.flags >> 1 & 3
    if qos:
        read.skip(2)
    if version == "5.0":
        read.properties()
    if topic is None or qos == 3 or not read.intact:
        return None
    payload = packet.body[read.at : read.at + 4 * MAX_PAYLOAD_TEXT]
    return Publish(topic, qos, bool(packet.flags & 1), packet.length - read.at, _plain(payload))


def _plain(payload: bytes) -> str | None:
    """The first characters of text; None for what is none. A character cut at the end counts as whole."""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        if error.start < len(payload) - 3 or error.start == 0:
            return None
        text = payload[: error.start].decode()
    text = text[:MAX_PAYLOAD_TEXT]
    return text if text and all(c.isprintable() or c in "\t\r\n" for c in text) else None


class _Reader:
    """Walks through a body; once something is missing, `intact` is False and nothing more is read."""

    __slots__ = ("_data", "at", "intact")

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self.intact = True
        self._data = data

    def skip(self, size: int) -> None:
        self.at += size
        self.intact = self.intact and self.at <= len(self._data)

    def byte(self) -> int:
        self.skip(1)
        return self._data[self.at - 1] if self.intact else 0

    def field(self) -> bytes:
        """Bytes behind their length (1.5.3)."""
        length = self.byte() << 8 | self.byte()
        start = self.at
        self.skip(length)
        return self._data[start : self.at] if self.intact else b""

    def text(self) -> str | None:
        field = self.field()
        return field.decode("utf-8", "backslashreplace")[:MAX_TEXT] if self.intact else None

    def properties(self) -> None:
        """Skip the properties of 5.0 (2.2.2)."""
        length = 0
        for k in range(_MAX_LENGTH_BYTES):
            byte = self.byte()
            length |= (byte & 0x7F) << 7 * k
            if byte < 0x80:
                break
        self.skip(length)
