"""A `Document` on a terminal: its texts and tables, without its pictures."""

import io
from typing import Final

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from botwarden.cli.terminal import ASCII, screen
from botwarden.core.document import Document, Section, Table, spans
from botwarden.core.text import printable

CELL_LENGTH: Final = 80
"""Characters of a table's cell."""
TEXT_LENGTH: Final = 600
"""Characters of a paragraph."""
ROWS: Final = 40
"""Rows of a table."""


def render(document: Document, *, width: int = 80, colour: bool = False, unicode: bool = True) -> str:
    """The document as text for a terminal of ``width`` columns, without control characters but for colours."""
    out = io.StringIO()
    console = screen(out, width, colour)
    console.print(_text(document.headline, "bold"))
    for point in document.summary:
        _bulleted(console, "•", point)
    for warning in document.warnings:
        _bulleted(console, "!", warning, "bold yellow")
    for section in document.sections:
        _section(console, section)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    return text if unicode else text.translate(ASCII)


def _section(console: Console, section: Section) -> None:
    if section.title:
        console.print()
        console.print(_text(section.title, "bold underline"))
    for warning in section.warnings:
        _bulleted(console, "!", warning, "bold yellow")
    for paragraph in section.text:
        console.print(_text(paragraph))
    for table in section.tables:
        if not table.folded:
            _table(console, table)


def _table(console: Console, table: Table) -> None:
    console.print()
    if table.title:
        console.print(_text(table.title, "bold"))
    grid = Grid(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold", pad_edge=False)
    for place, column in enumerate(table.columns):
        grid.add_column(
            _text(column.title, "", CELL_LENGTH),
            justify="right" if column.number else "left",
            no_wrap=place == 0,  # names are cut rather than broken
            overflow="ellipsis" if place == 0 else "fold",
        )
    for number, row in enumerate(table.rows[:ROWS]):
        grid.add_row(*(_text(cell, "bold" if number in table.strong else "", CELL_LENGTH) for cell in row))
    console.print(grid)
    if len(table.rows) > ROWS:
        console.print(Text(f"… and {len(table.rows) - ROWS} more rows", style="dim"))
    if table.text:
        console.print(_text(table.text, "dim"))


def _bulleted(console: Console, bullet: str, sentence: str, style: str = "") -> None:
    """A sentence whose further lines stand under its first word."""
    grid: Grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    line: tuple[RenderableType, RenderableType] = (Text(bullet, style=style), _text(sentence))
    grid.add_row(*line)
    console.print(grid)


def _text(text: str, style: str = "", limit: int = TEXT_LENGTH) -> Text:
    """Plain text; code without its backticks."""
    return Text("".join(piece for piece, _ in spans(printable(text, limit))), style=style)
