import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab.telnet import DO, DONT, IAC, SB, SE, WILL, WONT, attempt, negotiate


def test_options_are_refused_and_text_is_kept() -> None:
    said = bytes([IAC, DO, 24, IAC, WILL, 1]) + b"dvr " + bytes([IAC, WONT, 3, IAC, SB, 24, 1, IAC, SE]) + b"login: "
    assert negotiate(said) == (b"dvr login: ", bytes([IAC, WONT, 24, IAC, DONT, 1]))


@given(st.binary(max_size=200))
def test_any_bytes_are_digested(data: bytes) -> None:
    text, answer = negotiate(data)
    assert len(text) <= len(data)
    assert len(answer) % 3 == 0


@pytest.mark.parametrize(
    ("last", "expected"),
    [(b"\r\nLogin incorrect\r\n", False), (b"\r\n# ", True), (b"", False)],
)
def test_an_attempt_tells_right_from_wrong(last: bytes, expected: bool) -> None:
    heard = []

    def serve() -> None:
        link, _ = server.accept()
        with link, link.makefile("rb") as lines:
            link.sendall(bytes([IAC, DO, 24]) + b"dvr login: ")
            assert link.recv(3) == bytes([IAC, WONT, 24])
            heard.append(lines.readline())
            link.sendall(b"Password: ")
            heard.append(lines.readline())
            link.sendall(last)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        assert attempt("127.0.0.1", "someone", "something", server.getsockname()[1]) is expected
        thread.join()
    assert heard == [b"someone\r\n", b"something\r\n"]
