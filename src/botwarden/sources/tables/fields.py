"""Lines of CSV (RFC 4180) into arrays, by a kernel.

Fields are separated by commas; any may be enclosed in double quotes, within which a comma is text and two double
quotes stand for one. A line ends in a line feed, before which a carriage return may stand; no field holds either.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.sources.tables.numbers import NO_NUMBER, POWERS, UNSURE, parse_number

IGNORED, NUMBER, TIME, TEXT = 0, 1, 2, 3
"""What a column is read as. A time may be absent: the field empty or ``nan``."""

FINE, BAD_NUMBER, TOO_FEW, TOO_MANY, OPEN_QUOTE = 0, 1, 2, 3, 4
"""What stopped the kernel."""

_UNSURE_AT_ONCE: Final = 4096  # numbers left to ``float`` before the kernel stops for them
_COMMA, _QUOTE, _SPACE, _TAB, _LINE_FEED, _RETURN = 44, 34, 32, 9, 10, 13
TIME_PLACE: Final = -1
"""Stands for the time among the places of numbers."""


class Stop(NamedTuple):
    """How far `Fields.read` came.

    rows : that are complete in the arrays, in all
    at : where in the data it goes on
    lines : that were read, empty ones included
    unsure : how many numbers are left to ``float``
    fault : FINE, or what is wrong with the line that follows; then ``field`` is the number of the field, or of the
        fields that there are, and ``start``, ``end`` where its text is
    """

    rows: int
    at: int
    lines: int
    unsure: int
    fault: int
    field: int
    start: int
    end: int


@njit(inline="always")
def _plain_end(data: Any, at: Any) -> Any:
    """Where the field that begins here ends: at a comma or the end of its line."""
    while data[at] != _COMMA and data[at] != _LINE_FEED:
        at += 1
    return at


@njit(nogil=True)
def _quoted_end(data: Any, at: Any) -> Any:
    """Where the quoted field that begins here ends, after its quote; -1 where that is not on its line."""
    at += 1
    while data[at] != _LINE_FEED:
        if data[at] == _QUOTE:
            if data[at + 1] != _QUOTE:
                return at + 1
            at += 1
        at += 1
    return -1


@njit(inline="always")
def _without_return(data: Any, start: Any, end: Any) -> Any:
    """The end of a field without the carriage return of its line."""
    return end - 1 if data[end] == _LINE_FEED and end > start and data[end - 1] == _RETURN else end


@njit(inline="always")
def _skip_blanks(data: Any, at: Any) -> Any:
    while data[at] == _SPACE or data[at] == _TAB:
        at += 1
    return at


@njit(nogil=True, error_model="numpy")
def _field_number(data: Any, start: Any, end: Any, powers: Any) -> Any:
    """(value, SURE, UNSURE or NO_NUMBER) of the field from ``start`` to ``end``, in quotes or not."""
    quoted = end - start >= 2 and data[start] == _QUOTE
    at = _skip_blanks(data, start + 1 if quoted else start)
    if at >= end:
        return 0.0, NO_NUMBER
    value, at, state = parse_number(data, at, powers)
    at = _skip_blanks(data, at)
    if at != (end - 1 if quoted else end):
        state = NO_NUMBER
    return value, state


@njit(nogil=True)
def _is_absent(data: Any, start: Any, end: Any) -> Any:
    """Whether a field is empty or ``nan``, whatever its letters' case."""
    at = start
    while at < end and (data[at] == _SPACE or data[at] == _TAB or data[at] == _QUOTE):
        at += 1
    while at < end and (data[end - 1] == _SPACE or data[end - 1] == _TAB or data[end - 1] == _QUOTE):
        end -= 1
    if at == end:
        return True
    return end - at == 3 and data[at] | 32 == 110 and data[at + 1] | 32 == 97 and data[at + 2] | 32 == 110


@njit(nogil=True)
def _equal(data: Any, a: Any, a_end: Any, b: Any, b_end: Any) -> Any:
    if a_end - a != b_end - b:
        return False
    for k in range(a_end - a):  # noqa: SIM110 - numba compiles no generators
        if data[a + k] != data[b + k]:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _read(data: Any, at: Any, end: Any, kinds: Any, places: Any, powers: Any, row: Any, arrays: Any) -> Any:
    values, times, texts, same, unsure = arrays
    lines = 0
    n_unsure = 0
    first = row
    while at < end and row < len(values) and n_unsure + len(kinds) <= len(unsure):
        line = at
        if data[at] == _LINE_FEED or (data[at] == _RETURN and data[at + 1] == _LINE_FEED):
            at = _plain_end(data, at) + 1
            lines += 1
            continue
        field = 0
        alike = row > first
        while True:
            start = at
            if data[at] == _QUOTE:
                at = _quoted_end(data, at)
                if at < 0:
                    return row, line, lines, n_unsure, OPEN_QUOTE, field, start, _plain_end(data, start)
            at = _plain_end(data, at)
            stop = _without_return(data, start, at)
            if field >= len(kinds):
                while data[at] != _LINE_FEED:
                    at += 1
                    field += 1
                    at = _plain_end(data, at)
                return row, line, lines, n_unsure, TOO_MANY, field + 1, line, at
            kind = kinds[field]
            place = places[field]
            if kind in (NUMBER, TIME):
                value, state = _field_number(data, start, stop, powers)
                if state == NO_NUMBER:
                    if kind == NUMBER or not _is_absent(data, start, stop):
                        return row, line, lines, n_unsure, BAD_NUMBER, field, start, stop
                    value = np.nan
                elif state == UNSURE:
                    unsure[n_unsure, 0] = row
                    unsure[n_unsure, 1] = place
                    unsure[n_unsure, 2] = start
                    unsure[n_unsure, 3] = stop
                    n_unsure += 1
                if kind == TIME:
                    times[row] = value
                else:
                    values[row, place] = value
            elif kind == TEXT:
                texts[row, place, 0] = start
                texts[row, place, 1] = stop
                if alike:
                    alike = _equal(data, start, stop, texts[row - 1, place, 0], texts[row - 1, place, 1])
            field += 1
            if data[at] == _LINE_FEED:
                break
            at += 1
        if field < len(kinds):
            return row, line, lines, n_unsure, TOO_FEW, field, line, at
        same[row] = alike
        row += 1
        at += 1
        lines += 1
    return row, at, lines, n_unsure, FINE, 0, at, at


class Fields:
    """Arrays that lines are read into.

    values : float64[rows, k], the numbers, each in its place
    times : float64[rows], NaN where absent
    texts : int64[rows, t, 2], where in the data the texts begin and end
    same : bool[rows], whether all texts of a row are those of the row before it, which came by the same call of `read`
    unsure : int64[…, 4], row, place, and where the text is, of numbers that are left to ``float``
    """

    def __init__(self, kinds: NDArray[np.int8], places: NDArray[np.int32], rows: int) -> None:
        """Make arrays for ``rows`` rows of columns of these kinds; ``places`` says where their values go."""
        self._kinds = kinds
        self._places = places
        self._rows = rows
        n_texts = int(np.count_nonzero(kinds == TEXT))
        self.texts: NDArray[np.int64] = np.zeros((rows, n_texts, 2), np.int64)
        self.same: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        self.unsure: NDArray[np.int64] = np.zeros((_UNSURE_AT_ONCE + len(kinds), 4), np.int64)
        self.renew()

    def renew(self) -> None:
        """Take new arrays of values and times, so that the old ones can be handed on."""
        self.values: NDArray[np.float64] = np.empty((self._rows, int(np.count_nonzero(self._kinds == NUMBER))))
        self.times: NDArray[np.float64] = np.full(self._rows, np.nan)

    def read(self, data: NDArray[np.uint8], at: int, end: int, row: int) -> Stop:
        """Read the lines in ``data[at:end]``, the last one complete, into the rows from ``row`` on, as many as fit."""
        arrays = (self.values, self.times, self.texts, self.same, self.unsure)
        return Stop(*_read(data, at, end, self._kinds, self._places, POWERS, row, arrays))
