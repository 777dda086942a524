"""A `Document` as one HTML page with its pictures in it: no script, no request.

Its content security policy allows its own style sheet and pictures that are part of the page, nothing else.
"""

import base64
from functools import cache
from typing import Final

import jinja2
from markupsafe import Markup, escape

from botwarden._version import __version__
from botwarden.core.document import Document, Figure, Section, figures, spans
from botwarden.core.text import printable
from botwarden.web.page import environment, style

TEXT_LENGTH: Final = 4_000
"""Characters of a paragraph."""
CELL_LENGTH: Final = 200
"""Characters of a table's cell."""
ROWS: Final = 2_000
"""Rows of a table; the JSON beside the page has all."""


def render(document: Document) -> str:
    """The page. Raises ValueError where two figures share a name or one's cannot name a file."""
    figures(document)
    sheet = style("report.css", "document.css")
    return (
        _environment()
        .get_template("document.html.j2")
        .render(
            document=document,
            anchors=anchors(document.sections),
            rows=ROWS,
            version=__version__,
            style=sheet.text,
            style_hash=sheet.digest,
        )
    )


def anchors(sections: list[Section]) -> list[str]:
    """A place on the page for each section."""
    return [f"section-{number}" for number in range(1, len(sections) + 1)]


def marked(text: str, limit: int = TEXT_LENGTH) -> Markup:
    """Plain text for a page; what stands between two backticks as code."""
    pieces = spans(printable(text, limit))
    shown = [Markup("<code>{}</code>").format(piece) if code else escape(piece) for piece, code in pieces]
    return Markup("").join(shown)


def _data(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _size(figure: Figure) -> tuple[int, int]:
    """Width and height in pixels, from the picture's header: the page keeps its place free. 0 where it is no PNG."""
    head = figure.png[:24]
    if len(head) < 24 or head[12:16] != b"IHDR":
        return 0, 0
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


@cache
def _environment() -> jinja2.Environment:
    templates = environment()
    templates.filters["marked"] = marked
    templates.filters["cell"] = lambda text: marked(text, CELL_LENGTH)
    templates.filters["plain"] = lambda text: printable(text, TEXT_LENGTH)
    templates.filters["data"] = _data
    templates.filters["size"] = _size
    return templates
