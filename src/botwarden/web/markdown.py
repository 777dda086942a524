"""A `Document` as Markdown (GitHub's) whose pictures are files beside it."""

import re
from typing import Final

from botwarden._version import __version__
from botwarden.core.document import Document, Figure, Section, Table, figures, spans
from botwarden.core.text import printable
from botwarden.web.document import CELL_LENGTH, ROWS, TEXT_LENGTH

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_LINE_START: Final = re.compile(r"^([-+=]|\d+[.)])")


def render(document: Document) -> str:
    """The text; figures are expected as ``<name>.png`` beside it. Raises ValueError as `botwarden.web.document`."""
    figures(document)
    blocks = [f"# {_inline(document.title)}", f"**{_inline(document.headline)}**"]
    if document.summary:
        blocks.append("\n".join(f"- {_inline(point)}" for point in document.summary))
    blocks += [_warning(warning) for warning in document.warnings]
    if document.cards:
        cells = [[card.title, card.value, card.text] for card in document.cards]
        blocks.append(_grid(["", "", ""], [False, True, False], cells, []))
    for section in document.sections:
        blocks += _section(section)
    sources = ", ".join(_inline(source, CELL_LENGTH) for source in document.sources)
    blocks += [f"Files: {sources}"] if sources else []
    blocks.append(f"{_inline(document.made)} Written by botwarden {_inline(__version__)}.".strip())
    return "\n\n".join(blocks) + "\n"


def _section(section: Section) -> list[str]:
    blocks = [f"## {_inline(section.title)}"]
    blocks += [_warning(warning) for warning in section.warnings]
    blocks += [_paragraph(paragraph) for paragraph in section.text]
    for table in section.tables:
        blocks += _table(table)
    for figure in section.figures:
        blocks += _figure(figure)
    return blocks


def _table(table: Table) -> list[str]:
    blocks = [f"### {_inline(table.title)}"] if table.title else []
    titles, numbers = [column.title for column in table.columns], [column.number for column in table.columns]
    blocks.append(_grid(titles, numbers, table.rows[:ROWS], table.strong))
    if len(table.rows) > ROWS:
        blocks.append(f"… and {len(table.rows) - ROWS} more rows: results.json has all.")
    return blocks + ([_paragraph(table.text)] if table.text else [])


def _grid(titles: list[str], numbers: list[bool], rows: list[list[str]], strong: list[int]) -> str:
    lines = [_cells(titles), _cells_raw(["--:" if number else "---" for number in numbers])]
    for number, row in enumerate(rows):
        cells = [_inline(cell, CELL_LENGTH) for cell in row]
        lines.append(_cells_raw([f"**{cell}**" if number in strong and cell else cell for cell in cells]))
    return "\n".join(lines)


def _cells(texts: list[str]) -> str:
    return _cells_raw([_inline(text, CELL_LENGTH) for text in texts])


def _cells_raw(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _figure(figure: Figure) -> list[str]:
    blocks = [f"### {_inline(figure.title)}", f"![{_inline(figure.title)}]({figure.name}.png)"]
    return blocks + ([_paragraph(figure.text)] if figure.text else [])


def _warning(text: str) -> str:
    return f"> **Mind:** {_inline(text)}"


def _paragraph(text: str) -> str:
    """A paragraph; its first character does not make a list or a heading of it."""
    return _LINE_START.sub(lambda match: match[1][:-1] + "\\" + match[1][-1], _inline(text))


def _inline(text: str, limit: int = TEXT_LENGTH) -> str:
    """Plain text with Markdown's signs escaped; code stays code, but a bar would end a table's cell even there."""
    pieces = spans(printable(text, limit))
    return "".join("`" + piece.replace("|", "\\|") + "`" if code else _escape(piece) for piece, code in pieces)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
