"""SSDP messages (UPnP Device Architecture 2.0, chapter 1): HTTP's headers, one message a datagram."""

from typing import Final, NamedTuple

_STARTS: Final = {
    b"M-SEARCH * HTTP/1.": "M-SEARCH",
    b"NOTIFY * HTTP/1.": "NOTIFY",
    b"HTTP/1.1 200 ": "RESPONSE",
    b"HTTP/1.0 200 ": "RESPONSE",
}
_OWN_HEADERS: Final = (b"\nST:", b"\nUSN:", b"\nNT:", b"\nLOCATION:")
"""What marks an answer as SSDP's, for anything may begin with "HTTP/1.1 200 OK"."""
MAX_MESSAGE: Final = 4096
"""Bytes of a datagram that are read; UPnP wants messages to fit into one packet."""
MAX_HEADERS: Final = 32
MAX_TEXT: Final = 512  # characters of a value


class Message(NamedTuple):
    """Start line and headers: names in lower case, of two alike the first."""

    method: str
    headers: dict[str, str]


def is_ssdp(data: bytes) -> bool:
    """Whether a datagram is an SSDP message."""
    method = _method(data)
    if method != "RESPONSE":
        return method is not None
    head = data[:MAX_MESSAGE].upper()
    return any(name in head for name in _OWN_HEADERS)


def parse_message(data: bytes) -> Message | None:
    """Read a datagram; None for one that does not begin as an SSDP message does."""
    method = _method(data)
    if method is None:
        return None
    headers: dict[str, str] = {}
    for line in data[:MAX_MESSAGE].split(b"\n", MAX_HEADERS + 1)[1 : MAX_HEADERS + 1]:
        name, colon, value = line.partition(b":")
        if not line.strip():
            break
        if colon:
            headers.setdefault(name.strip().lower().decode("ascii", "replace"), _text(value))
    return Message(method, headers)


def _method(data: bytes) -> str | None:
    return next((method for start, method in _STARTS.items() if data.startswith(start)), None)


def _text(value: bytes) -> str:
    return value.strip().decode("utf-8", "backslashreplace")[:MAX_TEXT]
