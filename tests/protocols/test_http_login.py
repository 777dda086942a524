import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.http_login import basic, form, without_passwords


def coded(login: bytes) -> bytes:
    return b"Basic " + base64.b64encode(login)


def test_basic_authentication() -> None:
    assert basic(coded(b"test:1:34")) == ("test", ())
    name, lists = basic(coded(b"root:xc3511")) or ("", ())
    assert name == "root"
    assert "mirai" in lists
    assert basic(b"bAsIc   " + base64.b64encode(b"a:b")) == ("a", ())
    assert basic(coded(b"caf\xe9:x")) == ("caf\\xe9", ())


@pytest.mark.parametrize(
    "value", [b"Digest username=x", b"Basic", b"Basic !", b"", coded(b"no colon"), b"Basic YWRtaW4"]
)
def test_what_is_no_basic_authentication(value: bytes) -> None:
    assert basic(value) is None


def test_logins_in_forms() -> None:
    assert "mirai" in form(b"action=login&username=admin&password=1111&go=1")
    assert "mirai" in form(b"loginuse=root&loginpas=xc3511")
    assert "mirai" in form(b"User=root&PWD=%78%63%33%35%31%31")
    assert form(b"user=root&pass=nobody-would-guess-this-1") == ()
    assert form(b"user=root") == ()
    assert form(b"password=xc3511") == ()
    assert form(b"u=admin&p=1111") == ()  # somebody's page, as likely
    assert form(b"") == ()
    assert form(b"a=b&" * 1000 + b"user=root&password=xc3511") == ()  # bounded


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (b"/a?user=x&password=s3cret&z=1", b"/a?user=x&password=***&z=1"),
        (b"/a?loginuse=x&loginpas=s3cret", b"/a?loginuse=x&loginpas=***"),
        (b"/cgi?usr=a;PWD=s3cret", b"/cgi?usr=a;PWD=***"),
        (b"/a?password=", b"/a?password=***"),
        (b"http://me:s3cret@host/x", b"http://me:***@host/x"),
        (b"/mail?to=me@host&q=http://a:b/", b"/mail?to=me@host&q=http://a:b/"),
        (b"/passwords.html?page=2", b"/passwords.html?page=2"),
        (b"/a?compass=north", b"/a?compass=north"),
        (b"/plain", b"/plain"),
    ],
)
def test_passwords_are_hidden(uri: bytes, expected: bytes) -> None:
    assert without_passwords(uri) == expected


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_any_bytes_are_survived(start: bytes, rest: bytes) -> None:
    basic(start)
    basic(b"Basic " + start)
    form(start + b"user=" + rest)
    without_passwords(start + b"?pass=" + rest)
    without_passwords(start + b"://a:" + rest + b"@")


def test_the_longest_uris_are_survived() -> None:
    for unit in (b"?pass=", b"&", b"://", b"://a:", b"@", b"://a:@", b"&admin_pass"):
        without_passwords(unit * (8192 // len(unit)) + b"@=")
