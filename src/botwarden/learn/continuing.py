"""A model that learns on from new benign rows: see `botwarden.learn.online`, which does it for one detector."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError, DataError, SchemaMismatch
from botwarden.core.model import DataFile, DetectorPart, Model, Training
from botwarden.core.row import Rows
from botwarden.core.text import plural, printable
from botwarden.detect.models.dispatch import Dispatch
from botwarden.detect.models.parts import scaler_of
from botwarden.learn.card import card
from botwarden.learn.estimator import Progress
from botwarden.learn.loop import part_of
from botwarden.learn.online import LEAST_ROWS, learn_on
from botwarden.learn.training import Trained, versions


def learn_further(
    model: Model,
    rows: Rows,
    *,
    name: str | None = None,
    files: Sequence[DataFile] = (),
    verdicts: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> Trained:
    """The model after a batch of benign rows, those of each device in the order of time; its classifiers stay.

    name : of the new model; None: the old one's
    verdicts : what other detectors say at the moment, such as ``scan.mirai of camera``: any stops learning

    Raises ConfigError while anything is alarmed and where the model has no detector that can learn on, DataError where
    no detector gets enough rows, SchemaMismatch.
    """
    started = time.monotonic()
    manifest = model.manifest
    _check(model, rows)
    places = Dispatch(manifest.detectors).places(rows.groups, rows.group, rows.proto)
    parts: list[DetectorPart] = []
    networks, arrays = dict(model.networks), dict(model.arrays)
    learned: list[str] = []
    for number, part in enumerate(manifest.detectors):
        mine = np.flatnonzero(places == number)
        if len(mine) < LEAST_ROWS:
            parts.append(part)
            continue
        told = part_of(progress, number / len(manifest.detectors), 1 / len(manifest.detectors))
        chosen, codes = _columns(rows, part, mine)
        x = scaler_of(part, model).apply(np.ascontiguousarray(chosen))
        own = {name: array for name, array in model.arrays.items() if name.startswith(f"{part.name}.")}
        changed, network, fresh = learn_on(
            part,
            model.networks[part.name],
            own,
            x,
            chosen,
            device=codes,
            names=[group.device for group in rows.groups],
            verdicts=verdicts,
            seed=seed,
            progress=told,
        )
        parts.append(changed)
        networks[part.name] = network
        arrays |= fresh
        learned.append(part.name)
    if not learned:
        raise DataError(f"{plural(len(rows), 'row')} is too few to learn on from: a detector needs {LEAST_ROWS}")
    named = ", ".join(printable(name, 40) for name in learned[:5]) + (" …" if len(learned) > 5 else "")
    notes = [
        f"It learned on from {plural(len(rows), 'benign row')} ({named}); what was measured before "
        "that no longer holds exactly: `botwarden evaluate` measures it anew."
    ]
    training = _training(model, files, seed, time.monotonic() - started)
    fresh_manifest = msgspec.structs.replace(
        manifest, name=name or manifest.name, detectors=parts, training=training, metrics={}
    )
    fresh_manifest = msgspec.structs.replace(fresh_manifest, card=card(fresh_manifest, rows, notes))
    return Trained(replace(model, manifest=fresh_manifest, networks=networks, arrays=arrays, identity=""), {}, notes)


def _training(model: Model, files: Sequence[DataFile], seed: int, seconds: float) -> Training:
    """How the model that comes of this one was trained."""
    training = model.manifest.training
    return msgspec.structs.replace(
        training,
        files=[*training.files, *files],
        seed=seed,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        versions=versions(),
        parent=model.identity or None,
    )


def _check(model: Model, rows: Rows) -> None:
    schema = model.manifest.schema
    if rows.schema.name != schema.name or list(rows.schema.columns) != schema.columns:
        raise SchemaMismatch(f"the model reads rows of the schema '{printable(schema.name, 64)}'")
    if not model.manifest.detectors:
        raise ConfigError("the model has no detector, and a classifier cannot learn on: train it anew")
    if not rows.benign.all():
        raise ConfigError("a detector learns on from benign rows alone, and some of these are attacks")


def _columns(rows: Rows, part: DetectorPart, index: NDArray[np.intp]) -> tuple[NDArray[np.floating], NDArray[np.int32]]:
    """The part's columns of the chosen rows, in the order of time where it is known, and whose they are."""
    ts = rows.ts[index]
    if np.isfinite(ts).all():
        index = index[np.argsort(ts, kind="stable")]
    place = {name: i for i, name in enumerate(rows.schema.columns)}
    columns = np.array([place[name] for name in part.columns], np.intp)
    return rows.values[np.ix_(index, columns)], rows.group[index]
