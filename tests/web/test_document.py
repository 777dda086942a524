import base64
import hashlib
import re
from pathlib import Path

import pytest

import documents
from botwarden.core.document import Column, Document, Figure, Section, Table
from botwarden.web.document import ROWS, render
from pages import CHROMIUM, Page, browse


def test_the_page_holds_what_the_document_says() -> None:
    page = Page(render(documents.study()))
    for words in (
        "Evaluation of camera.model", "It finds 99.9 % of the attacks", "At 0.1 % false positives",
        "It was trained with dates.", "Recall", "32,491 rows", "Attacks", "Few rows.", "What was found.", "Per attack",
        "gafgyt.udp", "0.999", "Rows of benign_test were not seen in training.", "ROC", "Higher is better.", "a.csv",
        "Made in 3 s.",
    ):  # fmt: skip
        assert words in page.text, words
    assert "code" in {tag for tag, _ in page.elements}
    assert page.text.index("Attacks") < page.text.index("Per attack") < page.text.rindex("ROC")


def test_pictures_are_in_the_page_and_keep_their_place() -> None:
    page = Page(render(documents.study()))
    (image,) = page.attributes("img")
    (dark,) = page.attributes("source")
    assert image["src"] == "data:image/png;base64," + base64.b64encode(documents.png()).decode()
    assert dark["srcset"] == "data:image/png;base64," + base64.b64encode(documents.png(grey=20)).decode()
    assert (image["width"], image["height"]) == ("4", "3")
    assert image["alt"] == "ROC: Higher is better."


@pytest.mark.parametrize("document", [documents.study(), documents.hostile()], ids=["study", "hostile"])
def test_the_page_asks_for_nothing_and_runs_nothing(document: Document) -> None:
    text = render(document)
    page = Page(text)
    assert not {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "base", "form"}
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("style", "action") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#"), tag
        assert (attributes.get("src") or "data:image/png;base64,").startswith("data:image/png;base64,")
    assert "url(" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_policy_names_the_style_sheet_of_the_page() -> None:
    text = render(documents.study())
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'; img-src data:" in text


def test_links_of_the_contents_lead_somewhere() -> None:
    page = Page(render(documents.study()))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for attributes in page.attributes("a")]
    assert len(links) == 3
    assert {str(link)[1:] for link in links} <= set(ids)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_a_browser_shows_the_page_and_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    shown, said = browse(tmp_path / "report.html", render(documents.study()))
    assert "It finds 99.9 % of the attacks" in shown
    assert "CONSOLE" not in said, "the page breaks its own policy"


def test_rows_that_stand_out_and_numbers_are_marked() -> None:
    page = Page(render(documents.study()))
    assert [row.get("class") for row in page.attributes("tr")] == [None, "strong", None]
    assert [cell.get("class") for cell in page.attributes("td")] == [None, "right", None, "right"]


def test_a_table_of_too_many_rows_is_cut_and_says_so() -> None:
    table = Table(columns=[Column("a")], rows=[[str(i)] for i in range(ROWS + 5)])
    page = Page(render(Document(title="t", headline="h", sections=[Section(title="s", tables=[table])])))
    assert len(page.attributes("td")) == ROWS
    assert "and 5 more rows" in page.text


def test_figures_of_one_name_are_refused() -> None:
    twice = [Figure(name="a", title="t", png=b"")] * 2
    with pytest.raises(ValueError, match="two figures"):
        render(Document(title="t", headline="h", sections=[Section(title="s", figures=twice)]))


def test_an_empty_document_is_a_page() -> None:
    assert "h" in Page(render(Document(title="t", headline="h"))).text
