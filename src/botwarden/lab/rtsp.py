"""A stream like a camera's: RTSP (RFC 2326) on one TCP connection, interleaved with RTP (RFC 3550) full of noise."""

import base64
import random
import select
import socket
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from botwarden.lab.clock import Clock
from botwarden.lab.serving import read_length

PORT: Final = 554
PATH: Final = "/stream1"
FRAME_RATE: Final = 10.0
GROUP: Final = 20
"""Frames from one whole picture to the next."""
WHOLE_BYTES: Final = (5_000, 9_000)
CHANGE_BYTES: Final = (250, 1_100)
PACKET_BYTES: Final = 1_400
MAX_HEAD: Final = 4_096
MAX_SECONDS: Final = 3_600.0
LATE: Final = 1.0
"""s of the story behind which frames are left out, as a camera does on a slow line."""
ALIVE: Final = 25.0
SDP: Final = (
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=live\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
    "a=rtpmap:96 H264/90000\r\na=control:track1\r\n"
)


class Request(NamedTuple):
    """A request's head."""

    method: str
    url: str
    headers: dict[str, str]
    """By name in small letters."""


def parse(head: bytes) -> Request | None:
    """A request; None for what is none."""
    lines = head.decode("utf-8", "replace").split("\r\n")
    words = lines[0].split()
    if len(words) != 3 or not words[2].startswith("RTSP/"):
        return None
    pairs = (line.partition(":") for line in lines[1:])
    return Request(words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs if name})


def request(method: str, url: str, number: int, headers: dict[str, str] | None = None) -> bytes:
    """A request without a body."""
    fields = {"CSeq": str(number), "User-Agent": "recorder/3.2", **(headers or {})}
    return _head(f"{method} {url} RTSP/1.0", fields)


def response(status: str, number: str, headers: dict[str, str] | None = None, body: str = "") -> bytes:
    """A response, such as ``200 OK``."""
    fields = {"CSeq": number, **(headers or {}), **({"Content-Length": str(len(body))} if body else {})}
    return _head(f"RTSP/1.0 {status}", fields) + body.encode()


def _head(first: str, fields: dict[str, str]) -> bytes:
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in fields.items()), "", ""]).encode()


def basic(login: tuple[str, str]) -> str:
    """The value of ``Authorization`` (RFC 7617)."""
    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


def packets(frame: int, source: int, sequence: int, thrown: random.Random) -> list[bytes]:
    """One picture as interleaved packets of noise: whole ones are large, changes small."""
    size = thrown.randint(*(WHOLE_BYTES if frame % GROUP == 0 else CHANGE_BYTES))
    stamp = int(frame * 90_000 / FRAME_RATE) & 0xFFFFFFFF
    out: list[bytes] = []
    while size > 0:
        part = min(size, PACKET_BYTES)
        size -= part
        marker = 0x80 if size == 0 else 0
        head = struct.pack("!BBHII", 0x80, 96 | marker, sequence + len(out) & 0xFFFF, stamp, source)
        out.append(struct.pack("!cBH", b"$", 0, len(head) + part) + head + thrown.randbytes(part))
    return out


class Stream:
    """The camera's side: answers requests, and sends pictures while somebody watches."""

    def __init__(self, clock: Clock, login: tuple[str, str], thrown: random.Random) -> None:
        """``login`` : who may watch."""
        self._clock = clock
        self._login = login
        self._dice = thrown

    def talk(self, link: socket.socket, _: tuple[str, int]) -> None:
        """One connection, for `serving.serve_tcp`. Raises OSError."""
        heard = _Heads(link)
        while (head := heard.next()) is not None:
            asked = parse(head)
            if asked is None:
                return
            link.sendall(self.answer(asked))
            if asked.method == "TEARDOWN":
                return
            if asked.method == "PLAY" and self._knows(asked):
                link.settimeout(10.0)
                self._play(link, heard)
                return

    def _knows(self, asked: Request) -> bool:
        return asked.headers.get("authorization") == basic(self._login)

    def answer(self, asked: Request) -> bytes:
        """What a request is answered with."""
        number = asked.headers.get("cseq", "0")[:10]
        if asked.method == "OPTIONS":
            return response("200 OK", number, {"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"})
        if not self._knows(asked):
            return response("401 Unauthorized", number, {"WWW-Authenticate": 'Basic realm="camera"'})
        if asked.method == "DESCRIBE":
            return response("200 OK", number, {"Content-Type": "application/sdp"}, SDP)
        if asked.method == "SETUP":
            way = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Session": "5A21C0;timeout=60"}
            return response("200 OK", number, way)
        if asked.method in ("PLAY", "TEARDOWN", "GET_PARAMETER"):
            return response("200 OK", number, {"Session": "5A21C0"})
        return response("405 Method Not Allowed", number)

    def _play(self, link: socket.socket, heard: "_Heads") -> None:
        source, sequence = self._dice.getrandbits(32), self._dice.getrandbits(16)
        start = self._clock.now()
        for frame in range(int(MAX_SECONDS * FRAME_RATE)):
            late = self._clock.now() - start - frame / FRAME_RATE
            if late < 0:
                self._clock.sleep(-late)
            if late < LATE:
                made = packets(frame, source, sequence, self._dice)
                sequence += len(made)
                link.sendall(b"".join(made))
            if frame % 5 == 0 and not self._listen(link, heard):
                return

    def _listen(self, link: socket.socket, heard: "_Heads") -> bool:
        """Answer what the one who watches says meanwhile; whether they go on watching."""
        if not select.select([link], [], [], 0)[0]:
            return True
        head = heard.next()
        asked = parse(head) if head is not None else None
        if asked is None:
            return False
        link.sendall(self.answer(asked))
        return asked.method != "TEARDOWN"


class _Heads:
    """The heads of requests or responses, one after the other; interleaved packets and bodies are thrown away."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._data = b""

    def next(self) -> bytes | None:
        while True:
            while self._data[:1] == b"$" and len(self._data) >= 4:
                end = 4 + int.from_bytes(self._data[2:4], "big")
                if len(self._data) < end:
                    break
                self._data = self._data[end:]
            else:
                head, found, rest = self._data.partition(b"\r\n\r\n")
                if found:
                    self._data = rest[_body(head) :]
                    return head
            if len(self._data) > 64 * MAX_HEAD or not self._more():
                return None

    def _more(self) -> bool:
        data = self._link.recv(65_536)
        self._data += data
        return bool(data)


def _body(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return min(read_length(value.strip().decode("utf-8", "replace")) or 0, MAX_HEAD)
    return 0


def watch(host: str, login: tuple[str, str], clock: Clock, seconds: float, port: int = PORT) -> int:
    """Watch a camera for ``seconds`` of the story, as a recorder does; bytes of pictures. Raises OSError."""
    url = f"rtsp://{host}{PATH}"
    with socket.create_connection((host, port), 10.0) as link:
        number = 0
        heard = _Heads(link)
        for method, place, headers in _opening(url, login):
            number += 1
            link.sendall(request(method, place, number, headers))
            if heard.next() is None:
                raise ConnectionError("the camera hung up")
        return _look(link, url, login, clock, seconds, number)


def _opening(url: str, login: tuple[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    may = {"Authorization": basic(login)}
    yield "OPTIONS", url, {}
    yield "DESCRIBE", url, {"Accept": "application/sdp"}  # is refused, and says how to ask
    yield "DESCRIBE", url, {"Accept": "application/sdp", **may}
    yield "SETUP", f"{url}/track1", {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", **may}
    yield "PLAY", url, {"Session": "5A21C0", "Range": "npt=0.000-", **may}


def _look(link: socket.socket, url: str, login: tuple[str, str], clock: Clock, seconds: float, number: int) -> int:
    may = {"Session": "5A21C0", "Authorization": basic(login)}
    start = said = clock.now()
    seen = 0
    while (now := clock.now()) - start < seconds:
        if now - said > ALIVE:
            said, number = now, number + 1
            link.sendall(request("GET_PARAMETER", url, number, may))
        data = link.recv(65_536)
        if not data:
            return seen
        seen += len(data)
    link.sendall(request("TEARDOWN", url, number + 1, may))
    link.settimeout(1.0)
    try:
        while link.recv(65_536):
            pass
    except TimeoutError:
        pass
    return seen
