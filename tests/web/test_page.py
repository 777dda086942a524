import base64
import hashlib

import jinja2
import pytest

from botwarden.web.page import environment, style


def test_what_a_template_is_given_is_escaped_and_what_is_missing_is_an_error() -> None:
    assert environment().from_string("{{ name }}").render(name="<b>") == "&lt;b&gt;"
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ name }}").render()


def test_a_style_sheet_comes_with_its_digest() -> None:
    both = style("report.css", "document.css")
    assert both.text == style("report.css").text + style("document.css").text
    assert base64.b64decode(both.digest) == hashlib.sha256(both.text.encode()).digest()
