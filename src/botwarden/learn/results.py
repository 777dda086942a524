"""What an evaluation found, as values: the content of ``results.json``."""

from typing import Literal

import msgspec

from botwarden.learn.curves import AtRate, Points
from botwarden.learn.metrics import Bin, ClassScore, Counts, Rate
from botwarden.learn.timing import Detection, FalseAlarms

Kind = Literal["detector", "classifier", "both", "baseline"]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged."""

    name: str
    kind: Kind
    text: str = ""
    """A line on what it is."""
    columns: int | None = None
    """How many columns it uses."""
    dates: bool = False
    """Whether columns that carry the date of the capture are among them."""
    window: int = 1
    """Rows whose majority decides on an alarm."""
    rules: list[str] = []
    """How its thresholds were found."""
    identity: str = ""
    """SHA-256 of the model file."""


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """How well scores put attacks above benign rows, whatever the threshold."""

    auc: float | None
    auc_low: list[float | None]
    """Area up to each of `botwarden.learn.curves.LOW_RATES`, divided by it."""
    average_precision: float | None
    at: list[AtRate]
    points: Points


class GroupResult(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one device and attack, or its benign rows; an empty device or attack stands for all of them."""

    device: str
    attack: str
    benign: bool
    flagged: Rate
    """Rows that were called anomalous: true positives of an attack, false positives of benign rows."""
    alarmed: Rate
    """The same by majority window."""
    at: list[AtRate] = []
    """Of an attack: recall against the benign rows of the same device, or all where it has none."""
    auc: float | None = None
    counts: Counts | None = None
    """Of an attack: its rows together with those benign rows."""


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """Rows by score. ``edges``: k + 1 rising; rows outside of them are in the outermost bins."""

    edges: list[float]
    benign: list[int]
    attack: list[int]
    threshold: float | None
    """Where there is a single one."""
    relative: bool
    """Whether scores are told in multiples of the threshold."""
    logarithmic: bool


class SweepRow(msgspec.Struct, frozen=True):
    """A threshold of mean + n · std of benign scores, and what comes of it on other rows."""

    n: int
    threshold: float
    counts: Counts


class ClassResult(msgspec.Struct, frozen=True, kw_only=True):
    """How well rows are named."""

    true: list[str]
    """What rows are, in the order of the matrix' rows: the model's classes, then those that it does not know."""
    said: list[str]
    """The model's classes."""
    matrix: list[list[int]]
    unnamed: int
    """Rows that the model gave no name."""
    scores: list[ClassScore]
    accuracy: float | None
    """Of rows whose class the model knows, the share with the right name."""
    macro_f1: float | None
    reliability: list[Bin]
    calibration_error: float | None
    most_common: float | None
    """Accuracy of always naming the most common class."""


class Shuffled(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of rows that a model calls anomalous, before and after the date columns were dealt out anew among them."""

    rows: int
    tpr: float
    fpr: float
    tpr_after: float
    fpr_after: float


class ModelResult(msgspec.Struct, frozen=True, kw_only=True):
    """All about one model, or one baseline."""

    about: About
    counts: Counts
    tpr: Rate
    fpr: Rate
    precision: float | None
    f1: float | None
    accuracy: float | None
    balanced_accuracy: float | None
    mcc: float | None
    unjudged: int
    """Rows for which the model has neither a detector nor a classifier."""
    window_tpr: Rate
    window_fpr: Rate
    clean_window: int | None
    """The smallest majority window that raises no alarm on the benign rows; None: no window up to 1,000 does."""
    ranking: Ranking
    window_ranking: Ranking | None
    """By majority window; None where the window is a single row."""
    histogram: Histogram | None
    sweep: list[SweepRow]
    groups: list[GroupResult]
    """Per device and attack."""
    devices: list[GroupResult]
    """Per device, all of its attacks; and its benign rows."""
    attacks: list[GroupResult]
    """Per attack, on all devices."""
    detections: list[Detection]
    false_alarms: list[FalseAlarms]
    classes: ClassResult | None
    shuffled: Shuffled | None = None
    """Of a model that uses the columns that carry the date of the capture: how much it rests on them."""


class DateTwin(msgspec.Struct, frozen=True, kw_only=True):
    """Two reference models that differ in one thing: whether they see the columns that carry the capture's date."""

    name: str
    with_dates: list[AtRate]
    without: list[AtRate]
    auc_with: float | None
    auc_without: float | None


class DateEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What the columns that carry the date do to these rows."""

    columns: list[str]
    fitted: int
    judged: int
    """Rows that the references were fitted on, and that they were judged on."""
    twins: list[DateTwin]
    alone: float | None
    """Area under the ROC curve of a classifier that sees nothing but those columns."""
    differs: bool
    """Whether they change the result by more than `botwarden.learn.dates.TOLERATED`."""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole."""

    botwarden: str
    rows: int
    benign: int
    attack: int
    devices: list[str]
    sources: list[str]
    timed: bool
    """Whether all rows carry the time of their capture."""
    days: float | None
    """Device-days of benign traffic."""
    models: list[ModelResult]
    baselines: list[ModelResult]
    dates: DateEffect | None
    """None where it could not be measured."""
    dates_reason: str = ""
    """Why not."""
