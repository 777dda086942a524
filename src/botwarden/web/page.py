"""What all pages have in common: how templates are read, and a style sheet that the page's own policy allows."""

import base64
import hashlib
from typing import Final, NamedTuple

import jinja2
from markupsafe import Markup

_LOADER: Final = jinja2.PackageLoader("botwarden.web")


class Style(NamedTuple):
    """A style sheet and its SHA-256 in Base64, by which a content security policy names it."""

    text: Markup
    digest: str


def environment() -> jinja2.Environment:
    """Our templates, which escape what they are given and fail at what they are not."""
    return jinja2.Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style(*names: str) -> Style:
    """The style sheets of these names as one."""
    text = "".join(_LOADER.get_source(jinja2.Environment(autoescape=True), name)[0] for name in names)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Style(Markup(text), digest)  # noqa: S704 - our own style sheets
