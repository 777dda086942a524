import io
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.core.records.files import FileRecord
from botwarden.sources.zeek.faults import Faults
from botwarden.sources.zeek.tsv import TsvReader
from botwarden.stores.logs.zeek import ZeekEncoder
from records import PATIENT, records

HEADER = (
    b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    b"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tconn_state\tlocal_orig\tweird_extra\n"
    b"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tbool\tcount\n"
)
LINE = b"1.5\tCA\t10.0.0.1\t1234\t1.2.3.4\t80\ttcp\t-\tS0\tT\t7\n"
RECORD = ConnRecord(
    ts=1.5, uid="CA", orig_h="10.0.0.1", orig_p=1234, resp_h="1.2.3.4", resp_p=80, proto="tcp", conn_state="S0",
    local_orig=True,
)  # fmt: skip


def read(data: bytes, log: str | None = None) -> tuple[list[Record], Faults]:
    faults = Faults()
    return TsvReader(log).read(0, data.split(b"\n"), faults), faults


def test_columns_go_by_name_and_unknown_ones_are_passed_over() -> None:
    found, faults = read(HEADER + LINE + b"#close\t2019-03-15-14-50-49\n")
    assert found == [RECORD]
    assert faults.lines == 0


def test_a_header_in_the_middle_changes_the_columns() -> None:
    again = b"#separator |\n#path|conn\n#fields|id.orig_h|ts|id.resp_h|id.orig_p|id.resp_p|proto\n"
    found, faults = read(HEADER + LINE + again + b"10.0.0.1|2.0|1.2.3.4|1|2|udp\n" + HEADER + LINE)
    assert [record.ts for record in found] == [1.5, 2.0, 1.5]
    assert found[1].conn_state == ""
    assert faults.lines == 0


def test_windows_line_ends() -> None:
    found, faults = read((HEADER + LINE).replace(b"\n", b"\r\n"))
    assert (len(found), faults.lines) == (1, 0)


def test_labels_as_iot23_publishes_them() -> None:
    head = (
        b"#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto"
        b"\tconn_state\ttunnel_parents   label   detailed-label\n"
    )
    line = b"1.5\tCA\t10.0.0.1\t1234\t1.2.3.4\t80\ttcp\tS0\t%s   Malicious   C&C\n"
    found, faults = read(head + line % b"-" + line % b"(empty)" + line % b"CB,CC")
    assert faults.lines == 0
    assert [record.tunnel_parents for record in found] == [None, (), ("CB", "CC")]


def test_lines_that_make_no_sense_are_left_out_and_counted() -> None:
    bad = [
        LINE.replace(b"1.5", b"nan"), LINE.replace(b"10.0.0.1", b"10.0.0"), LINE.replace(b"1234", b"70000"),
        LINE.replace(b"\tT\t", b"\t"), b"garbage\n", LINE.replace(b"1.5", b"-"), b"\xff\xfe\n",
    ]  # fmt: skip
    found, faults = read(HEADER + LINE + b"".join(bad) + LINE)
    assert found == [RECORD, RECORD]
    assert faults.lines == len(bad)
    (damage,) = faults.damage("conn.log")
    assert damage.offset == len(HEADER + LINE)
    assert damage.what == "ts: no number"


def test_without_a_header_nothing_is_read() -> None:
    found, faults = read(LINE, "conn")
    assert found == []
    assert faults.damage("x")[0].what == "no header (#fields) says what its columns are"


def test_a_log_that_we_have_no_records_for_is_passed_over() -> None:
    found, faults = read(HEADER.replace(b"#path\tconn", b"#path\tx509") + LINE)
    assert (found, faults.lines) == ([], 0)


def test_the_file_name_helps_where_the_header_names_no_log() -> None:
    found, _ = read(HEADER.replace(b"#path\tconn\n", b"") + LINE, "conn")
    assert found == [RECORD]


def test_bytes_that_are_no_text_are_kept_as_zeek_writes_them() -> None:
    found, _ = read(HEADER + LINE.replace(b"CA", b"C\xff\\xfe\\x09"))
    assert found[0].uid == "C\\xff\\xfe\t"


def test_older_logs() -> None:
    dhcp = b"#path\tdhcp\n#fields\tts\tmac\tassigned_ip\n1.0\t00:50:c2:12:34:ab\t10.0.0.7\n"
    assert read(dhcp)[0] == [DhcpRecord(ts=1.0, mac="00:50:c2:12:34:ab", assigned_addr="10.0.0.7")]
    files = b"#path\tfiles\n#fields\tts\tfuid\ttx_hosts\trx_hosts\tconn_uids\tsource\tis_orig\n"
    found, faults = read(files + b"1.0\tF1\t1.2.3.4\t10.0.0.1\tCA,CB\tHTTP\tF\n1.0\tF1\t-\t10.0.0.1\tCA\tHTTP\tF\n")
    expected = FileRecord(
        ts=1.0, uid="CA", orig_h="10.0.0.1", orig_p=0, resp_h="1.2.3.4", resp_p=0, fuid="F1", source="HTTP"
    )
    assert found == [expected]
    assert faults.lines == 1


@given(st.lists(records(), min_size=1, max_size=3))
@PATIENT
def test_what_is_written_is_read_back(found: list[Record]) -> None:
    file = io.BytesIO()
    for record in found:
        encoder = ZeekEncoder(file, type(record))
        encoder.write([record])
        encoder.close()
    again, faults = read(file.getvalue())
    assert faults.damage("x") == []
    assert [type(record) for record in again] == [type(record) for record in found]
    assert [msgspec.to_builtins(record) for record in again] == [msgspec.to_builtins(record) for record in found]


CELLS = st.sampled_from([b"1.5", b"-", b"(empty)", b"10.0.0.1", b"80", b"T", b"", b"\\x09", b"\xff", b"9" * 30, b"nan"])
LINES = st.lists(CELLS, max_size=13).map(b"\t".join) | st.sampled_from(HEADER.split(b"\n")) | st.binary(max_size=60)


@given(st.lists(LINES))
def test_any_lines_are_read_or_counted(lines: list[bytes]) -> None:
    faults = Faults()
    found: list[Any] = TsvReader("conn").read(0, HEADER.split(b"\n") + lines, faults)
    assert len(found) + faults.lines <= len(lines) + 8
