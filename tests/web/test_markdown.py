import re

import pytest

import documents
from botwarden.core.document import Column, Document, Figure, Section, Table
from botwarden.web.markdown import render


def test_the_text_holds_what_the_document_says() -> None:
    text = render(documents.study())
    assert text.startswith("# Evaluation of camera.model\n\n**It finds 99.9 % of the attacks**\n\n- At 0.1 %")
    assert "\n> **Mind:** It was trained with dates.\n" in text
    assert "\n## Attacks\n\n> **Mind:** Few rows.\n\nWhat was found.\n\n### Per attack\n" in text
    assert "| Attack | Recall |\n| --- | --: |\n| **mirai.scan** | **0.999** |\n| gafgyt.udp | 0.5 |\n" in text
    assert "Rows of `benign_test` were not seen" in text
    assert "![ROC](roc.png)\n\nHigher is better." in text
    assert "| Recall | 0.999 | 32,491 rows |" in text
    assert "Files: a.csv, b.csv" in text


def test_text_from_strangers_stays_text() -> None:
    text = render(documents.hostile())
    assert "\x1b" not in text
    assert "\u202e" not in text
    for sign in ("<", "[x", "|[", "`"):
        assert not re.search(rf"(?<!\\){re.escape(sign)}s?cript", text)
    assert not re.search(r"(?<!\\)\]\(javascript", text)
    cells = [line for line in text.splitlines() if line.startswith("| ") and "script" in line]
    assert cells
    assert all(len(re.findall(r"(?<!\\)\|", line)) in (2, 4) for line in cells)


@pytest.mark.parametrize(("text", "shown"), [("1. a", "1\\. a"), ("- a", "\\- a"), ("+ a", "\\+ a"), ("1 a", "1 a")])
def test_a_paragraph_does_not_become_a_list(text: str, shown: str) -> None:
    document = Document(title="t", headline="h", sections=[Section(title="s", text=[text])])
    assert f"\n{shown}\n" in render(document)


def test_a_bar_in_code_does_not_end_a_cell() -> None:
    table = Table(columns=[Column("a")], rows=[["`a|b`"]])
    text = render(Document(title="t", headline="h", sections=[Section(title="s", tables=[table])]))
    assert "| `a\\|b` |" in text


def test_figures_of_one_name_are_refused() -> None:
    twice = [Figure(name="a", title="t", png=b"")] * 2
    with pytest.raises(ValueError, match="two figures"):
        render(Document(title="t", headline="h", sections=[Section(title="s", figures=twice)]))
