import csv

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.sources.tables.fields import (
    BAD_NUMBER,
    FINE,
    IGNORED,
    NUMBER,
    OPEN_QUOTE,
    TEXT,
    TIME,
    TOO_FEW,
    TOO_MANY,
    Fields,
    Stop,
)

KINDS = np.array([TIME, TEXT, NUMBER, IGNORED, NUMBER], np.int8)
PLACES = np.array([-1, 0, 1, 0, 0], np.int32)


def read(text: bytes, rows: int = 8) -> tuple[Fields, Stop]:
    fields = Fields(KINDS, PLACES, rows)
    return fields, fields.read(np.frombuffer(text, np.uint8), 0, len(text), 0)


read(b"1,x,2,y,3\n")  # compiled before hypothesis looks at the clock


def text_of(fields: Fields, text: bytes, row: int) -> bytes:
    start, end = fields.texts[row, 0].tolist()
    return text[start:end]


def test_values_go_to_their_places() -> None:
    text = b'1.5,cam,2,whatever,3\r\n\n,cam,-4e1, ,5\nNaN,plug, 6 ,"a,b","7"\n'
    fields, stop = read(text)
    assert (stop.rows, stop.lines, stop.fault, stop.at) == (3, 4, FINE, len(text))
    assert fields.values[:3].tolist() == [[3, 2], [5, -40], [7, 6]]
    assert fields.times[0] == 1.5
    assert np.isnan(fields.times[1:3]).all()
    assert [text_of(fields, text, row) for row in range(3)] == [b"cam", b"cam", b"plug"]
    assert fields.same[:3].tolist() == [False, True, False]


def test_it_stops_when_the_arrays_are_full_and_goes_on() -> None:
    text = b"".join(b"%d,x,1,,2\n" % number for number in range(5))
    fields, stop = read(text, rows=2)
    assert (stop.rows, stop.lines) == (2, 2)
    stop = fields.read(np.frombuffer(text, np.uint8), stop.at, len(text), 0)
    assert fields.times.tolist() == [2, 3]
    assert text[stop.at :].startswith(b"4,x")


def test_new_arrays_leave_the_old_ones_alone() -> None:
    fields, _ = read(b"1,x,2,,3\n")
    old = fields.values
    fields.renew()
    assert fields.values is not old
    assert old[0].tolist() == [3, 2]


def test_faults_name_the_field_and_the_line() -> None:
    for bad, fault, field in [
        (b"1,x,y,,3", BAD_NUMBER, 2),
        (b"1,x,2,,", BAD_NUMBER, 4),
        (b"1,x,2,,3 4", BAD_NUMBER, 4),
        (b"soon,x,2,,3", BAD_NUMBER, 0),
        (b'1,x,"2"5,,3', BAD_NUMBER, 2),
        (b"1,x,2", TOO_FEW, 3),
        (b"1,x,2,,3,,7", TOO_MANY, 7),
        (b'1,"x,2,,3', OPEN_QUOTE, 1),
    ]:
        fields, stop = read(b"1,x,2,,3\n\n" + bad + b"\n9,x,9,,9\n")
        assert (stop.rows, stop.lines, stop.fault, stop.field) == (1, 2, fault, field), bad
        assert fields.values[0].tolist() == [3, 2]


def test_numbers_that_only_float_can_tell_are_listed() -> None:
    text = b"1,x,2,,3\n1,x,1e400,,0.12345678901234567890123\n"
    fields, stop = read(text)
    assert stop.rows == 2
    found = fields.unsure[: stop.unsure].tolist()
    assert [(row, place, text[start:end]) for row, place, start, end in found] == [
        (1, 1, b"1e400"),
        (1, 0, b"0.12345678901234567890123"),
    ]


def test_a_table_full_of_such_numbers_is_read_in_steps() -> None:
    text = b"1,x,1e400,,1e400\n" * 5000
    _, stop = read(text, rows=5000)
    assert stop.fault == FINE
    assert 0 < stop.rows < 5000
    assert stop.unsure == 2 * stop.rows


finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(words, finite, words, finite), min_size=1, max_size=20))
def test_it_reads_what_a_csv_writer_writes(rows: list[tuple[str, float, str, float]]) -> None:
    class Out(list[str]):
        write = list.append

    out = Out()
    csv.writer(out, lineterminator="\n").writerows([[0, name, a, other, b] for name, a, other, b in rows])
    text = "".join(out).encode()
    fields, stop = read(text, rows=20)
    assert (stop.rows, stop.fault) == (len(rows), FINE)
    for row, place, start, end in fields.unsure[: stop.unsure].tolist():
        fields.values[row, place] = float(text[start:end])
    assert fields.values[: len(rows)].tolist() == [[b, a] for _, a, _, b in rows]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b" ") + b"\n"), min_size=1, max_size=5))
def test_any_bytes_are_read_or_refused(lines: list[bytes]) -> None:
    text = b"".join(lines)
    _, stop = read(text)
    assert 0 <= stop.at <= len(text)
    assert stop.fault != FINE or stop.at == len(text)
    assert stop.lines <= len(lines)
