import documents
from botwarden.cli.document import ROWS, render
from botwarden.core.document import Column, Document, Section, Table


def test_texts_and_tables_are_shown() -> None:
    text = render(documents.study())
    assert text.startswith("It finds 99.9 % of the attacks\n• At 0.1 % false positives\n! It was trained with dates.\n")
    for words in ("Attacks", "! Few rows.", "What was found.", "Per attack", "Rows of benign_test were not seen"):
        assert words in text
    assert "mirai.scan   0.999\n" in text
    assert "gafgyt.udp     0.5\n" in text


def test_text_from_strangers_stays_text() -> None:
    text = render(documents.hostile(), colour=False)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_colours_are_only_for_those_who_ask() -> None:
    assert "\x1b[" in render(documents.study(), colour=True)


def test_no_line_is_too_long() -> None:
    for width in (40, 80, 100):
        assert max(map(len, render(documents.study(), width=width).splitlines())) <= width


def test_terminals_without_unicode_get_plain_signs() -> None:
    assert render(documents.study(), unicode=False).isascii()


def test_long_and_folded_tables_are_cut() -> None:
    long = Table(columns=[Column("a")], rows=[[f"row {i}"] for i in range(ROWS + 3)])
    folded = Table(title="hidden", columns=[Column("b")], rows=[["secret"]], folded=True)
    text = render(Document(title="t", headline="h", sections=[Section(title="s", tables=[long, folded])]))
    assert "… and 3 more rows" in text
    assert "secret" not in text
