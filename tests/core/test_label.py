"""The list of labels is complete and says something about each."""

import pytest

from botwarden.core.label import FAMILIES, LABELS, Label
from botwarden.core.verdict import SEVERITIES


@pytest.mark.parametrize("label", LABELS.values(), ids=lambda label: label.name)
def test_a_label_belongs_to_a_family_and_explains_itself(label: Label) -> None:
    assert label.family in FAMILIES
    assert label.severity in SEVERITIES
    assert label.meaning.endswith(".")
    assert label.title
    assert label.victim_title


def test_names_are_the_keys() -> None:
    assert all(name == label.name for name, label in LABELS.items())


def test_no_two_labels_share_a_title() -> None:
    assert len({label.title for label in LABELS.values()}) == len(LABELS)
