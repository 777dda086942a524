"""Records of every type, as hypothesis draws them."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from botwarden.core.record import Column, Record, columns
from botwarden.core.records import RECORDS

ENDS: dict[str, Any] = {
    "uid": "CHhAvVGS1DHFjwGM9",
    "orig_h": "192.168.1.195",
    "orig_p": 41040,
    "resp_h": "185.244.25.235",
    "resp_p": 80,
}

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
"""For tests that draw records: they have dozens of fields."""

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "-",
        "(empty)",
        "",
        "a,b",
        "\t",
        "\n",
        "\r",
        "\\",
        "\\xff",
        "\\xc3\\xa9",
        "#close",
        '","x":null',
        "é",
        "\x00",
        "\u2028",
    ]
)
ADDRESSES = st.sampled_from(["192.168.1.2", "2001:db8::1", "::", "255.255.255.255", "fe80::1"])
MICROSECONDS = st.integers(0, 4_000_000_000_000_000).map(lambda n: n / 1e6)
COUNTS = st.integers(0, 2**64 - 1)
ONE: dict[str, st.SearchStrategy[Any]] = {
    "time": MICROSECONDS,
    "interval": st.integers(0, 10**12).map(lambda n: n / 1e6),
    "addr": ADDRESSES,
    "port": st.integers(0, 65535),
    "count": COUNTS,
    "int": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "string": TEXT,
    "enum": st.sampled_from(["tcp", "udp", "Notice::ACTION_LOG"]),
}


BEFORE_1970 = st.integers(-2_208_988_800_000_000, 0).map(lambda n: n / 1e6)


def values(column: Column) -> st.SearchStrategy[Any]:
    """Values that a column can hold."""
    if not column.many:
        found = ONE[column.type] | BEFORE_1970 if column.type == "time" and column.name != "ts" else ONE[column.type]
    else:
        item = column.type.partition("[")[2].removesuffix("]")
        # Zeek writes a single empty text as it writes no text at all
        found = st.lists(ONE[item], max_size=4).map(tuple).filter(lambda items: items != ("",))
    return st.none() | found if column.optional else found


def records(*kinds: type[Record]) -> st.SearchStrategy[Record]:
    """Records of some types, or of any."""
    return st.sampled_from(list(kinds) or list(RECORDS.values())).flatmap(_of)


def _of(kind: type[Record]) -> st.SearchStrategy[Record]:
    return st.builds(kind, **{column.attribute: values(column) for column in columns(kind)})
