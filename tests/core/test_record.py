import ast
import importlib.util
import inspect
import itertools
import textwrap
from collections import Counter
from pathlib import Path
from typing import Annotated, ClassVar

import pytest

from botwarden.core.record import Count, Ecs, Record, Text, TextSet, UidRecord, columns
from botwarden.core.records import RECORDS

ZEEK_TYPES = {
    "time", "interval", "string", "addr", "port", "count", "int", "double", "enum", "bool",
    "set[string]", "set[addr]", "set[enum]", "vector[string]", "vector[count]", "vector[interval]",
}  # fmt: skip


class Sample(UidRecord, frozen=True, kw_only=True):
    """A record type for these tests."""

    path: ClassVar[str] = "sample"

    plain: Text | None = None
    named: Annotated[Count | None, Ecs("some.name")] = None
    many: Annotated[TextSet, Ecs("others")] = ()


def test_columns_carry_what_the_annotations_say() -> None:
    by_name = {column.name: column for column in columns(Sample)}
    assert list(by_name)[:6] == ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"]
    assert (by_name["id.orig_h"].attribute, by_name["id.orig_h"].type, by_name["id.orig_h"].ecs) == (
        "orig_h", "addr", "source.ip",
    )  # fmt: skip
    assert (by_name["plain"].optional, by_name["plain"].ecs) == (True, None)
    assert (by_name["named"].optional, by_name["named"].type, by_name["named"].ecs) == (True, "count", "some.name")
    assert (by_name["many"].many, by_name["many"].optional) == (True, False)
    assert not by_name["plain"].many


def test_a_field_without_a_type_is_refused() -> None:
    class Untyped(Record, frozen=True, kw_only=True):
        path: ClassVar[str] = "untyped"
        value: str

    with pytest.raises(TypeError, match="value"):
        columns(Untyped)


def texts(record: type) -> set[str]:
    """The fields of a record type below which a text stands."""
    found: set[str] = set()
    for base in record.__mro__:
        if base.__module__.startswith("botwarden"):
            body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0].body  # type: ignore[attr-defined]
            for field, text in itertools.pairwise(body):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    found.add(ast.unparse(field.target))
    return found


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_every_field_of_every_log_has_a_type_and_a_text(record: type[Record]) -> None:
    assert {column.type for column in columns(record)} <= ZEEK_TYPES
    assert {column.attribute for column in columns(record)} <= texts(record)


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_names_occur_once(record: type[Record]) -> None:
    for names in ([c.name for c in columns(record)], [c.ecs for c in columns(record) if c.ecs]):
        assert max(Counter(names).values()) == 1


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_no_log_has_a_place_for_a_password(record: type[Record]) -> None:
    kept = [c.attribute for c in columns(record) if "password" in c.attribute and c.type == "string"]
    assert kept in ([], ["password"])  # Zeek's column, of which the next test says that nothing fills it


def test_every_log_is_listed_under_its_name() -> None:
    assert all(name == record.path for name, record in RECORDS.items())


def test_the_reference_page_is_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs"
    spec = importlib.util.spec_from_file_location("logs", docs / "logs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (docs / "logs.md").read_text("utf-8") == module.page(), "out of date: run python docs/logs.py"
