import io
import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.files import FileRecord
from botwarden.sources.zeek.faults import Faults
from botwarden.sources.zeek.json_lines import JsonReader
from botwarden.stores.logs.json_lines import JsonEncoder
from records import PATIENT, records

ENDS = {"uid": "CA", "id.orig_h": "10.0.0.1", "id.orig_p": 1234, "id.resp_h": "1.2.3.4", "id.resp_p": 80}
CONN = {"ts": 1.5, **ENDS, "proto": "tcp", "conn_state": "S0", "extra": {"a": [1]}}
RECORD = ConnRecord(
    ts=1.5, uid="CA", orig_h="10.0.0.1", orig_p=1234, resp_h="1.2.3.4", resp_p=80, proto="tcp", conn_state="S0"
)


def read(*lines: object, log: str | None = "conn") -> tuple[list[Record], Faults]:
    faults = Faults()
    data = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return JsonReader(log).read(0, data, faults), faults


def test_fields_go_by_name_and_unknown_ones_are_passed_over() -> None:
    found, faults = read(CONN, b"", json.dumps(CONN).encode() + b"\r")
    assert found == [RECORD, RECORD]
    assert faults.lines == 0


def test_other_times() -> None:
    found, faults = read(
        CONN | {"ts": "2018-12-21T14:50:16.962094Z"}, CONN | {"ts": 1545403816962}, CONN | {"orig_pkts": 3.0}
    )
    assert faults.lines == 0
    assert [record.ts for record in found] == [1545403816.962094, 1545403816.962, 1.5]
    assert found[2].orig_pkts == 3


def test_streaming_logs_say_of_each_line_what_it_is() -> None:
    dns = {
        "_path": "dns",
        "_write_ts": "2018-12-21T14:50:16Z",
        "ts": 2.0,
        **ENDS,
        "proto": "udp",
        "query": "example.org",
    }
    for log in (None, "conn"):
        found, faults = read(CONN | {"_path": "conn"}, dns, CONN | {"_path": "x509"}, log=log)
        assert [type(record) for record in found] == [ConnRecord, DnsRecord]
        assert faults.lines == 0


def test_lines_that_say_nothing_are_passed_over_where_the_file_does_not_either() -> None:
    assert read(CONN, log=None)[0] == []


def test_lines_that_make_no_sense_are_left_out_and_counted() -> None:
    without = {name: value for name, value in CONN.items() if name != "id.resp_h"}
    bad = [
        b"{", b"[]", b"1", b"garbage", CONN | {"ts": -1}, CONN | {"id.orig_h": "x"}, CONN | {"id.orig_p": 70000},
        CONN | {"orig_bytes": -1}, CONN | {"orig_bytes": "1"}, CONN | {"proto": 6}, without, CONN | {"ts": None},
        json.dumps(CONN).encode().replace(b"1.5", b"NaN"), json.dumps(CONN).encode().replace(b"1.5", b"1e999"),
        b"[" * 100_000, b'{"a":' * 100_000, json.dumps(CONN).encode().replace(b"CA", b"\xff"),
    ]  # fmt: skip
    found, faults = read(CONN, *bad, CONN)
    assert found == [RECORD, RECORD]
    assert faults.lines == len(bad)
    assert faults.damage("x")[0].offset == len(json.dumps(CONN)) + 1


def test_what_is_needed_and_absent_is_empty_text() -> None:
    line = {name: value for name, value in CONN.items() if name not in ("uid", "conn_state")}
    found, _ = read(line)
    assert (found[0].uid, found[0].conn_state) == ("", "")


def test_files_of_older_versions() -> None:
    line = {
        "ts": 1.0, "fuid": "F1", "tx_hosts": ["1.2.3.4"], "rx_hosts": ["10.0.0.1"], "conn_uids": ["CA"],
        "source": "HTTP", "is_orig": False,
    }  # fmt: skip
    expected = FileRecord(
        ts=1.0, uid="CA", orig_h="10.0.0.1", orig_p=0, resp_h="1.2.3.4", resp_p=0, fuid="F1", source="HTTP"
    )
    assert read(line, log="files")[0] == [expected]
    assert read(line | {"tx_hosts": 7}, log="files")[1].lines == 1


@given(records())
@PATIENT
def test_what_is_written_is_read_back(record: Record) -> None:
    file = io.BytesIO()
    JsonEncoder(file, type(record)).write([record])
    found, faults = read(file.getvalue().removesuffix(b"\n"), log=record.path)
    assert faults.damage("x") == []
    assert [msgspec.to_builtins(again) for again in found] == [msgspec.to_builtins(record)]


SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
NESTED = st.lists(SIMPLE, max_size=3) | st.dictionaries(st.text(max_size=4), SIMPLE, max_size=3)
VALUES = SIMPLE | NESTED | st.lists(NESTED, max_size=2)


@given(
    st.dictionaries(st.sampled_from([*CONN, "orig_pkts", "duration", "tunnel_parents", "_path", "local_orig"]), VALUES)
)
def test_any_object_is_read_or_counted(changes: dict[str, object]) -> None:
    found, faults = read(CONN | changes)
    assert len(found) + faults.lines <= 1


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_counted(line: bytes) -> None:
    found, faults = read(line)
    assert len(found) + faults.lines <= 1
