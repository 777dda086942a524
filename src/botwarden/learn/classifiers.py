"""The classifiers that can be asked for, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from botwarden.core.errors import ConfigError
from botwarden.learn.estimator import Classifier


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a classifier is, and a line about it for help texts. What it needs is imported when it is taken."""

    module: str
    cls: str
    text: str


CLASSIFIERS: Final[dict[str, Choice]] = {
    "random_forest": Choice("forests", "Forest", "the default: a random forest, most often right"),
    "boosting": Choice("forests", "Boosting", "gradient boosted trees on histograms"),
    "network": Choice("classifier", "Network", "a network with two hidden layers of 64, on ranks: quick, small"),
    "published": Choice("classifier", "Published", "a network with two hidden layers of 8, as in published studies"),
}
DEFAULT: Final = "random_forest"


def classifier(name: str) -> Callable[..., Classifier]:
    """The class of a classifier: called with its settings by name, it makes one.

    Raises ConfigError for a name that there is none of, and where the extra ``train`` is not installed.
    """
    choice = CLASSIFIERS.get(name)
    if choice is None:
        raise ConfigError(f"there is no classifier {name!r}; choose from {', '.join(CLASSIFIERS)}")
    try:
        module = import_module(f"botwarden.learn.{choice.module}")
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        raise ConfigError(f"training needs {missing}, which is missing: pip install 'botwarden[train]'") from error
    found: Any = getattr(module, choice.cls)
    return found  # type: ignore[no-any-return]
