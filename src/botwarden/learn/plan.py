"""`TrainPlan`: everything that was asked of a training, so that it can be repeated."""

from typing import Final, Literal, get_args

import msgspec

from botwarden.core.errors import ConfigError
from botwarden.core.model import ScalerKind
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import printable
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn.classes import CLASSINGS, Classing
from botwarden.learn.thresholds import FALSE_POSITIVES

Per = Literal["auto", "all", "device", "protocol"]
"""For what there is a part of its own. Beside those of devices or protocols there is always one for all rows. ``auto``:
a detector for each device, as what is usual for one hides what is odd for another, and one classifier for all."""
PERS: Final[tuple[Per, ...]] = get_args(Per)
SplitKind = Literal["auto", "cross", "thirds", "time", "random"]
"""``cross``: all benign rows are learned from, and each is scored by a detector that did not learn from it. ``thirds``:
as published. ``time``, ``random``: see `botwarden.learn.splits`. ``auto``: ``cross``, or ``time`` where there are many
rows."""
SPLITS: Final[tuple[SplitKind, ...]] = get_args(SplitKind)
SCALERS: Final[tuple[ScalerKind, ...]] = get_args(ScalerKind)

NONE: Final = "none"
"""The name that stands for no detector, or no classifier."""
MOST_CROSSED: Final = 100_000
"""Benign rows up to which ``auto`` is ``cross``, which takes six times as long."""


class TrainPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How to make a model of rows. `check` says whether it makes sense."""

    name: str = "model"
    """Of the model."""
    detector: str = NONE
    """One of `botwarden.learn.detectors.DETECTORS`, or none."""
    detector_settings: dict[str, int | float | str | list[float]] = {}
    """Hyper-parameters that differ from the detector's own."""
    classifier: str = NONE
    """One of `botwarden.learn.classifiers.CLASSIFIERS`, or none."""
    classifier_settings: dict[str, int | float | str | list[float]] = {}
    classes: Classing = "all"
    per: Per = "all"
    split: SplitKind = "auto"
    scaler: ScalerKind | None = None
    """None: the one that the algorithm works best with."""
    dates: bool = False
    """Whether the columns that carry the date of the capture are learned from."""
    top: int | None = None
    """Learn from so many features, the best by Fisher's score, which takes attack rows; None: from all."""
    std: float | None = None
    """The threshold is the mean plus so many standard deviations of benign scores; None: see `false_positives`."""
    false_positives: float = FALSE_POSITIVES
    """Share of benign rows that may be above the threshold."""
    window: int | None = None
    """Rows whose majority decides; None: the smallest without a false alarm where the order is known, else one."""
    ordered: bool = False
    """Whether rows of each device and class are known to be in the order of time, although they carry no times."""
    epochs: int | None = None
    """Passes over the rows, at most; None: as the algorithm has it."""
    seed: int = 0

    def check(self) -> None:
        """Raise ConfigError for what cannot be used."""
        if self.detector == NONE and self.classifier == NONE:
            raise ConfigError("there is nothing to train: no detector and no classifier was asked for")
        self._choices()
        self._numbers()

    def columns(self, schema: FeatureSchema) -> list[str]:
        """What is learned from, before any selection."""
        return [name for name in schema.columns if self.dates or name not in DATE_COLUMNS]

    def _choices(self) -> None:
        choices: list[tuple[str, str | None, tuple[str, ...]]] = [
            ("classes", self.classes, CLASSINGS), ("per", self.per, PERS), ("split", self.split, SPLITS),
            ("scaler", self.scaler, SCALERS),
        ]  # fmt: skip
        for name, value, known in choices:
            if value is not None and value not in known:
                raise ConfigError(f"{name} cannot be {printable(str(value), 40)!r}; choose from {', '.join(known)}")

    def _numbers(self) -> None:
        if not 0 < self.false_positives < 1:
            raise ConfigError(f"a share of false positives is above 0 and below 1, not {self.false_positives:g}")
        if self.std is not None and not 0 <= self.std <= 1000:
            raise ConfigError(f"a threshold lies 0 to 1,000 standard deviations above the mean, not {self.std:g}")
        if self.window is not None and not 1 <= self.window <= 100_000:
            raise ConfigError(f"a window has 1 to 100,000 rows, not {self.window}")
        if self.top is not None and self.top < 1:
            raise ConfigError(f"at least one feature is needed, not {self.top}")
        if self.epochs is not None and not 1 <= self.epochs <= 1_000_000:
            raise ConfigError(f"epochs must be from 1 to 1,000,000, not {self.epochs}")
        if not 0 <= self.seed < 2**31:
            raise ConfigError(f"a seed is a whole number from 0 to 2^31 - 1, not {self.seed}")
