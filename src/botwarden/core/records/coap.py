"""``coap.log``: CoAP requests and their answers."""

from typing import Annotated, ClassVar

from botwarden.core.record import Count, Ecs, Interval, Text, UidRecord


class CoapRecord(UidRecord, frozen=True, kw_only=True):
    """One request with its answer (RFC 7252)."""

    path: ClassVar[str] = "coap"

    type: Text | None = None
    """CON, NON, ACK or RST of the first message."""
    method: Text | None = None
    """GET, POST, PUT, DELETE …"""
    message_id: Count | None = None
    """Of the first message."""
    token: Text | None = None
    """Token in hexadecimal."""
    host: Annotated[Text | None, Ecs("url.domain")] = None
    """Uri-Host."""
    uri: Annotated[Text | None, Ecs("url.original")] = None
    """Uri-Path and Uri-Query; what a proxy is to fetch, in full."""
    observe: Count | None = None
    """Observe option of the request: 0 asks to be told of changes, 1 no longer (RFC 7641)."""
    request_len: Count | None = None
    """Bytes of the request's payload."""
    code: Text | None = None
    """Of the answer, such as ``2.05``; ``0.00`` for a reset."""
    response_len: Count | None = None
    """Bytes of the answer's payload."""
    content_format: Text | None = None
    """Of the answer, else of the request."""
    rtt: Interval | None = None
    """From request to answer."""
