import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record, columns
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.http import HttpRecord
from botwarden.stores.logs.zeek import ZeekEncoder
from records import ENDS, PATIENT, records

TS = 1545403816.962094


def written(*found: Record) -> list[list[str]]:
    file = io.BytesIO()
    encoder = ZeekEncoder(file, type(found[0]))
    encoder.write(found)
    encoder.close()
    text = file.getvalue().decode()
    assert text.endswith("\n")
    return [line.split("\t") for line in text[:-1].split("\n")]


def cells(record: Record) -> dict[str, str]:
    lines = written(record)
    names = next(line for line in lines if line[0] == "#fields")[1:]
    return dict(zip(names, lines[8], strict=True))


def test_the_header_is_zeeks() -> None:
    lines = written(ConnRecord(ts=TS, **ENDS, proto="tcp", conn_state="S0"))
    assert lines[:6] == [
        ["#separator \\x09"],
        ["#set_separator", ","],
        ["#empty_field", "(empty)"],
        ["#unset_field", "-"],
        ["#path", "conn"],
        ["#open", "2018-12-21-14-50-16"],
    ]
    assert lines[6][:6] == ["#fields", "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h"]
    assert lines[7][:6] == ["#types", "time", "string", "addr", "port", "addr"]
    assert len(lines[6]) == len(lines[7]) == 1 + len(columns(ConnRecord))
    assert lines[-1] == ["#close", "2018-12-21-14-50-16"]


def test_values_look_as_zeek_writes_them() -> None:
    record = ConnRecord(
        ts=TS, **ENDS, proto="tcp", conn_state="SF", duration=1.5, local_orig=True, local_resp=False, orig_bytes=149,
        tunnel_parents=("CA", "CB"),
    )  # fmt: skip
    found = cells(record)
    assert found["ts"] == "1545403816.962094"
    assert found["id.orig_p"] == "41040"
    assert found["duration"] == "1.500000"
    assert (found["local_orig"], found["local_resp"]) == ("T", "F")
    assert found["orig_bytes"] == "149"
    assert found["service"] == "-"
    assert found["tunnel_parents"] == "CA,CB"


def test_what_could_be_mistaken_is_escaped() -> None:
    record = HttpRecord(
        ts=TS, **ENDS, trans_depth=1, host="", uri="a\tb\nc", user_agent="-", referrer="(empty)", username="\\",
        orig_filenames=("a,b", "-", "", "(empty)"), tags=(),
    )  # fmt: skip
    found = cells(record)
    assert found["host"] == "(empty)"
    assert found["uri"] == "a\\x09b\\x0ac"
    assert found["user_agent"] == "\\x2d"
    assert found["referrer"] == "\\x28empty)"
    assert found["username"] == "\\\\"
    assert found["orig_filenames"] == "a\\x2cb,\\x2d,(empty),\\x28empty)"
    assert found["tags"] == "(empty)"


def test_lists_of_numbers() -> None:
    assert cells(DnsRecord(ts=TS, **ENDS, proto="udp", TTLs=(60.0, 0.5)))["TTLs"] == "60.000000,0.500000"


def test_the_log_is_open_from_its_first_to_its_latest_record() -> None:
    lines = written(*(ConnRecord(ts=ts, **ENDS, proto="tcp", conn_state="S0") for ts in (86400.0, 90000.0, 3600.0)))
    assert lines[5] == ["#open", "1970-01-02-00-00-00"]
    assert lines[-1] == ["#close", "1970-01-02-01-00-00"]


@pytest.mark.parametrize("ts", [float("nan"), float("inf"), 1e30, -1e30])
def test_times_outside_the_calendar_are_written(ts: float) -> None:
    assert written(ConnRecord(ts=ts, **ENDS, proto="tcp", conn_state="S0"))[5] == ["#open", "1970-01-01-00-00-00"]


@given(records())
@PATIENT
def test_every_record_is_one_line_with_all_columns(record: Record) -> None:
    lines = written(record)
    assert [len(line) for line in lines[6:9]] == [n := len(columns(type(record))) + 1, n, n - 1]
    assert len(lines) == 10


@given(st.lists(records(HttpRecord), min_size=2, max_size=5))
@PATIENT
def test_a_record_looks_the_same_in_any_company(found: list[Record]) -> None:
    together = written(*found)[8:-1]
    assert together == [written(record)[8] for record in found]


def test_lone_surrogates_are_written(tmp_path: Path) -> None:
    assert cells(HttpRecord(ts=TS, **ENDS, trans_depth=1, uri="\udcff\ud800"))["uri"] == "\\xff\\xed\\xa0\\x80"
