"""UPnP over HTTP (UPnP Device Architecture 1.1): device descriptions, and actions that are asked for over SOAP.

Tags are looked for in the text; no entity but the five of XML itself is expanded, and nothing is nested.
"""

import re
from ipaddress import ip_address
from typing import Final, NamedTuple

DESCRIPTION_MARK: Final = b"urn:schemas-upnp-org:device-1-0"
"""Namespace of device descriptions (2.3): it stands near their beginning."""
DESCRIPTION_HEAD: Final = 32768
"""Bytes of a description that are looked at: what the root device says of itself stands before its services."""
MAX_TEXT: Final = 256
"""Characters of an element that are kept."""

_ACTION: Final = re.compile(r"[\"' ]*urn:([\w.-]+:service:[\w.-]+:\d+)#(\w{1,64})[\"' ]*\Z")
_TAG: Final = re.compile(rb"<(?:[\w.-]{1,32}:)?(\w{1,64})(?:\s[^<>]*)?>([^<]*)")
_SAID: Final = frozenset({b"friendlyName", b"manufacturer", b"modelName", b"modelNumber", b"deviceType"})
_ASKED: Final = frozenset({
    b"NewExternalPort", b"NewInternalClient", b"NewInternalPort", b"NewProtocol", b"NewPortMappingDescription",
    b"NewLeaseDuration",
})  # fmt: skip
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_MAX_PORT: Final = 65535
_MAX_LEASE: Final = (1 << 32) - 1


class Description(NamedTuple):
    """What a root device says of itself (2.3)."""

    friendly_name: str | None = None
    manufacturer: str | None = None
    model_name: str | None = None
    model_number: str | None = None
    device_type: str | None = None


class Action(NamedTuple):
    """An action, with the arguments of those that map ports (WANIPConnection:1, 2.4.16)."""

    name: str
    service: str
    external_port: int | None = None
    internal_client: str | None = None
    internal_port: int | None = None
    protocol: str | None = None
    description: str | None = None
    lease: int | None = None


def parse_description(head: bytes) -> Description | None:
    """Read the beginning of a device description; None where it is none."""
    if DESCRIPTION_MARK not in head[:1024]:
        return None
    found = _texts(head[:DESCRIPTION_HEAD], _SAID)
    if not found:
        return None
    return Description(
        found.get(b"friendlyName"),
        found.get(b"manufacturer"),
        found.get(b"modelName"),
        found.get(b"modelNumber"),
        found.get(b"deviceType"),
    )


def parse_action(header: str, body: bytes) -> Action | None:
    """Read a SOAPAction header, and the arguments of the body; None where it is no UPnP action."""
    found = _ACTION.match(header)
    if found is None:
        return None
    arguments = _texts(body[:DESCRIPTION_HEAD], _ASKED)
    protocol = (arguments.get(b"NewProtocol") or "").upper()
    return Action(
        found[2],
        found[1],
        _number(arguments.get(b"NewExternalPort"), _MAX_PORT),
        _address(arguments.get(b"NewInternalClient")),
        _number(arguments.get(b"NewInternalPort"), _MAX_PORT),
        protocol if protocol in {"TCP", "UDP"} else None,
        arguments.get(b"NewPortMappingDescription") or None,
        _number(arguments.get(b"NewLeaseDuration"), _MAX_LEASE),
    )


def _texts(body: bytes, names: frozenset[bytes]) -> dict[bytes, str]:
    """The text of the first element of each name."""
    found: dict[bytes, str] = {}
    for tag in _TAG.finditer(body):
        name = tag[1]
        if name in names and name not in found:
            found[name] = _text(tag[2])
            if len(found) == len(names):
                break
    return found


def _text(value: bytes) -> str:
    text = value.decode("utf-8", "backslashreplace").strip()
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    return text[:MAX_TEXT]


def _number(text: str | None, largest: int) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    number = int(text)
    return number if number <= largest else None


def _address(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return str(ip_address(text))
    except ValueError:
        return None
