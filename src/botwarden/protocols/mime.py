"""What a file is by its first bytes: its MIME type in Zeek's names, and what machine an executable is made for.

Types and their order of precedence follow the file signatures of Zeek (``base/frameworks/files/magic``); machine
numbers are those of the ELF, PE and Mach-O specifications.
"""

import re
from typing import Final

HEAD: Final = 1024
"""First bytes of a file that are looked at: the deepest mark, a tar header's, lies at 257."""

_BLANK: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"

_PREFIXES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"\xff\xd8", "image/jpeg"),
    (b"MM\x00\x2a", "image/tiff"),
    (b"II\x2a\x00", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\x1f\x8b", "application/x-gzip"),
    (b"\x1f\x9d", "application/x-compress"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x5d\x00\x00", "application/x-lzma"),
    (b"\x04\x22\x4d\x18", "application/x-lz4"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/x-rar"),
    (b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
    (b"PK\x03\x04\x14\x00\x06\x00", "application/vnd.openxmlformats-officedocument"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xed\xab\xee\xdb", "application/x-rpm"),
    (b"!<arch>\ndebian", "application/x-debian-package"),
    (b"!<arch>", "application/x-archive"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"{\\rtf", "text/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"FWS", "application/x-shockwave-flash"),
    (b"CWS", "application/x-shockwave-flash"),
    (b"ZWS", "application/x-shockwave-flash"),
    (b"FLV", "video/x-flv"),
    (b"\x00\x00\x01\xb3", "video/mpv"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/x-flac"),
    (b"wOFF", "application/font-woff"),
    (b"wOF2", "application/font-woff2"),
    (b"\x00\x01\x00\x00\x00", "application/x-font-ttf"),
    (b"OTTO", "application/vnd.ms-opentype"),
    (b"-----BEGIN CERTIFICATE-----", "application/x-pem"),
    (b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    (b"\x0a\x0d\x0d\x0a", "application/vnd.tcpdump.pcap"),
    (b"dex\n03", "application/x-dex"),
    (b"hsqs", "application/x-squashfs"),
    (b"sqsh", "application/x-squashfs"),
    (b"\x27\x05\x19\x56", "application/x-uboot-image"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
)
_BY_FIRST: Final = {
    first: tuple((prefix, name) for prefix, name in _PREFIXES if prefix[0] == first)
    for first in {prefix[0] for prefix, _ in _PREFIXES}
}
_MP4_BRANDS: Final = ((b"M4A", "audio/m4a"), (b"m4a", "audio/m4a"), (b"3g", "video/3gpp"), (b"qt", "video/quicktime"))
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/x-wav", b"AVI ": "video/x-msvideo"}
_ELF_TYPES: Final = {
    1: "application/x-object",
    2: "application/x-executable",
    3: "application/x-sharedlib",
    4: "application/x-coredump",
}

# Each alternative takes at least one byte, and none can begin like another: matching is linear.
_MARKUP_LEAD: Final = re.compile(rb"(?:[ \t\r\n]+|<!--(?:[^-]|-(?!->))*-->)*")
_HTML: Final = re.compile(rb"<(?:!doctype +html|html|head|title|body|meta +http-equiv)", re.IGNORECASE)
_MARKUP: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = (
    (_HTML, "text/html"),
    (re.compile(rb"<rss", re.IGNORECASE), "text/rss"),
    (re.compile(rb"<feed\b[^>]*http://www\.w3\.org/2005/Atom", re.IGNORECASE), "text/atom"),
    (re.compile(rb"<soap(?:-env)?:envelope", re.IGNORECASE), "application/soap+xml"),
    (re.compile(rb"<svg", re.IGNORECASE), "image/svg+xml"),
    (re.compile(rb"<script", re.IGNORECASE), "application/javascript"),
)
_JSON_OBJECT: Final = re.compile(
    rb'\{[ \t\r\n]*(?:"[^"]+"|[A-Za-z][A-Za-z0-9_\\]*)[ \t\r\n]*:[ \t\r\n]*(?:["\[{0-9]|true|false)'
)
_JSON_ARRAY: Final = re.compile(rb'\[[ \t\r\n]*(?:(?:"[^"]+"|[0-9]+(?:\.[0-9]+)?|true|false)[ \t\r\n]*,|[{\[])')
_JSON_EMPTY: Final = re.compile(rb"(?:\[\]|\{\})[ \t\r\n]*\Z")
_SHEBANG: Final = re.compile(rb"#![^\n]{1,40}?\b(?:(?:ba|tc|c|z|da|fa|a|k)?sh|perl|python|ruby|php|lua|awk)")
_SCRIPTS: Final = {
    b"perl": ("text/x-perl", "Perl script"),
    b"python": ("text/x-python", "Python script"),
    b"ruby": ("text/x-ruby", "Ruby script"),
    b"php": ("text/x-php", "PHP script"),
    b"lua": ("text/x-lua", "Lua script"),
    b"awk": ("text/x-awk", "awk script"),
}
_PLAIN: Final = re.compile(
    rb"(?:\xef\xbb\xbf|(?:\x00\x00)?\xfe\xff|\xff\xfe(?:\x00\x00)?)?[\t\n\x0b\x0c\r\x20-\x7e]{10}"
)
_TAR: Final = 257

_MACHINES: Final = {
    2: "SPARC", 3: "x86", 4: "m68k", 8: "MIPS", 10: "MIPS", 15: "PA-RISC", 18: "SPARC", 20: "PowerPC", 21: "PowerPC",
    22: "S/390", 40: "ARM", 42: "SuperH", 43: "SPARC", 45: "ARC", 50: "IA-64", 62: "x86-64", 93: "ARC", 94: "Xtensa",
    106: "Blackfin", 113: "Nios II", 183: "AArch64", 189: "MicroBlaze", 195: "ARC", 243: "RISC-V", 252: "C-SKY",
    258: "LoongArch",
}  # fmt: skip
"""ELF ``e_machine``, from the registry of the System V gABI."""
_PE_MACHINES: Final = {0x14C: "x86", 0x8664: "x86-64", 0x1C0: "ARM", 0x1C4: "ARM", 0xAA64: "AArch64"}
_MACH_MACHINES: Final = {7: "x86", 0x01000007: "x86-64", 12: "ARM", 0x0100000C: "AArch64", 18: "PowerPC"}
_MACH_HEADS: Final = (b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf")

_TYPED: Final[tuple[re.Pattern[bytes], ...]] = (
    re.compile(rb"(?:^|[;&|\n]) *cd +/(?:tmp|var|mnt|dev|root|)\b"),
    re.compile(rb"\b(?:wget|curl|tftp|ftpget) +[^\n]{1,80}"),
    re.compile(rb"\bchmod +(?:777|\+x|755|0777)\b"),
    re.compile(rb"/bin/busybox\b"),
    re.compile(rb"(?:^|[;&|\n]) *(?:sh +[\w./-]+|\./[\w.-]+)"),
    re.compile(rb"\brm +-r?f"),
)
"""What the scripts that fetch a bot are made of; many have no ``#!``."""
_TYPED_ENOUGH: Final = 3


def mime_type(head: bytes) -> str | None:
    """The MIME type of a file that begins with ``head``, of which `HEAD` bytes are looked at; None where unknown."""
    head = head[:HEAD]
    known = _binary_type(head)
    if known is not None:
        return known
    return _script_type(head) or _text_type(head)


def executable(head: bytes) -> str | None:
    """What a file runs on: ``ELF 32-bit LSB ARM``, ``PE x86``, ``shell script``; None where it is no program."""
    head = head[:HEAD]
    if head.startswith(b"\x7fELF"):
        return _elf(head)
    if head.startswith(b"MZ"):
        return _pe(head)
    if head.startswith(_MACH_HEADS):
        return _mach_o(head)
    if _is_universal(head):
        return "Mach-O universal"
    if head.startswith(b"dex\n03"):
        return "DEX"
    script = _shebang(head)
    if script is not None:
        return _SCRIPTS[script][1] if script in _SCRIPTS else "shell script"
    return "shell script" if _reads_like_commands(head) else None


def _binary_type(head: bytes) -> str | None:
    if head.startswith(b"\x7fELF"):
        return _ELF_TYPES.get(int.from_bytes(head[16:18], "big" if head[5:6] == b"\x02" else "little"))
    if head.startswith(b"MZ"):
        return "application/x-dosexec"
    if head.startswith(_MACH_HEADS) or _is_universal(head):
        return "application/x-mach-o-executable"
    if head.startswith(b"\xca\xfe\xba\xbe"):
        return "application/x-java-applet"
    if head.startswith(b"PK\x03\x04") and b"META-INF/" in head[:256]:
        return "application/java-archive"
    for prefix, name in _BY_FIRST.get(head[0], ()) if head else ():
        if head.startswith(prefix):
            return name
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return next((name for brand, name in _MP4_BRANDS if head.startswith(brand, 8)), "video/mp4")
    if head[_TAR : _TAR + 5] == b"ustar":
        return "application/x-tar"
    if head.startswith(b"BM") and head[14:16] in {b"\x0c\x00", b"\x28\x00", b"\x6c\x00", b"\x7c\x00"}:
        return "image/x-ms-bmp"
    return None


def _script_type(head: bytes) -> str | None:
    script = _shebang(head)
    if script is None:
        return None
    return _SCRIPTS[script][0] if script in _SCRIPTS else "text/x-shellscript"


def _shebang(head: bytes) -> bytes | None:
    """The interpreter that a first line names."""
    if not head.startswith(b"#!"):
        return None
    found = _SHEBANG.match(head)
    if found is None:
        return None
    line = found.group()
    return next((name for name in _SCRIPTS if line.endswith(name)), b"sh")


def _text_type(head: bytes) -> str | None:
    text = head.removeprefix(_BOM).lstrip(_BLANK)
    first = text[:1]
    if first == b"<":
        return _markup_type(text) or _plain(head)
    if first == b"{" and _JSON_OBJECT.match(text):
        return "text/json"
    if first == b"[" and _JSON_ARRAY.match(text):
        return "text/json"
    if first in {b"{", b"["} and _JSON_EMPTY.match(text):
        return "text/json"
    if b"<?php" in head.split(b"\n", 1)[0]:
        return "text/x-php"
    return _plain(head)


def _plain(head: bytes) -> str | None:
    return "text/plain" if _PLAIN.match(head) else None


def _markup_type(text: bytes) -> str | None:
    start = _lead(text, 0)
    is_xml = text.startswith(b"<?xml", start)
    if is_xml:
        end = text.find(b"?>", start)
        if end < 0:
            return "application/xml"
        start = _lead(text, end + 2)
    for pattern, name in _MARKUP:
        if pattern.match(text, start):
            return name
    return "application/xml" if is_xml else None


def _lead(text: bytes, start: int) -> int:
    """Where blanks and comments end."""
    found = _MARKUP_LEAD.match(text, start)
    return found.end() if found else start


def _elf(head: bytes) -> str:
    if len(head) < 20:
        return "ELF"
    width = {1: "32-bit ", 2: "64-bit "}.get(head[4], "")
    order = {1: "LSB ", 2: "MSB "}.get(head[5], "")
    number = int.from_bytes(head[18:20], "big" if head[5] == 2 else "little")
    return f"ELF {width}{order}{_MACHINES.get(number, f'machine {number}')}"


def _pe(head: bytes) -> str:
    start = int.from_bytes(head[60:64], "little")
    if head[start : start + 4] != b"PE\x00\x00":
        return "PE" if len(head) < 64 or start >= len(head) else "MS-DOS"
    machine = _PE_MACHINES.get(int.from_bytes(head[start + 4 : start + 6], "little"))
    return f"PE {machine}" if machine else "PE"


def _mach_o(head: bytes) -> str:
    width = "64-bit" if 0xCF in {head[0], head[3]} else "32-bit"
    machine = _MACH_MACHINES.get(int.from_bytes(head[4:8], "little" if head[3] == 0xFE else "big"))
    return f"Mach-O {width} {machine}" if machine else f"Mach-O {width}"


def _is_universal(head: bytes) -> bool:
    """A fat binary: Java classes begin alike, but have a version of 45 or more where this has few architectures."""
    return head.startswith(b"\xca\xfe\xba\xbe\x00\x00\x00") and len(head) > 7 and 0 < head[7] <= 0x14


def _reads_like_commands(head: bytes) -> bool:
    if _PLAIN.match(head) is None or head.lstrip(_BLANK)[:1] == b"<":
        return False
    return sum(pattern.search(head) is not None for pattern in _TYPED) >= _TYPED_ENOUGH
