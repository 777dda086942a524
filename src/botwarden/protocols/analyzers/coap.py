"""`CoapAnalyzer`: requests to things and their answers."""

from typing import ClassVar, Final, NamedTuple

from botwarden.core.records.coap import CoapRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.coap import ACK, RST, TYPES, Message, is_request, parse_message

PORT: Final = 5683
MAX_PENDING: Final = 64
"""Requests of one connection that wait for an answer; clients are to have one at a time (RFC 7252, 4.7)."""
MAX_REMEMBERED: Final = 64
"""Requests of one connection that are over, remembered for their repetitions and for later notifications."""
MAX_STRAYS: Final = 64
"""Answers of one connection, to requests that nobody saw, that are told: a reflected flood is nothing but these."""
MAX_URI: Final = 1024  # characters

Key = tuple[bool, bytes, int]
"""(who asks, token, message id): the id is 0 where the token alone tells requests apart."""


class _Request(NamedTuple):
    ts: float
    message: Message


class CoapAnalyzer:
    """Matches answers with requests by token, acknowledgements by message id (RFC 7252, 5.3.2).

    The first answer to a request is told. Later notifications of what is observed (RFC 7641) and the later parts of
    a transfer in blocks (RFC 7959) are not.
    """

    name: ClassVar[str] = "coap"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({PORT})

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._pending: dict[Key, _Request] = {}
        self._sent: dict[Key, None] = {}  # requests that are over, with their message ids, for repetitions
        self._known: dict[Key, None] = {}  # the same without, for notifications
        self._strays = 0
        self._confirmed = False

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By a request for something with a name."""
        return proto == "udp" and is_request(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        message = parse_message(data)
        if message is None:
            self._flow.done = not self._confirmed
            return
        if not self._confirmed and message.code:
            self._confirmed = True
            self._flow.confirm(self.name)
            if is_orig and message.method and _is_group(self._flow.resp_h):  # answers come from elsewhere
                self._flow.session.expect(self._flow.orig_h, self._flow.orig_p, "udp", self.name)
        if message.method:
            self._request(ts, is_orig, message)
        elif message.code:
            self._answer(ts, is_orig, message)
        elif message.type == RST:
            self._reset(ts, is_orig, message)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """There are none between datagrams."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """There is none over UDP."""

    def end(self, ts: float) -> None:
        """Write the requests that had no answer."""
        for key in list(self._pending):
            self._write(self._pending.pop(key), key[0], None, 0.0)

    def _request(self, ts: float, is_orig: bool, message: Message) -> None:
        key = _key(is_orig, message)
        if message.later_block or (is_orig, message.token, message.message_id) in self._sent:
            return
        before = self._pending.get(key)
        if before is not None:
            if before.message.message_id == message.message_id:  # sent again
                return
            self._write(self._pending.pop(key), is_orig, None, ts)
        if len(self._pending) >= MAX_PENDING:
            oldest = next(iter(self._pending))
            self._write(self._pending.pop(oldest), oldest[0], None, ts)
        self._pending[key] = _Request(ts, message)

    def _answer(self, ts: float, is_orig: bool, message: Message) -> None:
        key = self._asked(not is_orig, message)
        if key is not None:
            self._write(self._pending.pop(key), not is_orig, message, ts)
            return
        key = _key(not is_orig, message)
        if key in self._known or key in self._pending or message.later_block or self._strays >= MAX_STRAYS:
            return
        self._strays += 1
        _remember(self._known, key)
        self._flow.write(
            CoapRecord(
                ts=ts,
                **self._flow.id,
                type=TYPES[message.type],
                message_id=message.message_id,
                token=message.token.hex() or None,
                code=message.code_text,
                response_len=message.payload_len,
                content_format=message.content_format,
            )
        )

    def _asked(self, is_orig: bool, answer: Message) -> Key | None:
        """The request that an answer belongs to."""
        key = _key(is_orig, answer)
        request = self._pending.get(key)
        if request is not None:
            carried = answer.type == ACK and request.message.message_id != answer.message_id  # by another's ACK
            return None if carried else key
        if answer.token or answer.type == ACK:
            return None
        return next((k for k in self._pending if k[0] == is_orig and not k[1]), None)  # separate, without a token

    def _reset(self, ts: float, is_orig: bool, message: Message) -> None:
        """A request that the other side rejects."""
        for key, request in self._pending.items():
            if key[0] != is_orig and request.message.message_id == message.message_id:
                self._write(self._pending.pop(key), key[0], message, ts)
                return

    def _write(self, request: _Request, is_orig: bool, answer: Message | None, ts: float) -> None:
        asked = request.message
        _remember(self._sent, (is_orig, asked.token, asked.message_id))
        _remember(self._known, _key(is_orig, asked))
        self._flow.write(
            CoapRecord(
                ts=request.ts,
                **self._flow.id,
                type=TYPES[asked.type],
                method=asked.method,
                message_id=asked.message_id,
                token=asked.token.hex() or None,
                host=asked.host,
                uri=asked.uri[:MAX_URI],
                observe=asked.observe,
                request_len=asked.payload_len,
                code=answer.code_text if answer else None,
                response_len=answer.payload_len if answer else None,
                content_format=(answer.content_format if answer else None) or asked.content_format,
                rtt=max(0.0, ts - request.ts) if answer else None,
            )
        )


def _key(is_orig: bool, message: Message) -> Key:
    return is_orig, message.token, 0 if message.token else message.message_id


def _remember(seen: dict[Key, None], key: Key) -> None:
    seen.pop(key, None)
    seen[key] = None
    if len(seen) > MAX_REMEMBERED:
        del seen[next(iter(seen))]


def _is_group(ip: str) -> bool:
    """Whether an address is a multicast one."""
    first = ip.partition(".")[0]
    return ip[:2].lower() == "ff" or (first.isdigit() and 224 <= int(first) < 240)
