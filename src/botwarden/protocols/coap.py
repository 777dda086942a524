"""CoAP messages (RFC 7252, section 3): one a datagram, read strictly, for the format has no magic number."""

from typing import Final, NamedTuple

TYPES: Final = ("CON", "NON", "ACK", "RST")
CON: Final = 0
ACK: Final = 2
RST: Final = 3

METHODS: Final = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH"}
"""Codes of class 0 (RFC 7252, 12.1.1; RFC 8132)."""
ANSWERS: Final = frozenset(
    {(2, detail) for detail in (1, 2, 3, 4, 5, 31)}
    | {(4, detail) for detail in (0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 13, 15, 22, 29)}
    | {(5, detail) for detail in (0, 1, 2, 3, 4, 5, 8)}
)
"""Codes of answers as (class, detail): the CoAP Response Codes that IANA lists."""

URI_HOST: Final = 3
OBSERVE: Final = 6
URI_PATH: Final = 11
CONTENT_FORMAT: Final = 12
URI_QUERY: Final = 15
BLOCK2: Final = 23
BLOCK1: Final = 27
PROXY_URI: Final = 35

LENGTHS: Final = {
    1: (0, 8),  # If-Match
    URI_HOST: (1, 255),
    4: (1, 8),  # ETag
    5: (0, 0),  # If-None-Match
    OBSERVE: (0, 3),
    7: (0, 2),  # Uri-Port
    8: (0, 255),  # Location-Path
    9: (0, 255),  # OSCORE
    URI_PATH: (0, 255),
    CONTENT_FORMAT: (0, 2),
    14: (0, 4),  # Max-Age
    URI_QUERY: (0, 255),
    16: (1, 1),  # Hop-Limit
    17: (0, 2),  # Accept
    20: (0, 255),  # Location-Query
    BLOCK2: (0, 3),
    BLOCK1: (0, 3),
    28: (0, 4),  # Size2
    PROXY_URI: (1, 1034),
    39: (1, 255),  # Proxy-Scheme
    60: (0, 4),  # Size1
    258: (0, 1),  # No-Response
    292: (0, 8),  # Request-Tag
}
"""Shortest and longest value of each option (RFC 7252, 5.10; RFC 7641, 7959, 7967, 8613, 8768, 9175)."""
MAX_OPTIONS: Final = 64
"""Per message; each part of a path is one."""

FORMATS: Final = {
    0: "text/plain",
    40: "application/link-format",
    41: "application/xml",
    42: "application/octet-stream",
    47: "application/exi",
    50: "application/json",
    60: "application/cbor",
    110: "application/senml+json",
    112: "application/senml+cbor",
    11542: "application/vnd.oma.lwm2m+tlv",
    11543: "application/vnd.oma.lwm2m+json",
}
"""Content formats (RFC 7252, 12.3, and the IANA registry) that devices use."""


class Message(NamedTuple):
    """One message. `options` are (number, value) in their order."""

    type: int
    code: int
    message_id: int
    token: bytes
    options: tuple[tuple[int, bytes], ...]
    payload_len: int

    @property
    def method(self) -> str | None:
        """GET, POST …; None for an answer."""
        return METHODS.get(self.code)

    @property
    def code_text(self) -> str:
        """Class and detail: ``2.05``."""
        return f"{self.code >> 5}.{self.code & 31:02}"

    @property
    def host(self) -> str | None:
        """Uri-Host."""
        value = self._first(URI_HOST)
        return _text(value) if value is not None else None

    @property
    def uri(self) -> str:
        """Uri-Path and Uri-Query as a reference: ``/a/b?c&d``; what is to be fetched by a proxy, in full."""
        proxied = self._first(PROXY_URI)
        if proxied is not None:
            return _text(proxied)
        path = "/".join(_text(value) for number, value in self.options if number == URI_PATH)
        query = "&".join(_text(value) for number, value in self.options if number == URI_QUERY)
        return f"/{path}?{query}" if query else f"/{path}"

    @property
    def observe(self) -> int | None:
        """In a request 0 registers and 1 ends; in an answer a serial number (RFC 7641)."""
        value = self._first(OBSERVE)
        return int.from_bytes(value, "big") if value is not None else None

    @property
    def content_format(self) -> str | None:
        """Media type of the payload."""
        value = self._first(CONTENT_FORMAT)
        if value is None:
            return None
        number = int.from_bytes(value, "big")
        return FORMATS.get(number, str(number))

    @property
    def later_block(self) -> bool:
        """Whether it goes on with a transfer in blocks that an earlier message began (RFC 7959, 2.2)."""
        return any(number in (BLOCK1, BLOCK2) and int.from_bytes(value, "big") >> 4 for number, value in self.options)

    def _first(self, wanted: int) -> bytes | None:
        return next((value for number, value in self.options if number == wanted), None)


def parse_message(data: bytes) -> Message | None:
    """Read a datagram; None for what is no whole CoAP message."""
    if len(data) < 4 or data[0] >> 6 != 1:
        return None
    kind, token_len, code = data[0] >> 4 & 3, data[0] & 15, data[1]
    message_id = data[2] << 8 | data[3]
    if code == 0:  # empty: nothing follows (4.1), and it is no NON
        return Message(kind, 0, message_id, b"", (), 0) if len(data) == 4 and kind != 1 else None
    answer = (code >> 5, code & 31) in ANSWERS
    if token_len > 8 or len(data) < 4 + token_len or not (answer or (code in METHODS and kind < ACK)) or kind == RST:
        return None
    read = _options(data, 4 + token_len)
    if read is None:
        return None
    options, payload_len = read
    return Message(kind, code, message_id, data[4 : 4 + token_len], options, payload_len)


def is_request(data: bytes) -> bool:
    """Whether a datagram is beyond reasonable doubt a request: it asks for something by a name in clear."""
    if len(data) < 6 or data[0] >> 5 != 2 or data[1] not in METHODS:
        return False
    message = parse_message(data)
    if message is None:
        return False
    named = [value for number, value in message.options if number in (URI_HOST, URI_PATH, URI_QUERY, PROXY_URI)]
    known = all(number in LENGTHS for number, _ in message.options)
    return (
        known and sum(map(len, named)) >= 2 and all(value.isascii() and _text(value).isprintable() for value in named)
    )


def _options(data: bytes, at: int) -> tuple[tuple[tuple[int, bytes], ...], int] | None:
    """The options (3.1) from ``at`` on, and the length of the payload behind them."""
    found: list[tuple[int, bytes]] = []
    number = 0
    while at < len(data):
        head = data[at]
        at += 1
        if head == 0xFF:
            return (tuple(found), len(data) - at) if at < len(data) else None
        delta, at = _extended(data, head >> 4, at)
        length, at = _extended(data, head & 15, at)
        number += delta
        low, high = LENGTHS.get(number, (0, 1034))
        if at + length > len(data) or not low <= length <= high or number > 0xFFFF or len(found) == MAX_OPTIONS:
            return None
        found.append((number, data[at : at + length]))
        at += length
    return tuple(found), 0


def _extended(data: bytes, nibble: int, at: int) -> tuple[int, int]:
    """A delta or a length, and what comes behind its extra bytes; far too much where it is not valid."""
    if nibble < 13:
        return nibble, at
    size = nibble - 12
    if size == 3 or at + size > len(data):
        return 1 << 20, at
    return int.from_bytes(data[at : at + size], "big") + (13 if size == 1 else 269), at + size


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
