"""DNS over TCP: each message follows its length, two bytes (RFC 1035, 4.2.2)."""

from typing import Final

MAX_MESSAGE: Final = 16384
"""Bytes of a message that are kept; the rest of a longer one, as zone transfers have, is passed over."""


class Frames:
    """Cuts one direction of a connection into messages, of which at most `MAX_MESSAGE` bytes are handed out."""

    __slots__ = ("_buffer", "_lost", "_skip")

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._buffer = bytearray()  # never more than `MAX_MESSAGE` and the bytes just fed
        self._skip = 0  # bytes to pass over
        self._lost = False

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that ``data`` completes."""
        if self._lost:
            return []
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        buffer = self._buffer
        buffer += data
        found: list[bytes] = []
        at = 0
        while at + 2 <= len(buffer):
            size = buffer[at] << 8 | buffer[at + 1]
            end = at + 2 + min(size, MAX_MESSAGE)
            if end > len(buffer):
                break
            found.append(bytes(buffer[at + 2 : end]))
            at += 2 + size
        if at > len(buffer):
            self._skip = at - len(buffer)
        del buffer[:at]
        return found

    def skip(self, size: int) -> None:
        """``size`` bytes are missing."""
        buffer = self._buffer
        left = self._skip
        if not left and len(buffer) >= 2:
            left = 2 + (buffer[0] << 8 | buffer[1]) - len(buffer)
        buffer.clear()
        self._skip = max(0, left - size)
        self._lost = self._lost or size > left

    def rest(self) -> bytes:
        """The beginning of a message that was not completed; nothing follows."""
        rest = bytes(self._buffer[2:])
        self._buffer.clear()
        self._lost = True
        return rest
