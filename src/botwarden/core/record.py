"""`Record`: one line of a log. Its fields carry their own metadata, from which every format and page is derived.

A field's annotation says its Zeek type (one of the aliases below) and, where Elastic's schema has a name for it, that
name (`Ecs`); the text below the field says what it means. Writers, readers, Parquet schemas and the reference page
read `columns`; nothing else lists fields.
"""

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Final

import msgspec


@dataclass(frozen=True, slots=True)
class Zeek:
    """A field's type in Zeek's words, as its logs' ``#types`` line has it."""

    type: str


@dataclass(frozen=True, slots=True)
class Ecs:
    """A field's name in the Elastic Common Schema, for `botwarden.stores`."""

    name: str


Time = Annotated[float, Zeek("time")]
"""Seconds since 1970, UTC."""
Interval = Annotated[float, Zeek("interval")]
"""Seconds."""
Addr = Annotated[str, Zeek("addr")]
"""An IP address as text."""
Port = Annotated[int, Zeek("port")]
Count = Annotated[int, Zeek("count")]
Int = Annotated[int, Zeek("int")]
Double = Annotated[float, Zeek("double")]
Text = Annotated[str, Zeek("string")]
"""Text from the network, invalid UTF-8 as ``\\xNN``; not yet fit for a terminal (`botwarden.core.text.printable`)."""
Enum = Annotated[str, Zeek("enum")]
Bool = Annotated[bool, Zeek("bool")]
TextSet = Annotated[tuple[str, ...], Zeek("set[string]")]
AddrSet = Annotated[tuple[str, ...], Zeek("set[addr]")]
EnumSet = Annotated[tuple[str, ...], Zeek("set[enum]")]
TextList = Annotated[tuple[str, ...], Zeek("vector[string]")]
CountList = Annotated[tuple[int, ...], Zeek("vector[count]")]
IntervalList = Annotated[tuple[float, ...], Zeek("vector[interval]")]

_ID: Final = {name: f"id.{name}" for name in ("orig_h", "orig_p", "resp_h", "resp_p")}


class Record(msgspec.Struct, frozen=True, kw_only=True, rename=_ID):
    """One line of a log. A field that is absent is None: writers leave it out, or write ``-`` in Zeek's format."""

    path: ClassVar[str]
    """The log's name, ``#path`` in Zeek's words: the file is ``<path>.log``."""

    ts: Annotated[Time, Ecs("@timestamp")]
    """When it happened, by the capture's clock: for a connection its first packet."""


class UidRecord(Record, frozen=True, kw_only=True, rename=_ID):
    """What every record about a connection starts with: whose it is."""

    uid: Annotated[Text, Ecs("event.id")]
    """Identifier of the connection, the same in every log."""
    orig_h: Annotated[Addr, Ecs("source.ip")]
    """Address of who opened the connection."""
    orig_p: Annotated[Port, Ecs("source.port")]
    """Its port; for ICMP the message type."""
    resp_h: Annotated[Addr, Ecs("destination.ip")]
    """Address of who was addressed."""
    resp_p: Annotated[Port, Ecs("destination.port")]
    """Its port; for ICMP the message code, or the type of the answer."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a record type, as the formats need it.

    attribute : in Python
    name : in Zeek's logs
    type : in Zeek's words, such as ``set[string]``
    ecs : its name in the Elastic Common Schema; None where that has none
    optional : whether it may be None
    """

    attribute: str
    name: str
    type: str
    ecs: str | None
    optional: bool

    @property
    def many(self) -> bool:
        """Whether its values are tuples."""
        return self.type.endswith("]")


@cache
def columns(record: type[Record]) -> tuple[Column, ...]:
    """The fields of a record type, in the order of its log. Raises TypeError for a field without a Zeek type."""
    hints = typing.get_type_hints(record, include_extras=True)
    fields = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
    return tuple(_column(attribute, name, hints[attribute]) for attribute, name in fields)


def _column(attribute: str, name: str, hint: Any) -> Column:
    optional = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    parts = [arg for arg in typing.get_args(hint) if arg is not types.NoneType] if optional else [hint]
    notes = [note for part in parts for note in getattr(part, "__metadata__", ())]
    if typing.get_origin(hint) is Annotated:  # Annotated[X | None, …]
        inner = typing.get_args(hint)[0]
        if isinstance(inner, types.UnionType) or typing.get_origin(inner) is typing.Union:
            optional = True
            notes += [note for part in typing.get_args(inner) for note in getattr(part, "__metadata__", ())]
    kinds = [note.type for note in notes if isinstance(note, Zeek)]
    names = [note.name for note in notes if isinstance(note, Ecs)]
    if not kinds:
        raise TypeError(f"{name}: its annotation names no Zeek type")
    return Column(attribute, name, kinds[0], names[0] if names else None, optional)
