import socket
import time
from collections.abc import Callable

import pytest

from botwarden.lab import serving
from houses import ask


class Echo(serving.Page):
    server_version = "echo/1"

    def do_GET(self) -> None:  # noqa: N802
        self.answer(200, self.path.encode(), "text/plain", {"X-Mark": "1"})

    def do_HEAD(self) -> None:  # noqa: N802
        self.do_GET()

    def do_PUT(self) -> None:  # noqa: N802
        self.answer(200, str(self.drain()).encode())

    def do_POST(self) -> None:  # noqa: N802
        self.answer(200, self.body(10))


@pytest.fixture(scope="module")
def port() -> int:
    return serving.serve_http("127.0.0.1", 0, Echo).server_port


def test_a_page_is_answered_and_a_head_has_no_body(port: int) -> None:
    assert ask(port, "GET", "/x") == (200, b"/x")
    assert ask(port, "HEAD", "/x") == (200, b"")


def test_bodies_are_read_within_bounds(port: int) -> None:
    assert ask(port, "PUT", "/", b"1" * 100_000) == (200, b"100000")
    assert ask(port, "POST", "/", b"0123456789") == (200, b"0123456789")
    assert ask(port, "POST", "/", b"0123456789abc") == (200, b"0123456789")


@pytest.mark.parametrize("length", ["x", "-1", "9" * 30, "²", ""])
def test_a_length_that_is_none_hangs_nobody(port: int, length: str) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        link.sendall(f"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert link.recv(15) == b"HTTP/1.1 200 OK"


def test_the_server_names_itself_only(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        link.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"\r\nServer: echo/1\r\n" in link.recv(1_000)


def test_datagrams_are_answered_or_swallowed() -> None:
    server = serving.udp_socket("127.0.0.1", 0)
    serving.serve_udp(server, lambda asked, _: asked[::-1] if asked != b"quiet" else None)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(5)
        for said in (b"quiet", b"abc"):
            link.sendto(said, server.getsockname())
        assert link.recv(10) == b"cba"


def test_connections_are_talked_to_and_closed() -> None:
    server = serving.serve_tcp("127.0.0.1", 0, lambda link, _: link.sendall(b"hello"))
    with socket.create_connection(server.getsockname(), 5) as link:
        assert (link.recv(10), link.recv(10)) == (b"hello", b"")


def connect(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, 5)


def echo(link: socket.socket, _: tuple[str, int]) -> None:
    while said := link.recv(100):
        link.sendall(said)


def start_tcp() -> tuple[str, int]:
    host, port = serving.serve_tcp("127.0.0.1", 0, echo).getsockname()
    return host, port


def start_http() -> tuple[str, int]:
    return "127.0.0.1", serving.serve_http("127.0.0.1", 0, Echo).server_port


@pytest.mark.parametrize("start", [start_tcp, start_http])
def test_so_many_are_served_at_a_time_and_the_others_turned_away(
    monkeypatch: pytest.MonkeyPatch, start: Callable[[], tuple[str, int]]
) -> None:
    monkeypatch.setattr(serving, "MAX_CONNECTIONS", 2)
    address = start()

    def answer(link: socket.socket) -> bytes:
        try:
            link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            return link.recv(3)
        except ConnectionError:
            return b""

    with connect(address) as one, connect(address) as two:
        assert answer(one)
        assert answer(two)
        with connect(address) as three:
            assert answer(three) == b""
    for _ in range(100):
        with connect(address) as four:
            if answer(four):
                return
            time.sleep(0.05)  # until the first two are gone
    raise AssertionError("nobody is served any more")
