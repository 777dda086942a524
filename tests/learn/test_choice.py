import pytest

from botwarden.core.errors import ConfigError
from botwarden.learn.choice import Choice, chosen
from botwarden.learn.plan import TrainPlan

CHOICES = {"plan": Choice("plan", "TrainPlan", "what to do"), "lost": Choice("no_such_module", "Lost", "nothing")}


def test_a_class_is_imported_by_its_name() -> None:
    assert chosen("thing", "plan", CHOICES) is TrainPlan


def test_an_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="there is no thing 'flan'; choose from plan, lost"):
        chosen("thing", "flan", CHOICES)


def test_what_cannot_be_imported_is_of_the_extra() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'botwarden\[train\]'"):
        chosen("thing", "lost", CHOICES)
