"""What the lab's servers have in common: HTTP that keeps quiet and within bounds, TLS, datagrams and answers."""

import contextlib
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

BACKLOG: Final = 128
MAX_CONNECTIONS: Final = 128
"""Of a server at a time; more are turned away, as by a small device. The floods of the lab hold a hundred."""
REST: Final = 0.05
"""s of machine time after a connection that could not be taken: there may be no file descriptors left."""
IDLE: Final = 60.0
"""s without a byte after which a connection is closed."""
MAX_BODY: Final = 8_000_000
"""Bytes of a request that are read; what comes after them ends the connection."""
CHUNK: Final = 65_536
MAX_DATAGRAM: Final = 2_048
MAX_DIGITS: Final = 11

Reply = Callable[[bytes, tuple[str, int]], bytes | None]
"""What a datagram from somebody is answered with; None: nothing."""


def read_length(text: str) -> int | None:
    """The number in a header such as ``Content-Length``; None for what is none, or is absurd."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


class Page(BaseHTTPRequestHandler):
    """A web server's answers to one connection; subclasses add ``do_GET`` and the like."""

    protocol_version = "HTTP/1.1"
    server_version = "lab/1.0"
    sys_version = ""
    timeout = IDLE
    wbufsize = CHUNK  # a response's head and body in one go, or the second waits for a receipt of the first

    def version_string(self) -> str:
        """What the header ``Server`` says."""
        return self.server_version

    def answer(self, status: int, body: bytes, kind: str = "text/html", headers: dict[str, str] | None = None) -> None:
        """Send a whole response."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self, limit: int = MAX_BODY) -> bytes:
        """The start of the request's body, ``limit`` bytes at most; a longer one ends the connection."""
        size = self._length(limit + 1)
        self.close_connection = self.close_connection or size > limit
        return self.rfile.read(min(size, limit)) if size else b""

    def drain(self) -> int:
        """Read the request's body, keep nothing of it and return how long it was."""
        left = min(self._length(0), MAX_BODY)
        read = 0
        while read < left and (data := self.rfile.read(min(CHUNK, left - read))):
            read += len(data)
        return read

    def _length(self, otherwise: int) -> int:
        found = read_length(self.headers.get("Content-Length", "0"))
        return otherwise if found is None else found

    def log_message(self, *_: object) -> None:
        """Keep quiet: the recording is the log."""


class Threads(socketserver.ThreadingMixIn):
    """A thread per connection, `MAX_CONNECTIONS` of them at most; mixed into a server of `socketserver`."""

    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        """Take the server's own arguments."""
        self._free = threading.Semaphore(MAX_CONNECTIONS)
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin a thread, or hang up."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)  # type: ignore[attr-defined]

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Be that thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, *_: object) -> None:
        """A connection that a client gave up is no news."""


class Server(Threads, HTTPServer):
    """A web server, over TLS where it has a context."""

    request_queue_size = BACKLOG
    context: ssl.SSLContext | None = None

    def __init__(self, address: tuple[str, int], page: type[Page], context: ssl.SSLContext | None = None) -> None:
        """Listen on an IPv4 or IPv6 address; ``::`` takes both."""
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.context = context
        super().__init__(address, page)

    def server_bind(self) -> None:
        """Bind, without asking the name server who we are, as the standard library would."""
        if self.address_family == socket.AF_INET6 and self.server_address[0] == "::":
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def finish_request(self, request: object, client_address: object) -> None:
        """Speak TLS, if at all, in the connection's own thread: a client that dawdles holds up no other."""
        assert isinstance(request, socket.socket)
        if self.context is not None:
            request.settimeout(IDLE)
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)
        if isinstance(request, ssl.SSLSocket):
            request.close()  # the client has said goodbye; an answer would come to a closed door


def hang_up(link: ssl.SSLSocket) -> None:
    """Close a client's connection over TLS: say so (RFC 8446, 6.1), and wait for no answer."""
    with contextlib.suppress(OSError, ValueError):
        link.settimeout(0.0)
        link.unwrap()
    link.close()


def serve_http(
    address: str, port: int, page: type[Page], context: ssl.SSLContext | None = None, *, start: bool = True
) -> Server:
    """Listen, and answer in a thread of its own."""
    server = Server((address, port), page, context)
    if start:
        threading.Thread(target=server.serve_forever, daemon=True, name=f"http {address}:{port}").start()
    return server


def udp_socket(address: str, port: int, *, shared: bool = False) -> socket.socket:
    """A bound socket for datagrams; ``shared``: with others who listen to the same multicast port."""
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    return made


def serve_udp(server: socket.socket, reply: Reply) -> None:
    """Answer datagrams in a thread of its own, for as long as the process lives."""

    def loop() -> None:
        while True:
            try:
                asked, client = server.recvfrom(MAX_DATAGRAM)
                answer = reply(asked, client)
                if answer:
                    server.sendto(answer, client)
            except OSError:
                if server.fileno() < 0:
                    return

    threading.Thread(target=loop, daemon=True, name="udp").start()


def serve_tcp(address: str, port: int, talk: Callable[[socket.socket, tuple[str, int]], None]) -> socket.socket:
    """Listen, and let ``talk`` have each connection in a thread of its own; returns the listening socket.

    More than `MAX_CONNECTIONS` at a time are turned away.
    """
    server = socket.create_server((address, port), backlog=BACKLOG)
    free = threading.Semaphore(MAX_CONNECTIONS)

    def one(link: socket.socket, client: tuple[str, int]) -> None:
        with link:
            link.settimeout(IDLE)
            try:
                talk(link, client)
            except OSError:
                return  # whoever called has gone
            finally:
                free.release()

    def loop() -> None:
        while True:
            try:
                link, client = server.accept()
            except OSError:
                if server.fileno() < 0:
                    return
                time.sleep(REST)
                continue
            if not free.acquire(blocking=False):
                link.close()
                continue
            threading.Thread(target=one, args=(link, client), daemon=True).start()

    threading.Thread(target=loop, daemon=True, name=f"tcp {address}:{port}").start()
    return server
