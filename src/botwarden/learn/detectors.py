"""The anomaly detectors that can be asked for, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from botwarden.core.errors import ConfigError
from botwarden.learn.estimator import AnomalyDetector


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a detector is, and a line about it for help texts. What it needs is imported when it is taken."""

    module: str
    cls: str
    text: str
    skips: tuple[str, ...] = ()
    """Statistics whose columns it does better without."""


DETECTORS: Final[dict[str, Choice]] = {
    "denoising": Choice(
        "autoencoder", "Denoising", "an autoencoder trained with noise, on ranks: the best", ("covariance", "pcc")
    ),
    "autoencoder": Choice("autoencoder", "Autoencoder", "an autoencoder with five hidden layers"),
    "published": Choice("autoencoder", "Published", "the autoencoder of the N-BaIoT paper, seven hidden layers"),
    "isolation_forest": Choice("isolation", "Isolation", "an isolation forest: how easily a row is set apart"),
    "kitnet": Choice("kitnet", "KitNet", "small autoencoders of features that go together, as in Kitsune"),
}
DEFAULT: Final = "denoising"


def learned_from(name: str, columns: Sequence[str]) -> list[str]:
    """The columns that a detector learns from, of those that it may; all of these where none would be left.

    Covariances and correlations of the published statistics depend on a gap between packets that was left over from
    before (see ``HH`` and ``HpHp`` in `botwarden.features`), so what they are of benign traffic is not much of a rule.
    """
    skips = DETECTORS[name].skips if name in DETECTORS else ()
    kept = [column for column in columns if column.rpartition("_")[2] not in skips]
    return kept or list(columns)


def detector(name: str) -> Callable[..., AnomalyDetector]:
    """The class of a detector: called with its settings by name, it makes one.

    Raises ConfigError for a name that there is none of, and where the extra ``train`` is not installed.
    """
    choice = DETECTORS.get(name)
    if choice is None:
        raise ConfigError(f"there is no detector {name!r}; choose from {', '.join(DETECTORS)}")
    try:
        module = import_module(f"botwarden.learn.{choice.module}")
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        raise ConfigError(f"training needs {missing}, which is missing: pip install 'botwarden[train]'") from error
    found: Any = getattr(module, choice.cls)
    return found  # type: ignore[no-any-return]
