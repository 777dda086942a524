"""The classifiers that can be asked for, by name."""

from collections.abc import Callable
from typing import Final

from botwarden.learn.choice import Choice, chosen
from botwarden.learn.estimator import Classifier

CLASSIFIERS: Final[dict[str, Choice]] = {
    "random_forest": Choice("forests", "Forest", "the default: a random forest, most often right"),
    "boosting": Choice("forests", "Boosting", "gradient boosted trees on histograms"),
    "network": Choice("classifier", "Network", "a network with two hidden layers of 64, on ranks: quick, small"),
    "published": Choice("classifier", "Published", "a network with two hidden layers of 8, as in published studies"),
}
DEFAULT: Final = "random_forest"


def classifier(name: str) -> Callable[..., Classifier]:
    """The class of a classifier: called with its settings by name, it makes one.

    Raises ConfigError as `botwarden.learn.choice.chosen` does.
    """
    made: Callable[..., Classifier] = chosen("classifier", name, CLASSIFIERS)
    return made
