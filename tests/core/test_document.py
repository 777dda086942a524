import pytest

from botwarden.core.document import Document, Figure, Section, figures, spans


def with_figures(*names: str) -> Document:
    drawn = [Figure(name=name, title="t", png=b"") for name in names]
    return Document(title="t", headline="h", sections=[Section(title="s", figures=drawn)])


def test_figures_are_found_by_name() -> None:
    assert list(figures(with_figures("roc", "time-to-detect"))) == ["roc", "time-to-detect"]


@pytest.mark.parametrize("name", ["", "../x", "a b", "A", "x" * 81, "a.png", "-a"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a figure"):
        figures(with_figures(name))


def test_two_figures_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two figures are called roc"):
        figures(with_figures("roc", "roc"))


def test_code_stands_between_two_backticks() -> None:
    assert spans("see `a_b` and `c`.") == [("see ", False), ("a_b", True), (" and ", False), ("c", True), (".", False)]
    assert spans("it's `a` 5` wide") == [("it's ", False), ("a", True), (" 5` wide", False)]
    assert spans("") == []
