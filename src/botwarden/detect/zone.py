"""`Zone`: what is kept of all the questions of a device for names below one domain."""

import re
from typing import Final
from zlib import crc32

from botwarden.core.records.dns import DnsRecord
from botwarden.detect.names import bits

SKETCH_BYTES: Final = 512
"""Of a sketch that tells new names from repeated ones: one bit for each value of a hash. When half of its bits are set
it starts anew, and a name that comes again counts as new once more."""
MAX_TYPES: Final = 12  # question types that are counted apart
RANDOM: Final = -0.2
"""Bits (`botwarden.detect.names.bits`) per character at and below which a name looks like no language. Two in three
names of tunnels do, hardly one of honest services that is longer than a few characters."""
ORDINARY: Final = frozenset(
    (
        "A",
        "AAAA",
        "HTTPS",
        "SVCB",
        "PTR",
        "SRV",
        "SOA",
        "NS",
        "NAPTR",
        "DS",
        "DNSKEY",
        "RRSIG",
        "TLSA",
        "CAA",
        "ANY",
        "*",
    )
)
"""Question types whose answers hold no room worth a tunnel, or that resolvers ask for themselves."""
MIN_FILE: Final = 24  # characters of a label that holds the beginning of a file

_ESCAPED: Final = re.compile(r"\\x[0-9a-f]{2}")
_BASE64: Final = {
    "h4si": "a gzip archive",
    "uesdb": "a ZIP archive",
    "f0vmr": "a Linux program",
    "ivborw0kg": "a PNG picture",
    "jvberi0": "a PDF document",
    "iyevymlu": "a shell script",
    "cm9vddp4": "a list of accounts",
}
"""Beginnings of files in base64, in lower case, as names are logged."""
_HEX: Final = {
    "1f8b0800": "a gzip archive",
    "504b030414": "a ZIP archive",
    "7f454c4601": "a Linux program",
    "7f454c4602": "a Linux program",
    "89504e470d0a1a0a": "a PNG picture",
    "255044462d": "a PDF document",
    "23212f62696e2f": "a shell script",
    "726f6f743a783a": "a list of accounts",
}
_HEX_LABEL: Final = re.compile(r"[0-9a-f]+\Z")
_BASE64_LABEL: Final = re.compile(r"[a-z0-9+/=*_-]+\Z")


class Zone:
    """Counts of questions and of the different names in them.

    queries : questions; names : different names; size : characters of these without the domain
    random, binary : how many of them look like no language, or hold bytes that are no text
    odd : questions of types that are not `ORDINARY`
    received : characters of the answers
    file : what a name holds the beginning of, and that name
    """

    __slots__ = (
        "_seen", "_set", "binary", "example", "file", "first_ts", "last_ts", "names", "odd", "queries", "random",
        "received", "size", "types",
    )  # fmt: skip

    def __init__(self) -> None:
        """Nothing yet."""
        self.first_ts = float("inf")
        self.last_ts = float("-inf")
        self.queries = 0
        self.names = 0
        self.size = 0
        self.random = 0
        self.binary = 0
        self.odd = 0
        self.received = 0
        self.types: dict[str, int] = {}
        self.file: tuple[str, str] | None = None
        self.example = ""
        self._seen = bytearray(SKETCH_BYTES)
        self._set = 0

    def add(self, record: DnsRecord, part: str) -> None:
        """Count a question in; ``part`` is its name without the domain."""
        self.first_ts = min(self.first_ts, record.ts)
        self.last_ts = max(self.last_ts, record.ts)
        self.queries += 1
        kind = record.qtype_name or "A"
        if kind in self.types or len(self.types) < MAX_TYPES:
            self.types[kind] = self.types.get(kind, 0) + 1
        self.odd += kind not in ORDINARY
        if record.answers:
            self.received += sum(map(len, record.answers))
        if part and self._is_new(part):
            self._name(part)

    def _is_new(self, part: str) -> bool:
        at = crc32(part.encode("utf-8", "surrogatepass")) % (8 * SKETCH_BYTES)
        if self._seen[at >> 3] >> (at & 7) & 1:
            return False
        self._set += 1
        if self._set > 4 * SKETCH_BYTES:
            self._seen = bytearray(SKETCH_BYTES)
            self._set = 1
        self._seen[at >> 3] |= 1 << (at & 7)
        return True

    def _name(self, part: str) -> None:
        plain, escaped = _ESCAPED.subn("", part)
        size = len(plain) + escaped
        self.names += 1
        self.size += size
        self.binary += escaped > 1
        self.random += bits(plain.replace(".", "")) <= RANDOM * size
        if size > len(self.example):
            self.example = part
        if self.file is None and size >= MIN_FILE:
            held = file_in(part)
            self.file = (held, part) if held else None


def file_in(part: str) -> str | None:
    """What kind of file begins in one of the labels of a name, in base64 or in hexadecimal; None for none."""
    for label in part.lower().split("."):
        if len(label) < MIN_FILE:
            continue
        if _HEX_LABEL.match(label):
            for sign, kind in _HEX.items():
                if sign in label:
                    return kind
        elif _BASE64_LABEL.match(label):
            for sign, kind in _BASE64.items():
                if label.startswith(sign):
                    return kind
    return None
