"""`MqttAnalyzer`: who connects to a broker, as whom, and which topics are spoken of."""

from typing import Any, ClassVar, Final

from botwarden.core.records.mqtt import MqttRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.credentials import dictionaries
from botwarden.protocols.mqtt import (
    CONNACK,
    CONNECT,
    PUBLISH,
    SUBSCRIBE,
    Framer,
    Packet,
    begins,
    parse_connack,
    parse_connect,
    parse_publish,
    parse_subscribe,
)

MAX_PUBLISHED: Final = 64
"""Topics of one connection whose first PUBLISH is told, both directions together; a gateway of sensors has dozens."""
MAX_SUBSCRIBES: Final = 64  # records of one connection


class MqttAnalyzer:
    """Reads MQTT over TCP in clear.

    The client's first packet has to be a CONNECT and the server's a CONNACK: it is not at home in what began before the
    capture.
    """

    name: ClassVar[str] = "mqtt"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({1883})
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._framers = Framer(), Framer()
        self._started = [False, False]
        self._version: str | None = None
        self._pending: dict[str, Any] | None = None  # a CONNECT that waits for its answer
        self._topics: set[tuple[bool, str]] = set()
        self._subscribes = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By a CONNECT of the originator."""
        return begins(head) if is_orig and proto == "tcp" else False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        if not self._started[is_orig] and data:
            self._started[is_orig] = True
            if data[0] >> 4 != (CONNECT if is_orig else CONNACK):
                self._flow.done = True
                return
        framer = self._framers[is_orig]
        if not framer.lost:
            for packet in framer.feed(data):
                self._packet(ts, is_orig, packet)
                if self._flow.done:
                    return
        self._give_up()

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Goes on behind a gap inside a body."""
        self._framers[is_orig].skip(size)
        self._give_up()

    def eof(self, ts: float, is_orig: bool) -> None:
        """Nothing follows from it."""

    def end(self, ts: float) -> None:
        """Write a CONNECT that was not answered."""
        self._write_connect(None)

    def _give_up(self) -> None:
        if self._framers[0].lost and self._framers[1].lost:
            self._write_connect(None)
            self._flow.done = True

    def _packet(self, ts: float, is_orig: bool, packet: Packet) -> None:
        if packet.kind == CONNECT:
            self._connect(ts, is_orig, packet)
        elif packet.kind == CONNACK:
            self._write_connect(parse_connack(packet.body, self._version))
        elif self._version is None:  # nothing has shown that this is MQTT
            return
        elif packet.kind == SUBSCRIBE:
            self._subscribe(ts, is_orig, packet)
        elif packet.kind == PUBLISH:
            self._publish(ts, is_orig, packet)

    def _connect(self, ts: float, is_orig: bool, packet: Packet) -> None:
        read = parse_connect(packet.body)
        if read is None:
            self._flow.done = self._version is None
            return
        self._write_connect(None)
        said, password = read
        self._flow.confirm(self.name)
        self._version = said.version
        known = dictionaries(said.username or "", password) if password is not None else ()
        self._pending = {
            "ts": ts,
            "is_orig": is_orig,
            "version": said.version,
            "client_id": said.client_id,
            "username": said.username,
            "dictionary": known or None,
            "will_topic": said.will_topic,
        }

    def _write_connect(self, status: str | None) -> None:
        if self._pending is not None:
            said, self._pending = self._pending, None
            self._flow.write(MqttRecord(**self._flow.id, **said, action="connect", connect_status=status))

    def _subscribe(self, ts: float, is_orig: bool, packet: Packet) -> None:
        if self._subscribes >= MAX_SUBSCRIBES:
            return
        asked = parse_subscribe(packet.body, self._version)
        if asked:
            self._subscribes += 1
            self._write(ts, is_orig, "subscribe", topics=asked.topics, qos=asked.qos)

    def _publish(self, ts: float, is_orig: bool, packet: Packet) -> None:
        if len(self._topics) >= MAX_PUBLISHED:
            return
        said = parse_publish(packet, self._version)
        if said is None or not said.topic or (is_orig, said.topic) in self._topics:  # 5.0: an alias has no topic
            return
        self._topics.add((is_orig, said.topic))
        self._write(
            ts,
            is_orig,
            "publish",
            topic=said.topic,
            qos=said.qos,
            retain=said.retain,
            payload_len=said.payload_len,
            payload_text=said.text,
        )

    def _write(self, ts: float, is_orig: bool, action: str, **fields: Any) -> None:
        record = MqttRecord(ts=ts, **self._flow.id, action=action, is_orig=is_orig, version=self._version, **fields)
        self._flow.write(record)
