"""HTTP/1.x (RFC 9110, 9112), one direction of a connection: bytes of any size in, messages out.

It reads what is on the wire and not what should be: lines without CR, folded fields, HTTP/0.9, damaged versions,
several lengths. Where a message ends is decided as most servers do: by ``chunked``, else by the last Content-Length,
else (answers only) by the end of the connection.
"""

from enum import Enum
from typing import Final, Protocol

from botwarden.protocols.http_lines import (
    Headers,
    RequestLine,
    StatusLine,
    chunk_size,
    content_length,
    header_field,
    is_chunked,
    request_line,
    status_line,
)

MAX_LINE: Final = 8192
"""Bytes of a line that are kept, as with most servers; what is longer is cut."""
MAX_HEADERS: Final = 128
"""Header fields of a message that are kept."""
MAX_HEADER_BYTES: Final = 32768
"""Bytes of them together."""

_CHUNKED_SINCE: Final = (1, 1)


class Expect(Enum):
    """What may follow a message's header."""

    NO_BODY = "no body, whatever the header says"
    BODY_IF_ANNOUNCED = "a body if there is a length or chunks"
    BODY = "a body, up to the end of the connection if nothing says otherwise"
    SWITCH = "another protocol"


class Sink(Protocol):
    """Takes the messages of a direction, part by part."""

    def start(self, line: RequestLine | StatusLine) -> None:
        """A message begins."""
        ...

    def head(self, headers: Headers) -> Expect:
        """Its header is complete, or as complete as it will be."""
        ...

    def body(self, data: bytes) -> None:
        """Bytes of its body, transfer coding removed."""
        ...

    def gap(self, size: int) -> None:
        """Bytes of its body that were not captured."""
        ...

    def end(self, complete: bool) -> None:
        """It is over; not ``complete`` where its end was not seen."""
        ...

    def odd(self, name: str) -> None:
        """Something is not as it should be."""
        ...


# States. In those up to _TRAILERS, lines are read.
_START: Final = 0
_HEADERS: Final = 1
_CHUNK_SIZE: Final = 2
_CHUNK_END: Final = 3
_TRAILERS: Final = 4
_LENGTH: Final = 5
_CHUNK: Final = 6
_UNTIL_CLOSE: Final = 7
_RAW: Final = 8
_LOST: Final = 9


class HttpParser:
    """Parses one direction; what it finds goes to its sink. Holds a line and a header, no body."""

    __slots__ = (
        "_chunked", "_field", "_header_bytes", "_headers", "_left", "_length", "_line", "_may_chunk", "_requests",
        "_sink", "_state",
    )  # fmt: skip

    def __init__(self, sink: Sink, *, requests: bool) -> None:
        """Expect requests, or answers."""
        self._sink = sink
        self._requests = requests
        self._state = _START
        self._line = bytearray()
        self._field: bytearray | None = None
        self._left = 0
        self._begin()

    @property
    def lost(self) -> bool:
        """Whether nothing more can come of this direction."""
        return self._state == _LOST

    def feed(self, data: bytes) -> int:
        """The next bytes; returns how many of them were HTTP: all but those after a switch to another protocol."""
        position = 0
        size = len(data)
        while position < size:
            state = self._state
            if state == _START and not self._line:
                position = self._feed_head(data, position)
            elif state <= _TRAILERS:
                position = self._feed_line(data, position)
            elif state <= _CHUNK:
                taken = min(self._left, size - position)
                part = data[position : position + taken]
                position += taken
                self._left -= taken
                self._sink.body(part)
                self._after_body()
            elif state == _UNTIL_CLOSE:
                self._sink.body(data[position:])
                return size
            elif state == _RAW:
                self._start_raw()
            else:
                return position
        return size

    def gap(self, size: int) -> None:
        """``size`` bytes are missing. Inside a body that is survived, anywhere else it is not."""
        state = self._state
        if state == _UNTIL_CLOSE:
            self._sink.gap(size)
        elif _LENGTH <= state <= _CHUNK and size <= self._left:
            self._left -= size
            self._sink.gap(size)
            self._after_body()
        else:
            self.close(complete=False)

    def eof(self) -> None:
        """The direction was closed: a last line may lack its end."""
        if self._line:
            self._feed_line(b"\n", 0)
        self.close(complete=True)

    def close(self, *, complete: bool) -> None:
        """Nothing more follows."""
        state, self._state = self._state, _LOST
        self._line.clear()
        if state == _HEADERS:
            self._finish_field()
            self._sink.head(self._headers)
        if state not in {_START, _LOST, _RAW}:
            self._sink.end(complete and state == _UNTIL_CLOSE)

    def expect_raw(self) -> None:
        """The other side speaks HTTP/0.9: what comes now is a body without a header."""
        if self._state == _START:
            self._state = _RAW

    def _begin(self) -> None:
        self._headers: Headers = []
        self._header_bytes = 0
        self._length: int | None = None
        self._chunked = False
        self._may_chunk = True

    def _feed_head(self, data: bytes, position: int) -> int:
        """Take a whole header where it lies there as it should, which is quicker; else its first line."""
        end = data.find(b"\r\n\r\n", position, position + MAX_LINE)
        if end <= position:
            return self._feed_line(data, position)
        head = data[position:end]
        lines = head.split(b"\r\n")
        plain = len(lines) <= MAX_HEADERS and head.count(b"\n") == len(lines) - 1
        if not plain or not lines[0] or b"\n " in head or b"\n\t" in head:
            return self._feed_line(data, position)
        self._take_first(lines[0])
        if self._state == _HEADERS:
            for line in lines[1:]:
                self._take_field(line)
            self._finish_head()
        return end + 4

    def _feed_line(self, data: bytes, position: int) -> int:
        """Take the bytes up to the end of a line; the position behind it."""
        end = data.find(b"\n", position)
        room = MAX_LINE - len(self._line)
        if end < 0:
            self._line += data[position : position + room]
            return len(data)
        line = data[position : min(end, position + room)]
        if self._line:
            line = bytes(self._line) + line
            self._line.clear()
        if line.endswith(b"\r"):
            line = line[:-1]
        if end - position > room:
            self._sink.odd("http_line_too_long")
        self._take_line(line)
        return end + 1

    def _take_line(self, line: bytes) -> None:
        state = self._state
        if state == _HEADERS:
            self._take_header(line)
        elif state == _START:
            self._take_first(line)
        elif state == _CHUNK_SIZE:
            self._take_chunk_size(line)
        elif state == _CHUNK_END:
            self._state = _CHUNK_SIZE
        elif not line:  # the end of the trailers
            self._finish()

    def _take_first(self, line: bytes) -> None:
        if not line:  # some clients end a body with an empty line too many
            return
        first = request_line(line) if self._requests else status_line(line)
        if first is None:
            self._sink.odd("bad_HTTP_request" if self._requests else "bad_HTTP_reply")
            self._state = _LOST
            return
        self._begin()
        self._may_chunk = first.version is None or first.version >= _CHUNKED_SINCE
        self._state = _HEADERS
        self._sink.start(first)

    def _take_header(self, line: bytes) -> None:
        if line and line[0] in b" \t":
            if self._field is not None:  # folded (RFC 9112, 5.2)
                self._field += line[: MAX_LINE - len(self._field)]
            return
        self._finish_field()
        if line:
            self._field = bytearray(line)
        else:
            self._finish_head()

    def _finish_field(self) -> None:
        if self._field is not None:
            line = bytes(self._field)
            self._field = None
            self._take_field(line)

    def _take_field(self, line: bytes) -> None:
        field = header_field(line)
        if field is None:
            return
        name, value = field
        if name == b"content-length":
            self._length = content_length(value)
        elif name == b"transfer-encoding":
            self._chunked = self._may_chunk and is_chunked(value)
        size = len(name) + len(value)
        if len(self._headers) < MAX_HEADERS and self._header_bytes + size <= MAX_HEADER_BYTES:
            self._header_bytes += size
            self._headers.append(field)

    def _finish_head(self) -> None:
        expect = self._sink.head(self._headers)
        self._headers = []
        if expect is Expect.SWITCH:
            self._finish()
            self._state = _LOST
        elif expect is Expect.NO_BODY:
            self._finish()
        elif self._chunked:
            self._state = _CHUNK_SIZE
        elif self._length is not None:
            self._left = self._length
            self._state = _LENGTH
            self._after_body()
        elif expect is Expect.BODY:
            self._state = _UNTIL_CLOSE
        else:
            self._finish()

    def _take_chunk_size(self, line: bytes) -> None:
        size = chunk_size(line)
        if size is None:
            self._sink.odd("HTTP_bad_chunk_size")
            self.close(complete=False)
        elif size:
            self._left = size
            self._state = _CHUNK
        else:
            self._state = _TRAILERS

    def _after_body(self) -> None:
        if self._left == 0:
            if self._state == _CHUNK:
                self._state = _CHUNK_END
            else:
                self._finish()

    def _finish(self) -> None:
        self._state = _START
        self._sink.end(True)

    def _start_raw(self) -> None:
        self._begin()
        self._state = _UNTIL_CLOSE
        self._sink.start(StatusLine((0, 9), 0, None))
        self._sink.head([])
