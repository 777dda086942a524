import io
import json
from typing import Any

from hypothesis import given

from botwarden.core.record import Record, columns
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ntp import NtpRecord
from botwarden.stores.logs.json_lines import JsonEncoder, encodable
from records import ENDS, PATIENT, records


def written(*found: Record) -> list[dict[str, Any]]:
    file = io.BytesIO()
    encoder = JsonEncoder(file, type(found[0]))
    encoder.write(found)
    encoder.close()
    assert file.getvalue().endswith(b"\n")
    return [json.loads(line) for line in file.getvalue()[:-1].split(b"\n")]


def test_absent_fields_are_left_out_and_false_and_zero_are_not() -> None:
    record = ConnRecord(ts=1.5, **ENDS, proto="tcp", conn_state="S0", local_orig=False, orig_bytes=0)
    assert written(record) == [
        {
            "ts": 1.5, "uid": "CHhAvVGS1DHFjwGM9", "id.orig_h": "192.168.1.195", "id.orig_p": 41040,
            "id.resp_h": "185.244.25.235", "id.resp_p": 80, "proto": "tcp", "orig_bytes": 0, "conn_state": "S0",
            "local_orig": False, "missed_bytes": 0, "orig_pkts": 0, "orig_ip_bytes": 0, "resp_pkts": 0,
            "resp_ip_bytes": 0,
        }
    ]  # fmt: skip


@given(records())
@PATIENT
def test_what_is_present_is_in_the_line(record: Record) -> None:
    expected = {c.name: getattr(record, c.attribute) for c in columns(type(record))}
    expected = {name: list(v) if isinstance(v, tuple) else v for name, v in expected.items() if v is not None}
    assert written(record) == [expected]


def test_text_that_looks_like_an_absent_field_stays() -> None:
    texts = ['","uri":null', ',"uri":null', '\\",\\"uri\\":null', ","]
    found = [HttpRecord(ts=1.0, **ENDS, trans_depth=1, host=text, method="x,") for text in texts]
    assert [line["host"] for line in written(*found)] == texts


def test_numbers_that_json_has_no_word_for_are_left_out() -> None:
    record = NtpRecord(ts=1.0, **ENDS, version=4, mode=3, poll=float("nan"), precision=float("inf"))
    assert {"poll", "precision"}.isdisjoint(written(record)[0])


def test_lone_surrogates_become_bytes() -> None:
    record = HttpRecord(ts=1.0, **ENDS, trans_depth=1, uri="a\udcff\x01", orig_filenames=("\ud800", "b"))
    assert written(record)[0]["uri"] == "a\\xff\x01"
    assert encodable(record).orig_filenames == ("\\xed\\xa0\\x80", "b")
