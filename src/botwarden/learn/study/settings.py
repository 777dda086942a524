"""What the study trains: detectors and classifiers, each without and with the columns that carry the date."""

from typing import Final

import msgspec

from botwarden.learn.classes import Classing
from botwarden.learn.detectors import DEFAULT
from botwarden.learn.plan import TrainPlan

CLASSINGS: Final[tuple[Classing, ...]] = ("2", "3", "5", "10", "11")
CLASSIFIERS: Final = ("published", "network", "random_forest", "boosting")
TOPS: Final = (5, 3, 2)
"""Numbers of features that a network with three classes is left with, as in the reproduction."""


class StudySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    quick: bool = False
    """Whether samples stand for the whole, and few epochs for many."""
    seed: int = 0
    per_class: int = 20_000
    """Rows of each class that classifiers are trained and judged with."""
    epochs: int | None = None
    """Of the autoencoders, at most; None: their own."""

    @property
    def per_group(self) -> int | None:
        """Rows of each device and class that are read; None: all."""
        return 2_000 if self.quick else None

    @property
    def classes(self) -> int:
        """Rows of each class, the quick study considered."""
        return min(self.per_class, 1_000) if self.quick else self.per_class


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """Something to train; ``name`` is that of its file."""

    name: str
    title: str
    plan: TrainPlan


def detector_variants(settings: StudySettings, *, ordered: bool, devices: bool, dates: bool) -> list[Variant]:
    """The detectors, all with the same columns.

    ordered : whether rows are in the order of time: then they are divided in thirds, as published; where not, only the
        published recipe is held to that, and the others use all benign rows
    devices : whether rows tell whose they are
    """
    found = []
    for name in dict.fromkeys(("published", DEFAULT, "isolation_forest", "kitnet")):
        epochs = settings.epochs or ({"published": 60, "kitnet": 20}.get(name) if settings.quick else None)
        plan = TrainPlan(
            name=name,
            detector=name,
            detector_settings={"trees": 50} if settings.quick and name == "isolation_forest" else {},
            per="device" if devices else "all",
            split="thirds" if ordered or name == "published" else "cross",
            std=1.0 if name == "published" else None,
            dates=dates,
            ordered=ordered,
            epochs=None if name == "isolation_forest" else epochs,
            seed=settings.seed,
        )
        found.append(_dated(Variant(name=name, title=name.replace("_", " "), plan=plan)))
    return found


def classifier_variants(settings: StudySettings) -> list[Variant]:
    """The classifiers: every algorithm for every set of classes, and a network with few features."""
    found = []
    for dates in (False, True):
        for classing in CLASSINGS:
            for name in CLASSIFIERS:
                plan = _classifier(settings, name, classing, dates)
                found.append(_dated(Variant(name=f"{name}-{classing}", title=name.replace("_", " "), plan=plan)))
        for top in TOPS:
            plan = msgspec.structs.replace(_classifier(settings, "published", "3", dates), top=top)
            found.append(_dated(Variant(name=f"published-3-top-{top}", title=f"published, {top} features", plan=plan)))
    return found


def _classifier(settings: StudySettings, name: str, classing: Classing, dates: bool) -> TrainPlan:
    return TrainPlan(name=name, classifier=name, classes=classing, split="random", dates=dates, seed=settings.seed)


def _dated(variant: Variant) -> Variant:
    if not variant.plan.dates:
        return variant
    return Variant(name=f"{variant.name}-dates", title=f"{variant.title}, with dates", plan=variant.plan)
