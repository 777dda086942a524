"""Shell commands as bots type them after they got in: a small table of shapes, each worth some points.

A shape alone condemns nobody, unless no person has a reason for it: asking busybox for a program that no busybox has,
to tell a real shell from a trap by its answer. An administrator's day (``cat /proc/cpuinfo``, a download, ``chmod +x``,
running it) stays below `STRONG_POINTS`.

Sources: Mirai's loader as published in 2016 (``server.c``); Antonakakis et al., "Understanding the Mirai Botnet",
USENIX Security 2017; Edwards and Profetis, "Hajime", Rapidity Networks 2016; SANS ISC on BASHLITE's one-liner, 2016;
360 Netlab on Mozi, 2019; "As Real as It Gets", telnet sessions of real devices, 2023.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MAX_COMMANDS: Final = 32
"""Commands of a session that are looked at: a bot is in and out with fewer, or repeats them for each folder."""
MAX_LENGTH: Final = 256
"""Characters of a command that are looked at; with it the time that a hostile one can take is bounded."""
STRONG_POINTS: Final = 4.0
"""Points from which on commands are a bot's whoever logged in."""
WEAK_POINTS: Final = 2.0
"""Points from which on they are suspicious after a login that is suspicious itself."""
FAMILY_POINTS: Final = 2.0
"""Points of a family's own shapes that it takes to name it."""
MAX_TOKEN: Final = 40
"""Characters of a token."""
MAX_FOUND: Final = 8
"""URLs, addresses and tokens that are kept of a session."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Something that commands may look like; counted once a session.

    family : whose it is, where it is one's own
    """

    name: str
    points: float
    family: str | None
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a session's commands look like.

    points : the sum over all shapes found
    family : whose they look like; None where that cannot be told
    hosts : addresses that they name
    tokens : words that busybox was asked for as a test
    """

    points: float = 0.0
    family: str | None = None
    shapes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()

    @property
    def strong(self) -> bool:
        """Whether they are a bot's, whoever logged in."""
        return self.points >= STRONG_POINTS


def _shape(name: str, points: float, family: str | None, pattern: str) -> Shape:
    return Shape(name, points, family, re.compile(pattern))


_START: Final = r"(?:^|[;&|]\s{0,3})(?:/bin/)?(?:busybox\s{1,3})?"
SHAPES: Final = (
    _shape("sets a host name through busybox", 3, "Mirai", r"busybox\s{1,3}hostname\s{1,3}\w"),
    _shape("reads a program's head to learn the processor", 2, "Mirai", r"cat\s{1,3}/bin/(?:echo|ls|busybox)\b"),
    _shape("looks for folders that can be written to", 1, "Mirai", r"cat\s{1,3}/proc/mounts"),
    _shape(
        "tries a folder with a hidden file",
        2,
        "Mirai",
        r">\s?(?:/[\w-]{1,20}){0,4}/\.\w{1,20}(?:\s{0,3}&&\s{0,3}cd\b|\s{0,3}$|;)",
    ),
    _shape("uses the file names of Mirai's loader", 4, "Mirai", r"\bdvrHelper\b|\.nippon\b"),
    _shape("goes through folders until one works", 2, "Gafgyt", r"\bcd\s{1,3}/tmp/?\s{0,3}\|\|\s{0,3}cd\s{1,3}/"),
    _shape("writes Gafgyt's mark", 4, "Gafgyt", r"(?i)\\x67\\x61\\x79|\\147\\141\\171|\bgayfgt\b"),
    _shape("fetches a script of downloads", 1, "Gafgyt", r"\b(?:bins?|tftp[12]?|ftp1)\.sh\b"),
    _shape("copies .s to .i", 3, "Hajime", r"\bcp\s{1,3}\.s\s{1,3}\.i\b|\./\.s\s?>\s?\.i\b|if=\.s\b"),
    _shape("uses Mozi's file names", 4, "Mozi", r"\bMozi\.[a-z0-9]\b"),
    _shape("changes a Huawei router's settings", 3, "Mozi", r"\bcfgtool\s{1,3}set\b"),
    _shape("writes a program with echo", 4, None, r"(?i)\\x7f\\{1,2}x45\\{1,2}x4c|\\177\\{1,2}105\\{1,2}114"),
    _shape(
        "writes bytes with echo",
        2,
        None,
        r"(?i)\becho\b.{0,12}(?:(?:\\{1,2}x[0-9a-f]{2}){3}|(?:\\{1,2}[0-7]{3}){3})",
    ),
    _shape(
        "fetches a program for a processor",
        1.5,
        None,
        r"[\w-]\.(?:arm[4-7]?[nl]?|aarch64|mips|mpsl|mipsel|x86(?:_64)?|i[3-6]86|ppc|sh4|spc|m68k|arc)\b",
    ),
    _shape(
        "tries several ways to fetch a file",
        1.5,
        None,
        r"\bwget\b.{0,200}\b(?:tftp|ftpget|curl)\b|\btftp\b.{0,200}\b(?:ftpget|wget)\b",
    ),
    _shape(
        "closes the door behind itself",
        2,
        None,
        r"\biptables\b.{0,80}port\s{1,3}(?:22|23|2323|7547|35000|50023)\b.{0,40}DROP"
        r"|\bkillall\b.{0,12}\b(?:telnetd|dropbear|sshd)\b",
    ),
    _shape("makes a file anyone's", 1, None, r"\bchmod\s{1,3}0?777\b"),
    _shape("makes a file a program", 0.5, None, r"\bchmod\s{1,3}(?:[au]?\+x|755)\b"),
    _shape("runs a file", 0.5, None, _START + r"(?:\./[\w.-]|sh\s{1,3}[\w./-]{1,40}\.sh\b)"),
    _shape("removes a file", 0.5, None, r"\brm\s{1,3}-r?f"),
    _shape("removes its traces", 1, None, r"\bhistory\s{1,3}-c\b|\brm\s{1,3}-rf\s{1,3}(?:/tmp/)?\*"),
)
"""Everything that is looked for in single commands."""

ESCAPE_WORDS: Final = frozenset({"enable", "system", "shell", "linuxshell", "sh", "bah", "start", "development"})
"""Typed one by one to get from a vendor's menu to a shell."""
MIN_ESCAPES: Final = 3
"""Of these words, how many it takes: routers have menus with one or two of them."""
_NEVER: Final = re.compile("(?!)")  # these are looked for in other ways
_ESCAPE: Final = Shape("tries words that lead to a shell", 2, "Mirai", _NEVER)
_ASKS: Final = Shape("asks busybox for a word that is no program", 4, "Mirai", _NEVER)
_ASKS_PLAINLY: Final = Shape("asks busybox for a program that it does not have", 3, "Mirai", _NEVER)
_FETCH_NUMBER: Final = Shape("fetches from an address without a name", 1.5, None, _NEVER)
_FETCH: Final = Shape("fetches a file", 0.5, None, re.compile(_START + r"(?:wget|curl|tftp|ftpget)\b"))

_ASKED: Final = re.compile(r"busybox\s{1,3}(\w{2,20})\s{0,3}(?=$|[;&|])")
_URL: Final = re.compile(r"(?:https?|s?ftp|tftp)://[^\s;|&'\"<>`()]{1,200}")
_NUMBER: Final = re.compile(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_APPLET_NAMES: Final = """
acpid adduser adjtimex ar arch arp arping ascii ash awk base64 basename bc beep blkid blockdev brctl bunzip2 bzcat
bzip2 cal cat chat chgrp chmod chown chpasswd chroot chvt clear cmp cp cpio crc32 crond crontab cut date dc dd deluser
depmod devmem df dhcprelay diff dirname dmesg dnsd dos2unix du echo ed egrep env expand expr factor fallocate false
fdisk fgrep find flashcp fold free fsck fstrim ftpd ftpget ftpput fuser getopt getty grep groups gunzip gzip halt head
help hexdump hostid hostname httpd hwclock id ifconfig ifdown ifup inetd init insmod install ionice iostat ip ipcalc
kill killall killall5 klogd last less link linuxrc ln logger login logname logread losetup lpd ls lsattr lsmod lsof
lspci lsusb lzcat lzma man md5sum mdev mesg microcom mkdir mkfifo mknod mkswap mktemp modinfo modprobe more mount mpstat
mt mv nameif nc netstat nice nl nmeter nohup nproc nslookup ntpd od passwd patch pgrep pidof ping ping6 pkill pmap
poweroff printenv printf ps pscan pstree pwd rdate readlink realpath reboot renice reset resize rev rm rmdir rmmod
route rpm runlevel script sed sendmail seq setconsole setserial setsid sh sha1sum sha256sum sha512sum shuf sleep sort
split stat strings stty su sulogin sum swapoff swapon sync sysctl syslogd tac tail tar tcpsvd tee telnet telnetd test
tftp tftpd time timeout top touch tr traceroute traceroute6 true tty tunctl udhcpc udhcpd umount uname uncompress
unexpand uniq unix2dos unlink unlzma unxz unzip uptime users usleep uudecode uuencode vconfig vi vlock w watch watchdog
wc wget which who whoami xargs xxd xz xzcat yes zcat zcip curl
"""
_APPLETS: Final = frozenset(_APPLET_NAMES.split())
"""Programs of busybox (those of its version 1.35, and older ones) that some builds lack: asking for one is no test."""


def read_commands(commands: Sequence[str], tokens: Sequence[str] = ()) -> Reading:
    """What a session's commands look like. ``tokens`` : words that were said to tell a real shell by its answer.

    Points come from the commands alone: among the tokens is whatever anyone let a shell echo.
    """
    lines = [line[:MAX_LENGTH].strip() for line in commands[:MAX_COMMANDS]]
    words = (match[1] for line in lines for match in _ASKED.finditer(line))
    asked = [word for word in words if word not in _APPLETS]
    said = (token[:MAX_TOKEN] for token in tokens[:MAX_COMMANDS])
    hosts = [host for line in lines for host in _hosts(line)]
    found = [shape for shape in SHAPES if any(shape.pattern.search(line) for line in lines)]
    if asked:
        found.append(_ASKS_PLAINLY if all(word.isalpha() and word.islower() for word in asked) else _ASKS)
    if len({line.lower() for line in lines} & ESCAPE_WORDS) >= MIN_ESCAPES:
        found.append(_ESCAPE)
    if any(_FETCH.pattern.search(line) for line in lines):
        found.append(_FETCH_NUMBER if any(not _is_private(host) for host in hosts) else _FETCH)
    return Reading(
        points=sum(shape.points for shape in found),
        family=_family(found),
        shapes=tuple(shape.name for shape in found),
        urls=_first(match[0] for line in lines for match in _URL.finditer(line)),
        hosts=_first(hosts),
        tokens=_first((*asked, *said)),
    )


def _family(found: Sequence[Shape]) -> str | None:
    points: dict[str, float] = {}
    for shape in found:
        if shape.family:
            points[shape.family] = points.get(shape.family, 0.0) + shape.points
    if "Mozi" in points or "Hajime" in points:  # both begin as Mirai does
        points.pop("Mirai", None)
    best = max(points, key=lambda family: points[family], default=None)
    return best if best is not None and points[best] >= FAMILY_POINTS else None


def _hosts(line: str) -> list[str]:
    found = []
    for match in _NUMBER.finditer(line):
        parts = [int(part) for part in match.groups()]
        if max(parts) <= 255 and parts[0] not in (0, 127):
            found.append(".".join(map(str, parts)))
    return found


def _is_private(host: str) -> bool:
    """Whether an IPv4 address is one of a home network (RFC 1918)."""
    first, second = (int(part) for part in host.split(".")[:2])
    return first == 10 or (first == 172 and 16 <= second < 32) or (first == 192 and second == 168)


def _first(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))[:MAX_FOUND]
