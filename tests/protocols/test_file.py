import hashlib

from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.files import FileRecord
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.file import HEAD, FileTap
from protocols.conversation import only

ARM = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(200)


def flow(records: list[Record]) -> Flow:
    session = Session(records.append, lambda ip: ip.startswith("192.168."))
    return Flow(session, "C1", 100.0, "tcp", ("192.168.0.10", 40000), ("198.51.100.7", 21))


def test_a_file_makes_one_record_with_type_size_hash_and_machine() -> None:
    records: list[Record] = []
    tap = FileTap(flow(records), "FTP_DATA", False, 101.0, filename="bins.arm7", total=len(ARM), depth=2)
    tap.data(102.0, ARM[:7])
    tap.data(103.5, ARM[7:])
    assert records == []
    tap.end(109.0)
    tap.end(110.0)
    tap.data(111.0, b"more")
    [record] = only(records, FileRecord)
    assert record == FileRecord(
        ts=101.0,
        uid="C1",
        orig_h="192.168.0.10",
        orig_p=40000,
        resp_h="198.51.100.7",
        resp_p=21,
        fuid=tap.fuid,
        source="FTP_DATA",
        depth=2,
        mime_type="application/x-executable",
        filename="bins.arm7",
        duration=2.5,
        local_orig=False,
        is_orig=False,
        seen_bytes=len(ARM),
        total_bytes=len(ARM),
        sha256=hashlib.sha256(ARM).hexdigest(),
        executable="ELF 32-bit LSB ARM",
    )
    assert tap.fuid.startswith("F")


@given(st.lists(st.binary(max_size=400), max_size=12))
def test_the_record_is_the_same_however_the_bytes_are_split(chunks: list[bytes]) -> None:
    def record(pieces: list[bytes]) -> list[Record]:
        records: list[Record] = []
        tap = FileTap(flow(records), "HTTP", False, 1.0)
        for piece in pieces:
            tap.data(1.0, piece)
        tap.end(1.0)
        return records

    assert record(chunks) == record([b"".join(chunks)])


def test_the_type_is_known_as_soon_as_there_are_enough_bytes() -> None:
    tap = FileTap(flow([]), "HTTP", True, 1.0)
    tap.data(1.0, b"GIF89a" + bytes(HEAD - 7))
    assert tap.mime_type is None
    tap.data(1.0, b"\x00")
    assert tap.mime_type == "image/gif"


def test_a_file_with_a_hole_has_a_type_but_no_hash() -> None:
    records: list[Record] = []
    tap = FileTap(flow(records), "HTTP", False, 1.0)
    tap.data(1.0, ARM[:100])
    tap.gap(2.0, 50)
    tap.data(3.0, ARM[150:])
    tap.end(3.0)
    [record] = only(records, FileRecord)
    assert (record.seen_bytes, record.missing_bytes, record.sha256) == (len(ARM) - 50, 50, None)
    assert record.executable == "ELF 32-bit LSB ARM"


def test_what_comes_after_a_hole_is_not_taken_for_the_beginning() -> None:
    records: list[Record] = []
    tap = FileTap(flow(records), "HTTP", False, 1.0)
    tap.gap(1.0, 1000)
    tap.data(1.0, ARM)
    tap.end(1.0)
    [record] = only(records, FileRecord)
    assert (record.mime_type, record.executable) == (None, None)


def test_a_part_from_the_middle_has_neither_type_nor_hash() -> None:
    records: list[Record] = []
    tap = FileTap(flow(records), "HTTP", False, 1.0, partial=True)
    tap.data(1.0, ARM)
    tap.end(1.0)
    [record] = only(records, FileRecord)
    assert (record.seen_bytes, record.mime_type, record.executable, record.sha256) == (len(ARM), None, None, None)


def test_a_file_that_is_cut_has_no_hash() -> None:
    """The hash of a part would be looked up in vain."""
    for total, timedout in ((5000, False), (5000, True), (None, True)):
        records: list[Record] = []
        tap = FileTap(flow(records), "HTTP", False, 1.0, total=total)
        tap.data(1.0, ARM)
        tap.end(2.0, timedout=timedout)
        [record] = only(records, FileRecord)
        assert (record.sha256, record.timedout) == (None, timedout)


def test_an_announced_file_that_came_whole_has_its_hash_although_nobody_closed() -> None:
    records: list[Record] = []
    tap = FileTap(flow(records), "HTTP", False, 1.0, total=len(ARM))
    tap.data(1.0, ARM)
    tap.end(2.0, timedout=True)
    assert only(records, FileRecord)[0].sha256 is not None


def test_who_sends_it_decides_whether_it_is_local() -> None:
    records: list[Record] = []
    there = flow(records)
    for is_orig in (True, False):
        tap = FileTap(there, "HTTP", is_orig, 1.0)
        tap.data(1.0, b"abc")
        tap.end(1.0)
    assert [record.local_orig for record in only(records, FileRecord)] == [True, False]


def test_nothing_is_written_of_a_file_without_a_byte() -> None:
    records: list[Record] = []
    tap = FileTap(flow(records), "HTTP", True, 1.0)
    tap.data(1.0, b"")
    tap.end(1.0)
    assert records == []


def test_files_of_one_run_have_names_of_their_own_and_the_same_in_the_next() -> None:
    first, second = flow([]), flow([])
    names = [FileTap(first, "HTTP", True, 1.0).fuid for _ in range(3)]
    assert len(set(names)) == 3
    assert names == [FileTap(second, "HTTP", True, 1.0).fuid for _ in range(3)]
