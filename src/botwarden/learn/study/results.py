"""What the study found, as values: the content of ``results.json``."""

import msgspec

from botwarden.learn.explanation import Explanation
from botwarden.learn.results import Evaluation
from botwarden.learn.study.classes import ClassRun
from botwarden.learn.study.devices import DeviceResult, Sweep


class DetectorStage(msgspec.Struct, frozen=True, kw_only=True):
    """All detectors, without or with the columns that carry the date, on the same rows."""

    dates: bool
    evaluation: Evaluation
    devices: dict[str, list[DeviceResult]]
    """By the detector's name."""
    sweep: list[Sweep]
    """Of the published detector."""
    seconds: dict[str, float]
    """What training took."""
    histories: dict[str, list[float]]
    """Of the detector for all rows: the error on the optimise rows, epoch by epoch."""
    splits: dict[str, str]


class FisherTable(msgspec.Struct, frozen=True, kw_only=True):
    """Features by how well they tell classes apart, the best first."""

    title: str
    classes: list[str]
    columns: list[str]
    scores: list[float | None]
    """None where each class has one value throughout."""
    dates: bool


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """The whole."""

    botwarden: str
    folder: str
    quick: bool
    seed: int
    benign: int
    attack: int
    devices: list[str]
    ordered: bool
    machine: str
    detectors: list[DetectorStage]
    fisher: list[FisherTable]
    classifiers: list[ClassRun]
    explanations: list[Explanation]
    missing: list[str]
    """What could not be made of these rows, a line each."""
