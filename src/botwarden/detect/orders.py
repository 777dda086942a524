"""Orders to bots, and the names that bots give themselves, in plain text.

Sources: the published code of Kaiten (Tsunami), BASHLITE (Gafgyt, Qbot) and of the Agobot family, whose orders later
ones repeat: a character in front, for Kaiten and BASHLITE a mask of bots, a verb, and its arguments.
"""

import re
from typing import Final

from botwarden.detect.names import bits

MAX_TEXT: Final = 256  # characters of an order that are looked at

_ORDER: Final = re.compile(r"\s*[!.@$%]+(?P<rest>\S.{0,255})", re.DOTALL)
_TARGET: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\bhttps?://|\b[a-z0-9-]+\.[a-z]{2,}\b")
_NUMBER: Final = re.compile(r"(?:^|\s)\d+\b")
_SHELL: Final = re.compile(
    r"\b(?:wget|curl|tftp|ftpget)\b.{0,120}(?:https?://|ftp://|(?:\d{1,3}\.){3}\d).{0,160}(?:[;&|]|chmod|\bsh\b|bash)",
    re.DOTALL,
)
_ATTACKS: Final = frozenset((
    "udp", "tcp", "syn", "ack", "std", "hex", "vse", "xmas", "junk", "hold", "http", "icmp", "tsunami", "pan", "flood",
    "udpflood", "tcpflood", "synflood", "ackflood", "httpflood", "icmpflood", "pingflood", "stdflood", "ddos", "dos",
    "stomp", "ovh", "nfo", "ntp", "slowloris", "http-flood", "udp-flood", "syn-flood", "tcp-flood", "stop-flood",
))  # fmt: skip
"""Verbs that take a target and numbers: port, seconds, size."""
_RUNS: Final = frozenset(
    ("sh", "bash", "shell", "exec", "execute", "wget", "curl", "tftp", "download", "dl", "get", "update")
)
"""Verbs that have something fetched or run."""
_ALONE: Final = frozenset((
    "killattk", "lolnogtfo", "gtfofag", "advscan", "getlocalip", "botkill", "killmyeyepeeusinghoic", "telnetscan",
    "sshscan", "scanner", "selfrep", "portscan", "tsunami",
))  # fmt: skip
"""Verbs that no channel of people has."""

_FIELDS: Final = re.compile(r"[\[{(|<]\s*([A-Za-z0-9.|_-]{2,16})\s*[\]})|>]")
_MACHINES: Final = re.compile(
    r"^(?:arm(?:v?[4-8][lb]?)?|mips(?:el|64|32)?|mpsl|x86(?:_64)?|i[3-6]86|ppc|powerpc|sh4|m68k|spc|sparc|arc|aarch64|linux|"
    r"lnx|router|dvr|iot|bot|ddos|scan|root|busybox|kaiten|tsunami|xp|w7|win\d*|vps|srv|usa|[a-z]{3}\|\w+)$",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"^(?:bot|arm|mips|mipsel|mpsl|x86|ddos|kaiten|tsunami|zombie)[-_|]?\d{2,}$", re.IGNORECASE)
_CAPITALS: Final = re.compile(r"^[A-Z]{5,12}$")


def order_points(text: str) -> float:
    """How sure it is that a line orders a bot about, 0 to 1; a person's line is 0."""
    line = text[:MAX_TEXT]
    if _SHELL.search(line):
        return 0.5 if _ORDER.match(line) else 0.3
    found = _ORDER.match(line)
    if found is None:
        return 0.0
    mask = found["rest"].split(maxsplit=1)[0]
    words = found["rest"].lower().split()
    masked = len(words) > 1 and _verb(words[1]) and ("*" in mask or mask.isupper())
    verb, rest = (words[1], " ".join(words[2:])) if masked else (words[0], " ".join(words[1:]))
    if verb in _ALONE:
        return 0.5 if masked else 0.4
    if verb in _ATTACKS and _TARGET.search(rest) and _NUMBER.search(rest):
        return 0.5 if masked else 0.4
    if verb in _RUNS and (("http://" in rest or "https://" in rest) or (masked and rest)):
        return 0.4
    return 0.0


def _verb(word: str) -> bool:
    return word in _ATTACKS or word in _RUNS or word in _ALONE


def nick_points(nick: str) -> float:
    """How much a nickname looks like a bot's, 0 to 1: fields with the machine's kind, or letters at random."""
    if _PLAIN.match(nick):
        return 0.3
    if any(_MACHINES.match(part) for field in _FIELDS.findall(nick) for part in (field, *re.split(r"[|_.-]", field))):
        return 0.3
    if _CAPITALS.match(nick) and bits(nick.lower()) < 0:  # Kaiten makes its names of capitals at random
        return 0.15
    letters = nick.rstrip("0123456789_-`^|[]{}\\")
    return 0.15 if len(letters) >= 8 and letters.isalnum() and bits(letters.lower()) <= -4 else 0.0
