"""`CaptureReader`: the bytes of one capture, piece by piece, to packet batches."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.capture import Damage, Skipped
from botwarden.core.errors import CaptureError
from botwarden.core.packet import PACKET, PacketBatch
from botwarden.wire.frame import decode
from botwarden.wire.framing import BAD, BAD_TEXT, MAX_ROWS, NEED
from botwarden.wire.linktype import DECODED, DECODED_TEXT, link_type_text
from botwarden.wire.pcap import HEADER_BYTES, RECORD_BYTES, PcapRecords, pcap_header
from botwarden.wire.pcapng import SECTION_BYTES, SECTION_HEADER, PcapngBlocks, byte_order

Format = PcapRecords | PcapngBlocks

MAGIC_BYTES: Final = 4

_SMALL_RECORD: Final = RECORD_BYTES + 60  # the shortest Ethernet frame; shorter ones only fill more batches
_FEW_ROWS: Final = 1024


def is_capture(head: bytes) -> bool:
    """Whether the first bytes of a file, four at least, are those of a pcap or pcapng."""
    return int.from_bytes(head[:MAGIC_BYTES], "big") == SECTION_HEADER or pcap_header(head) is not None


class CaptureReader:
    """Reads one capture, pcap or pcapng, from pieces of any size, in order.

    Give every piece to `feed` and use up what it yields; call `finish` after the last one. At most one batch's
    bytes and one unfinished record are held. ``damage`` is set where the capture could not be read on; what is fed
    after that is ignored.
    """

    def __init__(self, name: str) -> None:
        """``name`` is the path for messages."""
        self.name = name
        self.packets = 0
        self.damage: Damage | None = None
        self._format: Format | None = None
        self._pieces: list[bytes] = []
        self._held = 0  # bytes in _pieces
        self._need = MAGIC_BYTES  # bytes without which nothing more can be done
        self._offset = 0  # of the first held byte in the capture

    @property
    def skipped(self) -> list[Skipped]:
        """Packets that could not be decoded, per interface and link type."""
        return self._format.skipped(self.name) if isinstance(self._format, PcapngBlocks) else []

    def feed(self, data: bytes) -> Iterator[PacketBatch]:
        """Yield the packets that ``data`` completes.

        Raises CaptureError when this is no capture, or none whose link type is known.
        """
        if self.damage or not data:
            return
        self._pieces.append(data)
        self._held += len(data)
        if self._held < self._need:
            return
        buffer = np.frombuffer(bytearray().join(self._pieces), np.uint8)
        pos = 0
        if self._format is None:
            opened = self._open(buffer[:SECTION_BYTES].tobytes())
            if opened is None:
                return
            self._format, pos = opened
        yield from self._batches(self._format, buffer, pos)

    def finish(self) -> None:
        """Note the end of the input.

        Raises CaptureError when it held no capture, or none of its packets could be decoded.
        """
        if self._format is None:
            what = "it ends inside its header" if self._held else "it is empty"
            if self.damage:
                what = self.damage.what
            raise CaptureError(f"{self.name}: not a capture: {what}")
        if self._held and not self.damage:
            self.spoil(f"the capture ends inside a record: {self._held} of {self._need} bytes are there")
        if not self.packets and self.skipped:
            names = sorted({entry.link_type for entry in self.skipped})
            raise CaptureError(f"{self.name}: {_cannot('link type ' + ', '.join(names))}")

    def spoil(self, what: str) -> None:
        """Note that the capture cannot be read on from here."""
        self.damage = self.damage or Damage(path=self.name, offset=self._offset, what=what)

    def _open(self, head: bytes) -> tuple[Format, int] | None:
        """Tell the format from the first bytes; None: more are needed."""
        if int.from_bytes(head[:4], "big") == SECTION_HEADER:
            if len(head) < SECTION_BYTES:
                self._need = SECTION_BYTES
                return None
            if byte_order(head) is None:
                raise CaptureError(f"{self.name}: not a capture: a pcapng without a byte order")
            return PcapngBlocks(), 0
        header = pcap_header(head)
        if header is None:
            raise CaptureError(f"{self.name}: not a capture: it starts with neither pcap's nor pcapng's magic number")
        if len(head) < HEADER_BYTES:
            self._need = HEADER_BYTES
            return None
        if header.link_type not in DECODED:
            raise CaptureError(f"{self.name}: {_cannot(link_type_text(header.link_type))}")
        return PcapRecords(header), HEADER_BYTES

    def _batches(self, form: Format, buffer: NDArray[np.uint8], pos: int) -> Iterator[PacketBatch]:
        while True:
            most = min(MAX_ROWS, (len(buffer) - pos) // _SMALL_RECORD + _FEW_ROWS)
            rows, links = np.zeros(most, PACKET), np.empty(most, np.uint16)
            walk = form.walk(buffer, pos, rows, links)
            pos, n = walk.pos, walk.rows
            if n:
                decode(buffer, rows[:n], links[:n])
                yield PacketBatch(buffer, rows[:n] if 2 * n > most else rows[:n].copy(), self.packets)
                self.packets += n
            if walk.status == BAD:
                self._keep(buffer, pos)
                self.spoil(BAD_TEXT[walk.detail])
                self._keep(buffer[:0], 0)
                return
            if walk.status == NEED:
                self._keep(buffer, pos)
                self._need = walk.detail
                return

    def _keep(self, buffer: NDArray[np.uint8], pos: int) -> None:
        """Hold what was not used."""
        self._offset += pos
        rest = buffer[pos:].tobytes()
        self._pieces = [rest] if rest else []
        self._held = len(rest)


def _cannot(link_types: str) -> str:
    return f"{link_types} cannot be read; botwarden reads {DECODED_TEXT}"
