import io
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record, columns
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ntp import NtpRecord
from botwarden.stores.logs.parquet import ParquetEncoder
from records import ENDS, PATIENT, records

pytest.importorskip("pyarrow")


def table(*found: Record) -> Any:
    from pyarrow import parquet

    file = io.BytesIO()
    encoder = ParquetEncoder(file, type(found[0]))
    encoder.write(found)
    encoder.close()
    return parquet.read_table(file)


def test_columns_have_their_types() -> None:
    found = table(ConnRecord(ts=1.0, **ENDS, proto="tcp", conn_state="S0"))
    types = {field.name: str(field.type) for field in found.schema}
    assert types["ts"] == "timestamp[us, tz=UTC]"
    assert types["id.orig_p"] == "int32"
    assert types["orig_bytes"] == "int64"
    assert types["duration"] == "double"
    assert types["local_orig"] == "bool"
    assert types["uid"] == "string"
    assert types["tunnel_parents"].startswith("list<")
    assert list(types) == [column.name for column in columns(ConnRecord)]


def test_values_come_back() -> None:
    row = table(DhcpRecord(ts=1545403816.962094, mac="00:50:c2:12:34:ab", param_list=(1, 3), lease_time=60.0))
    found = {name: value for name, value in row.to_pylist()[0].items() if value is not None}
    assert found == {
        "ts": datetime(2018, 12, 21, 14, 50, 16, 962094, UTC),
        "mac": "00:50:c2:12:34:ab",
        "param_list": [1, 3],
        "lease_time": 60.0,
    }


@given(st.lists(records(HttpRecord), min_size=1, max_size=4) | st.lists(records(NtpRecord), min_size=1, max_size=4))
@PATIENT
def test_any_records_can_be_written(found: list[Record]) -> None:
    assert table(*found).num_rows == len(found)


def test_what_does_not_fit_is_cut_or_absent() -> None:
    row = table(NtpRecord(ts=float("nan"), **ENDS, version=2**64 - 1, mode=3, ref_time=1e300)).to_pylist()[0]
    assert (row["ts"], row["version"], row["ref_time"]) == (None, 2**63 - 1, None)


def test_lone_surrogates_become_bytes() -> None:
    row = table(HttpRecord(ts=1.0, **ENDS, trans_depth=1, uri="\udcff")).to_pylist()[0]
    assert row["uri"] == "\\xff"


def test_without_pyarrow_the_user_is_told_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from botwarden.core.errors import ConfigError\n"
        "from botwarden.stores.logs.parquet import need_parquet\n"
        "try:\n    need_parquet()\n"
        "except ConfigError as error:\n    print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'botwarden[parquet]'" in run.stdout
