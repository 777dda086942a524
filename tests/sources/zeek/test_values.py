import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Column
from botwarden.sources.zeek.values import checker, from_json, parser


def column(type_: str) -> Column:
    """A column of a type; ``ts`` for that of a record's own time."""
    return Column(*(("ts", "ts", "time") if type_ == "ts" else ("x", "x", type_)), None, True)


def parse(type_: str, cell: str) -> Any:
    return parser(column(type_), ",", "(empty)", "-")(cell)


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("time", "1545403816.962094", 1545403816.962094),
        ("time", "-2208988800.000000", -2208988800.0),  # NTP's beginning of time
        ("ts", "1545403816.962094", 1545403816.962094),
        ("interval", "-0.5", -0.5),
        ("double", "1e-3", 0.001),
        ("count", "18446744073709551615", 2**64 - 1),
        ("int", "-9223372036854775808", -(2**63)),
        ("port", "65535", 65535),
        ("bool", "T", True),
        ("bool", "F", False),
        ("addr", "2001:DB8:0::1", "2001:db8::1"),
        ("addr", "192.168.1.2", "192.168.1.2"),
        ("string", "a\\x09b", "a\tb"),
        ("string", "(empty)", ""),
        ("string", "\\x28empty)", "(empty)"),
        ("enum", "Notice::ACTION_LOG", "Notice::ACTION_LOG"),
        ("set[string]", "(empty)", ()),
        ("set[string]", "a\\x2cb,c", ("a,b", "c")),
        ("vector[string]", "a,-,\\x2d,(empty)", ("a", "-", "")),
        ("vector[count]", "1,3,6", (1, 3, 6)),
        ("vector[interval]", "60.000000,-,0.500000", (60.0, 0.5)),
        ("set[addr]", "::1", ("::1",)),
    ],
)
def test_cells_are_read(type_: str, cell: str, value: object) -> None:
    assert parse(type_, cell) == value


@pytest.mark.parametrize(
    ("type_", "cell"),
    [
        ("ts", "-1.0"), ("ts", "nan"),
        ("time", "nan"), ("time", "inf"), ("time", "1e300"), ("time", ""), ("time", "XXXX.XX"),
        ("time", "1_0"), ("time", "9" * 50), ("interval", "nan"), ("interval", "-1e12"), ("double", "inf"),
        ("count", "-1"), ("count", "18446744073709551616"), ("count", "1.0"), ("count", ""), ("count", "٣"),
        ("count", " 1"), ("count", "9" * 5000), ("int", "--1"), ("int", "9223372036854775808"), ("int", "-"),
        ("port", "65536"), ("port", "80/tcp"), ("bool", "true"), ("bool", ""),
        ("addr", "1.2.3"), ("addr", "localhost"), ("addr", "fe80::1%eth0"), ("addr", "01.2.3.4"), ("addr", ""),
        ("vector[count]", "1,,2"), ("set[addr]", "::1,x"),
    ],
)  # fmt: skip
def test_cells_that_make_no_sense_raise(type_: str, cell: str) -> None:
    with pytest.raises(ValueError, match=r"no|neither"):
        parse(type_, cell)


@given(
    st.sampled_from(["time", "interval", "double", "count", "int", "port", "bool", "addr", "vector[count]"]), st.text()
)
def test_any_cell_gives_a_value_or_valueerror(type_: str, cell: str) -> None:
    try:
        value = parse(type_, cell)
    except ValueError:
        return
    assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("time", 1545403816.962094, 1545403816.962094),
        ("time", 1545403816962, 1545403816.962),
        ("time", "2018-12-21T14:50:16.962094Z", 1545403816.962094),
        ("time", "2018-12-21T14:50:16.962094", 1545403816.962094),
        ("ts", 1545403816962, 1545403816.962),
        ("time", "1900-01-01T00:00:00Z", -2208988800.0),
        ("count", 7.0, 7),
        ("count", 2**64 - 1, 2**64 - 1),
        ("int", -7, -7),
        ("port", 80, 80),
        ("bool", True, True),
        ("addr", "2001:DB8::1", "2001:db8::1"),
        ("string", "\\xff", "\\xff"),
        ("set[string]", ["a", None, "b"], ("a", "b")),
        ("vector[count]", [], ()),
    ],
)
def test_json_values_are_read(type_: str, value: object, expected: object) -> None:
    assert from_json(column(type_))(value) == expected


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("time", "yesterday"), ("ts", -1), ("ts", "1969-12-31T00:00:00Z"),
        ("time", -1e12), ("time", True), ("time", [1]), ("time", "9" * 5000), ("time", 10**400),
        ("interval", 1e300), ("count", -1), ("count", 1.5), ("count", "1"), ("count", True), ("count", 2**64),
        ("int", 1.0), ("int", 2**63), ("port", 65536), ("bool", 1), ("bool", "T"), ("addr", 1), ("addr", "x"),
        ("string", 1), ("set[string]", "a"), ("set[string]", [1]), ("vector[count]", {"a": 1}),
    ],
)  # fmt: skip
def test_json_values_that_make_no_sense_raise(type_: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"no|neither"):
        from_json(column(type_))(value)


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("ts", 1.0, -1.0), ("time", -1.0, 1e12), ("interval", -1.0, 1e12), ("double", 1.0, math.inf), ("count", 0, -1),
        ("port", 65535, 65536), ("addr", "::1", "x"), ("vector[count]", (1, 2), (1, -2)),
        ("set[addr]", ("::",), ("x",)),
    ],
)  # fmt: skip
def test_values_of_the_right_type_are_checked(type_: str, good: object, bad: object) -> None:
    check = checker(column(type_))
    assert check is not None
    check(good)
    with pytest.raises(ValueError, match="no"):
        check(bad)


def test_text_needs_no_check() -> None:
    assert checker(column("string")) is None
    assert checker(column("set[string]")) is None
