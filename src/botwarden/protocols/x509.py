"""X.509 certificates (RFC 5280), read from DER (ITU-T X.690): who one is for, who issued it, until when.

Nothing is verified: a name in a certificate is a claim of whoever made it.
"""

import re
from typing import Final

import msgspec

MAX_ATTRIBUTES: Final = 64
"""Of one name; usual names have under ten."""
MAX_NAMES: Final = 512
"""Of the host names that a certificate covers; the largest seen in use have a few hundred."""
MAX_TEXT: Final = 256
"""Bytes of one attribute or host name; RFC 5280's upper bounds end at 200 or so, DNS's at 253."""
MAX_WHOLE: Final = 1_024
"""Characters of a subject or issuer."""

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_OID: Final = 0x06
_OCTETS: Final = 0x04
_BOOLEAN: Final = 0x01
_UTC_TIME: Final = 0x17
_GENERAL_TIME: Final = 0x18
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_DNS_NAME: Final = 0x82

_COMMON_NAME: Final = b"\x55\x04\x03"
_ALT_NAMES: Final = b"\x55\x1d\x11"
_ATTRIBUTES: Final = {
    _COMMON_NAME: "CN",
    b"\x55\x04\x04": "SN",
    b"\x55\x04\x05": "serialNumber",
    b"\x55\x04\x06": "C",
    b"\x55\x04\x07": "L",
    b"\x55\x04\x08": "ST",
    b"\x55\x04\x09": "street",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
    b"\x55\x04\x0c": "title",
    b"\x55\x04\x0d": "description",
    b"\x55\x04\x0f": "businessCategory",
    b"\x55\x04\x11": "postalCode",
    b"\x55\x04\x29": "name",
    b"\x55\x04\x2a": "GN",
    b"\x55\x04\x2b": "initials",
    b"\x55\x04\x2e": "dnQualifier",
    b"\x55\x04\x61": "organizationIdentifier",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01": "emailAddress",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02": "unstructuredName",
    b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01": "UID",
    b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19": "DC",
    b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01": "jurisdictionL",
    b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02": "jurisdictionST",
    b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03": "jurisdictionC",
}
"""Short names by the encoded object identifier, as OpenSSL writes them."""
_ENCODINGS: Final = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
"""Of the string types."""

_SPECIAL: Final = re.compile(r'[,+"\\<>;]')
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_TIME: Final = re.compile(rb"(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?Z")

Span = tuple[int, int, int]
"""(tag, start of the content, end of the content)"""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate says. Text is from a stranger."""

    subject: str
    """``CN=cam.example,O=Maker,C=DE``: RFC 4514's order, the most specific part first."""
    issuer: str
    not_valid_after: str | None
    """ISO 8601, UTC; None where it is no date."""
    dns_names: tuple[str, ...] = ()
    """Host names of subjectAltName, in order."""
    common_name: str | None = None
    """The most specific one."""

    def covers(self, host: str) -> bool:
        """Whether it is for ``host`` (RFC 6125, 6.4): the common name counts only where there is no host name.

        A wildcard stands for one whole label, the first.
        """
        names = self.dns_names or ((self.common_name,) if self.common_name else ())
        wanted = host.lower().removesuffix(".")
        parent = wanted.partition(".")[2]
        for name in names:
            known = name.lower().removesuffix(".")
            if known == wanted or (known[:2] == "*." and "." in parent and known[2:] == parent):
                return True
        return False


def parse_certificate(der: bytes) -> Certificate | None:
    """Read a certificate; None where the bytes are none. What is broken behind the names is left out."""
    whole = _element(der, 0, len(der))
    inner = _element(der, whole[1], whole[2]) if whole and whole[0] == _SEQUENCE else None
    if inner is None or inner[0] != _SEQUENCE:
        return None
    parts = _children(der, inner, 12)
    if parts and parts[0][0] == _VERSION:
        del parts[0]
    if len(parts) < 6 or any(part[0] != _SEQUENCE for part in parts[1:6]):
        return None
    _, _, issuer, validity, subject, _, *rest = parts
    names = _attributes(der, subject)
    return Certificate(
        subject=_name_text(names),
        issuer=_name_text(_attributes(der, issuer)),
        not_valid_after=_not_after(der, validity),
        dns_names=_dns_names(der, rest),
        common_name=next((text for group in reversed(names) for oid, text in group if oid == _COMMON_NAME), None),
    )


def _element(der: bytes, at: int, end: int) -> Span | None:
    """The element at an offset; None where it does not fit before ``end``."""
    if at + 2 > end:
        return None
    tag, length, start = der[at], der[at + 1], at + 2
    if tag & 0x1F == 0x1F:  # tags of several bytes are not used in certificates
        return None
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or start + size > end:
            return None
        length = int.from_bytes(der[start : start + size], "big")
        start += size
    return (tag, start, start + length) if start + length <= end else None


def _children(der: bytes, parent: Span, limit: int) -> list[Span]:
    """The elements inside another, at most ``limit``, up to the first broken one."""
    found: list[Span] = []
    at = parent[1]
    while len(found) < limit:
        element = _element(der, at, parent[2])
        if element is None:
            break
        found.append(element)
        at = element[2]
    return found


def _attributes(der: bytes, name: Span) -> list[list[tuple[bytes, str]]]:
    """The parts of a name in the order of the certificate, each a list of (object identifier, value)."""
    parts = []
    for part in _children(der, name, MAX_ATTRIBUTES):
        if part[0] != _SET:
            continue
        pairs = []
        for pair in _children(der, part, MAX_ATTRIBUTES):
            fields = _children(der, pair, 2)
            if len(fields) == 2 and fields[0][0] == _OID:
                pairs.append((der[fields[0][1] : fields[0][2]], _value(der, fields[1])))
        if pairs:
            parts.append(pairs)
        if len(parts) >= MAX_ATTRIBUTES:
            break
    return parts


def _value(der: bytes, span: Span) -> str:
    raw = der[span[1] : min(span[2], span[1] + MAX_TEXT)]
    encoding = _ENCODINGS.get(span[0])
    if encoding is None:
        return "#" + raw.hex()
    # surrogates cannot be written: a lone one becomes U+FFFD
    return raw.decode(encoding, "replace").encode("utf-8", "replace").decode("utf-8")


def _name_text(parts: list[list[tuple[bytes, str]]]) -> str:
    whole = ",".join(
        "+".join(f"{_ATTRIBUTES.get(oid) or _dotted(oid)}={_escaped(text)}" for oid, text in part)
        for part in reversed(parts)
    )
    return whole[:MAX_WHOLE]


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(lambda found: "\\" + found[0], text)
    text = _CONTROL.sub(lambda found: f"\\{ord(found[0]):02X}", text)
    if text[:1] == " ":
        text = "\\" + text
    return text[:-1] + "\\ " if text[-1:] == " " and len(text) > 1 and text[-2] != "\\" else text


def _dotted(oid: bytes) -> str:
    """``1.2.840.113549`` for an encoded object identifier; at most its first 32 bytes."""
    numbers = []
    value = 0
    for byte in oid[:32]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return "?"
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))


def _not_after(der: bytes, validity: Span) -> str | None:
    times = _children(der, validity, 2)
    if len(times) != 2:
        return None
    tag, start, end = times[1]
    match = _TIME.fullmatch(der[start : min(end, start + 32)])
    digits = {_UTC_TIME: 2, _GENERAL_TIME: 4}.get(tag)
    if match is None or len(match[1]) != digits:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if digits == 2:
        year += 1900 if year >= 50 else 2000  # RFC 5280, 4.1.2.5.1
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
        return None
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def _dns_names(der: bytes, rest: list[Span]) -> tuple[str, ...]:
    for holder in rest:
        if holder[0] != _EXTENSIONS:
            continue
        sequence = _element(der, holder[1], holder[2])
        for extension in _children(der, sequence, MAX_ATTRIBUTES) if sequence else ():
            fields = [field for field in _children(der, extension, 3) if field[0] != _BOOLEAN]
            if len(fields) != 2 or der[fields[0][1] : fields[0][2]] != _ALT_NAMES or fields[1][0] != _OCTETS:
                continue
            names = _element(der, fields[1][1], fields[1][2])
            found = _children(der, names, MAX_NAMES) if names else ()
            return tuple(
                der[start : min(end, start + MAX_TEXT)].decode("utf-8", "backslashreplace")
                for tag, start, end in found
                if tag == _DNS_NAME and end > start
            )
    return ()
