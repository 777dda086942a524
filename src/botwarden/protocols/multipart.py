"""Bodies made of parts (RFC 2046): multipart of any kind and enclosed messages, nested, read as a stream.

Every leaf of the tree is handed to one `PartSink`, one after the other. Bytes are held only where a boundary may have
begun.
"""

from typing import Final, Protocol

from botwarden.protocols.http_lines import Headers, header_field, media_type, parameter

MAX_DEPTH: Final = 32
"""Levels that are taken apart; a part below them is one leaf. Each costs one pass over the bytes."""
MAX_BOUNDARY: Final = 200
"""Bytes of a boundary; RFC 2046 allows 70."""
MAX_LINE: Final = 2048
"""Bytes of a header line that are kept."""
MAX_HEADERS: Final = 16
"""Header fields of a part that are kept."""


class PartSink(Protocol):
    """Takes the leaves, in their order."""

    def begin(self, headers: Headers) -> None:
        """A leaf begins."""
        ...

    def data(self, data: bytes) -> None:
        """Bytes of it."""
        ...

    def gap(self, size: int) -> None:
        """Bytes of it that were not captured."""
        ...

    def end(self) -> None:
        """It is over."""
        ...


class Entity(Protocol):
    """A node of the tree: takes its bytes in order."""

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        ...

    def gap(self, size: int) -> None:
        """``size`` bytes are missing."""
        ...

    def close(self) -> None:
        """No more follow."""
        ...


def compound(content_type: bytes, sink: PartSink, depth: int = 0) -> Entity | None:
    """The reader for a body of this Content-Type; None where it has no parts."""
    if depth >= MAX_DEPTH:
        return None
    kind = media_type(content_type)
    if kind.startswith(b"multipart/"):
        boundary = parameter(content_type, b"boundary")
        return _Multipart(boundary, sink, depth) if boundary and len(boundary) <= MAX_BOUNDARY else None
    return _Message(sink, depth) if kind.startswith(b"message/") else None


class _Leaf:
    def __init__(self, headers: Headers, sink: PartSink) -> None:
        self._sink = sink
        sink.begin(headers)

    def feed(self, data: bytes) -> None:
        self._sink.data(data)

    def gap(self, size: int) -> None:
        self._sink.gap(size)

    def close(self) -> None:
        self._sink.end()


class _Head:
    """The header lines of a part."""

    __slots__ = ("_line", "headers")

    def __init__(self) -> None:
        self._line = bytearray()
        self.headers: Headers = []

    def feed(self, data: bytes, position: int) -> tuple[int, bytes | None]:
        """(position behind the line's end, the line; None where its end is not there)."""
        end = data.find(b"\n", position)
        room = MAX_LINE - len(self._line)
        if end < 0:
            self._line += data[position : position + room]
            return len(data), None
        self._line += data[position : min(end, position + room)]
        line = bytes(self._line).removesuffix(b"\r")
        self._line.clear()
        return end + 1, line

    def take(self, line: bytes) -> bool:
        """Take a line; True where it ends the header. A NUL does so too: Zeek's way, and that of some servers in C."""
        if not line or line[0] == 0:
            return True
        field = header_field(line)
        if field is not None and len(self.headers) < MAX_HEADERS:
            self.headers.append(field)
        elif line[0] in b" \t" and self.headers:
            name, value = self.headers[-1]
            self.headers[-1] = name, (value + line)[:MAX_LINE]
        return False


def _child(headers: Headers, sink: PartSink, depth: int) -> Entity:
    content_type = next((value for name, value in reversed(headers) if name == b"content-type"), b"")
    return compound(content_type, sink, depth) or _Leaf(headers, sink)


class _Message:
    """A header of its own, then a body."""

    def __init__(self, sink: PartSink, depth: int) -> None:
        self._sink = sink
        self._depth = depth
        self._head = _Head()
        self._body: Entity | None = None
        self._lost = False

    def feed(self, data: bytes) -> None:
        position = 0
        while self._body is None and position < len(data) and not self._lost:
            position, line = self._head.feed(data, position)
            if line is not None and self._head.take(line):
                self._body = _child(self._head.headers, self._sink, self._depth + 1)
        if self._body is not None and position < len(data):
            self._body.feed(data[position:])

    def gap(self, size: int) -> None:
        if self._body is not None:
            self._body.gap(size)
        else:
            self._lost = True

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
        self._lost = True


_PREAMBLE: Final = 0
_BODY: Final = 1
_MARK: Final = 2  # behind a boundary, up to the end of its line
_HEAD: Final = 3
_OVER: Final = 4


class _Multipart:
    """Parts between boundaries."""

    def __init__(self, boundary: bytes, sink: PartSink, depth: int) -> None:
        self._mark = b"--" + boundary
        self._delimiter = b"\n" + self._mark
        self._sink = sink
        self._depth = depth
        self._state = _PREAMBLE
        self._held = b"\n"  # a boundary may stand at the very beginning
        self._unreal = 1  # bytes of _held that are no part of the body
        self._head = _Head()
        self._part: Entity | None = None

    def feed(self, data: bytes) -> None:
        position = 0
        while position < len(data) and self._state != _OVER:
            if self._state in {_PREAMBLE, _BODY}:
                position = self._search(data, position)
            else:
                position, line = self._head.feed(data, position)
                if line is not None:
                    self._take_line(line)

    def gap(self, size: int) -> None:
        if self._state == _BODY and self._part is not None:
            self._give(self._held)
            self._held = b""
            self._part.gap(size)
        elif self._state != _OVER:
            self._state = _PREAMBLE  # the next boundary is waited for
            self._held = b""
            self._unreal = 0

    def close(self) -> None:
        if self._state == _BODY:
            self._give(self._held)
        self._end_part()
        self._state = _OVER

    def _search(self, data: bytes, position: int) -> int:
        """Look for the next boundary; the position behind it, or behind everything."""
        held = self._held
        window = held + data[position:] if position or held else data
        found = window.find(self._delimiter)
        if found < 0:
            keep = min(len(window), len(self._delimiter))  # with room for the CR before it
            self._give(window[: len(window) - keep])
            self._held = window[len(window) - keep :]
            return len(data)
        self._give(window[: found - 1 if found and window[found - 1] == 13 else found])
        self._held = b""
        self._unreal = 0
        self._end_part()
        self._state = _MARK
        return position + found + len(self._delimiter) - len(held)

    def _give(self, data: bytes) -> None:
        """Hand the body's bytes on, without what was never there."""
        unreal = min(self._unreal, len(data))
        self._unreal -= unreal
        if self._part is not None and len(data) > unreal:
            self._part.feed(data[unreal:] if unreal else data)

    def _take_line(self, line: bytes) -> None:
        if self._state == _MARK:
            self._state = _OVER if line.startswith(b"--") else _HEAD
            self._head = _Head()
        elif line.startswith(self._mark):  # a part that is all header
            self._part = _child(self._head.headers, self._sink, self._depth + 1)
            self._end_part()
            self._state = _OVER if line.startswith(b"--", len(self._mark)) else _HEAD
            self._head = _Head()
        elif self._head.take(line):
            self._part = _child(self._head.headers, self._sink, self._depth + 1)
            self._state = _BODY
            self._held = b"\n"
            self._unreal = 1

    def _end_part(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None
