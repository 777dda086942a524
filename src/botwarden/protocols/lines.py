"""`Lines`: one direction of a text protocol, cut into lines."""


class Lines:
    """Cuts what it is fed with at every LF, whatever pieces it comes in; of a long line the beginning is kept."""

    __slots__ = ("_limit", "_rest", "_skip")

    def __init__(self, limit: int) -> None:
        """Stand at the beginning of a line, of which ``limit`` bytes are kept."""
        self._limit = limit
        self._rest = bytearray()
        self._skip = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that ``data`` completes, without CR and LF at their end."""
        *whole, rest = data.split(b"\n")
        found: list[bytes] = []
        for line in whole:
            if not self._skip:
                self._add(line)
                found.append(bytes(self._rest).rstrip(b"\r"))
            self._rest.clear()
            self._skip = False
        if not self._skip:
            self._add(rest)
        return found

    def gap(self) -> None:
        """Bytes are missing: what follows, up to the next end of a line, is not read."""
        self._rest.clear()
        self._skip = True

    def _add(self, data: bytes) -> None:
        self._rest += data[: self._limit - len(self._rest)]
