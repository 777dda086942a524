"""The anomaly detectors that can be asked for, by name."""

from collections.abc import Callable, Sequence
from typing import Final

from botwarden.learn.choice import Choice, chosen
from botwarden.learn.estimator import AnomalyDetector

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

    Raises ConfigError as `botwarden.learn.choice.chosen` does.
    """
    made: Callable[..., AnomalyDetector] = chosen("detector", name, DETECTORS)
    return made
