"""`Document`: a study to be read: sections of text, tables and figures, drawn as a page or as Markdown alike.

Values only: those who measure fill it, `botwarden.web.document` and `botwarden.web.markdown` render it. All texts are
plain; what stands between two backticks is shown as code. Nothing needs to be escaped, nor made printable.
"""

import re
from typing import Final

import msgspec

FIGURE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
"""What the name of a figure may be: it becomes the name of a file."""


class Column(msgspec.Struct, frozen=True):
    """A column of a table."""

    title: str
    number: bool = False
    """Whether it holds numbers, which are set flush right."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Cells as text, row by row; each row is as long as ``columns``."""

    columns: list[Column]
    rows: list[list[str]]
    title: str = ""
    text: str = ""
    """A sentence or two below it: how to read it."""
    strong: list[int] = []
    """Numbers of the rows that stand out, such as the best."""
    folded: bool = False
    """Whether it is long and only shown when asked for."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A picture."""

    name: str
    """Unique within the document, matches `FIGURE_NAME`; its file is called ``<name>.png``."""
    title: str
    text: str = ""
    """What is to be seen, for those who see it and those who don't."""
    png: bytes
    dark: bytes = b""
    """The same on a dark ground; empty where there is none."""
    wide: bool = False
    """Whether it takes the whole width of a page."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part with a heading. Shown in this order: warnings, text, tables, figures."""

    title: str
    text: list[str] = []
    """Paragraphs."""
    warnings: list[str] = []
    """What keeps the numbers below from being taken at face value."""
    tables: list[Table] = []
    figures: list[Figure] = []


class Card(msgspec.Struct, frozen=True):
    """One figure of the summary: what, how much, and a few words on it."""

    title: str
    value: str
    text: str = ""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The whole."""

    title: str
    """What it is: ``Evaluation of camera.model``."""
    headline: str
    """The result in a sentence."""
    summary: list[str] = []
    """What else the reader must know, point by point."""
    warnings: list[str] = []
    """The same, where it spoils the numbers."""
    cards: list[Card] = []
    sections: list[Section] = []
    sources: list[str] = []
    """Files that it is about."""
    made: str = ""
    """How and when it was made, in a sentence."""


def figures(document: Document) -> dict[str, Figure]:
    """All figures by name. Raises ValueError for a name that is used twice or cannot name a file."""
    found: dict[str, Figure] = {}
    for section in document.sections:
        for figure in section.figures:
            if not FIGURE_NAME.fullmatch(figure.name):
                raise ValueError(f"{figure.name!r} cannot name a figure")
            if figure.name in found:
                raise ValueError(f"two figures are called {figure.name}")
            found[figure.name] = figure
    return found


def spans(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is code: what stands between two backticks. A single one stays text."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]
