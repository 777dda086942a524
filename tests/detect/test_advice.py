"""What to do is said for every label, and docs/labels.md shows it."""

import importlib.util
from pathlib import Path

import pytest

from botwarden.core.label import LABELS
from botwarden.detect.advice import advice

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("label", LABELS)
def test_every_label_has_advice_for_both_roles(label: str) -> None:
    for role in ("attacker", "victim"):
        text = advice(label, role)  # type: ignore[arg-type]
        assert text.endswith(".")
        assert len(text) > 20


def test_the_attacker_and_the_victim_are_told_different_things() -> None:
    assert advice("flood.syn", "attacker") != advice("flood.syn", "victim")
    assert "restart" in advice("scan.mirai", "attacker")
    assert advice("scan.mirai", "attacker") != advice("scan.horizontal", "attacker")


def test_the_page_of_labels_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("labels", DOCS / "labels.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (DOCS / "labels.md").read_text("utf-8")
    assert text == module.page(), "out of date: run python docs/labels.py"
    assert all(f"`{name}`" in text for name in LABELS)
