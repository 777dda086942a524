import contextlib
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import telnet
from botwarden.lab.telnet import DO, DONT, IAC, SB, SE, WILL, WONT, negotiate


def test_every_option_is_refused_and_the_text_is_left() -> None:
    data = bytes([IAC, DO, 24]) + b"login" + bytes([IAC, WILL, 1, IAC, DONT, 3, IAC, SB, 24, 1, IAC, SE]) + b": "
    assert negotiate(data) == (b"login: ", bytes([IAC, WONT, 24, IAC, DONT, 1]), b"")


@given(st.binary(max_size=60), st.integers(0, 60))
def test_where_the_bytes_are_cut_makes_no_difference(data: bytes, cut: int) -> None:
    whole = negotiate(data)
    text, answer, left = negotiate(data[:cut])
    more, also, rest = negotiate(left + data[cut:])
    assert (text + more, answer + also, rest) == whole


def server(*says: bytes) -> int:
    """Says one thing after each line that it hears."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        with listening, listening.accept()[0] as link, contextlib.suppress(OSError):
            for said in says:
                link.sendall(said)
                link.recv(256)

    threading.Thread(target=talk, daemon=True).start()
    return int(listening.getsockname()[1])


def test_a_login_that_is_right_gets_a_prompt_and_lines_are_answered() -> None:
    port = server(b"cam login: ", b"Password: ", b"\r\n# ", b"one\r\n# ", b"two\r\n# ")
    pauses: list[int] = []
    with telnet.Session("127.0.0.1", port) as session:
        assert session.login("root", "x", lambda: pauses.append(1))
        assert session.run(["a", "b"]) == 2
    assert len(pauses) == 2


@pytest.mark.parametrize("last", [b"Login incorrect\r\n", b""])
def test_a_login_that_is_wrong_gets_none(last: bytes) -> None:
    assert not telnet.attempt("127.0.0.1", "root", "x", server(b"cam login: ", b"Password: ", *filter(None, [last])))


def test_a_host_that_talks_for_ever_is_left() -> None:
    port = server(b"x" * 200_000)
    with telnet.Session("127.0.0.1", port) as session, pytest.raises(ConnectionError, match="ended early"):
        session.until(b"# ")
