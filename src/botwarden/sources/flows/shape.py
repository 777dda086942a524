"""What packets a conversation must have had, by its state and history in conn.log."""

from functools import lru_cache
from typing import Final, NamedTuple

from botwarden.core.packet import ACK, FIN, PSH, RST, SYN

MAX_SHAPES: Final = 4096
"""States with histories that are remembered; a network has some hundred."""
_MAX_BAD: Final = 6  # Zeek repeats a letter for ten packets, for a hundred, and so on: a million

# marks: packets that a conversation has once
OPENS: Final = 1  # SYN of the originator
ANSWERS: Final = 2  # SYN-ACK of the responder
CONFIRMS: Final = 4  # the originator's ACK, or data, that completes the handshake
ORIG_FIN: Final = 8
RESP_FIN: Final = 16
ORIG_RST: Final = 32
RESP_RST: Final = 64

_BY_STATE: Final[dict[str, int]] = {
    "S0": OPENS,
    "REJ": OPENS | RESP_RST,
    "S1": OPENS | ANSWERS | CONFIRMS,
    "SF": OPENS | ANSWERS | CONFIRMS | ORIG_FIN | RESP_FIN,
    "S2": OPENS | ANSWERS | CONFIRMS | ORIG_FIN,
    "S3": OPENS | ANSWERS | CONFIRMS | RESP_FIN,
    "RSTO": OPENS | ANSWERS | CONFIRMS | ORIG_RST,
    "RSTR": OPENS | ANSWERS | CONFIRMS | RESP_RST,
    "RSTOS0": OPENS | ORIG_RST,
    "RSTRH": ANSWERS | RESP_RST,
    "SH": OPENS | ORIG_FIN,
    "SHR": ANSWERS | RESP_FIN,
}
"""Where the history is absent; see the table of states in Zeek's documentation of conn.log."""
_SURE: Final = frozenset({"S0", "REJ", "RSTOS0", "SH"})
"""States that tell of an attempt even where the history does not."""
_LETTERS: Final[dict[str, int]] = {
    "S": OPENS,
    "h": ANSWERS,
    "F": ORIG_FIN,
    "f": RESP_FIN,
    "R": ORIG_RST,
    "r": RESP_RST,
}


class Shape(NamedTuple):
    """A kind of TCP conversation.

    marks : OPENS … RESP_RST
    orig_flags, resp_flags : TCP flags of each side's other packets
    orig_once, resp_once : packets of each side that the marks stand for
    orig_bad : packets of the originator with a wrong checksum, which Zeek counts nowhere else
    """

    marks: int
    orig_flags: int
    resp_flags: int
    orig_once: int
    resp_once: int
    orig_bad: int


@lru_cache(MAX_SHAPES)
def tcp_shape(state: str, history: str | None) -> Shape:
    """The shape of a TCP conversation. Anything can be given."""
    letters = set(history or "")
    marks = _BY_STATE.get(state, 0) if not letters or state in _SURE else 0
    for letter in letters:
        marks |= _LETTERS.get(letter, 0)
    if marks & ANSWERS and letters & {"A", "D"}:
        marks |= CONFIRMS
    orig = marks & (OPENS | CONFIRMS | ORIG_FIN | ORIG_RST)
    resp = marks & (ANSWERS | RESP_FIN | RESP_RST)
    bad = min((history or "").count("C"), _MAX_BAD)
    return Shape(
        marks,
        _usual(letters, orig, marks, bad),
        _usual({letter.swapcase() for letter in letters}, resp, marks, 0),
        orig.bit_count(),
        resp.bit_count(),
        10 ** (bad - 1) if bad else 0,
    )


def _usual(letters: set[str], own: int, marks: int, bad: int) -> int:
    """TCP flags of what a side sends besides its own marks; ``letters`` are its own in upper case."""
    if "D" in letters:
        return PSH | ACK
    if "A" in letters or (not letters and marks & CONFIRMS):
        return ACK
    if own & OPENS:
        return SYN
    if own & ANSWERS or "H" in letters:
        return SYN | ACK
    if "R" in letters:
        return RST
    if "F" in letters:
        return FIN
    if "Q" in letters:
        return SYN | FIN
    return 0 if bad else ACK
