"""A `Document` as one HTML page with its pictures in it: no script, no request.

Its content security policy allows its own style sheet and pictures that are part of the page, nothing else.
"""

import base64
import hashlib
from functools import cache
from typing import Final

import jinja2
from markupsafe import Markup, escape

from botwarden._version import __version__
from botwarden.core.document import Document, Figure, Section, figures, spans
from botwarden.core.text import printable

TEXT_LENGTH: Final = 4_000
"""Characters of a paragraph."""
CELL_LENGTH: Final = 200
"""Characters of a table's cell."""
ROWS: Final = 2_000
"""Rows of a table; the JSON beside the page has all."""


def render(document: Document) -> str:
    """The page. Raises ValueError where two figures share a name or one's cannot name a file."""
    figures(document)
    style = _style()
    return (
        _environment()
        .get_template("document.html.j2")
        .render(
            document=document,
            anchors=anchors(document.sections),
            rows=ROWS,
            version=__version__,
            style=Markup(style),  # noqa: S704 - our own style sheet
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
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
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("botwarden.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    environment.filters["cell"] = lambda text: marked(text, CELL_LENGTH)
    environment.filters["plain"] = lambda text: printable(text, TEXT_LENGTH)
    environment.filters["data"] = _data
    environment.filters["size"] = _size
    return environment


def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    return "".join(loader.get_source(_environment(), name)[0] for name in ("report.css", "document.css"))
