"""The published study in one command: every stage is kept once it is finished, and a stopped study goes on."""

import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from botwarden._version import __version__
from botwarden.app.extra import DRAWING, EXPLAINING, TRAINING, need_extra
from botwarden.app.study_rows import StudyRows, read_study
from botwarden.core.document import Document, figures
from botwarden.core.errors import ModelError
from botwarden.core.model import Model
from botwarden.core.row import Rows
from botwarden.core.text import duration_text, printable
from botwarden.learn.estimator import Progress
from botwarden.stores.checkpoint import CheckpointFile, checkpoint_key
from botwarden.stores.folder import check_folder, write_folder
from botwarden.stores.model import model_bytes, read_model
from botwarden.stores.report import write_file
from botwarden.stores.stages import Stages

if TYPE_CHECKING:
    from botwarden.learn.explanation import Explanation
    from botwarden.learn.results import DateEffect
    from botwarden.learn.study.classes import ClassRun
    from botwarden.learn.study.results import DetectorStage, FisherTable, Study
    from botwarden.learn.study.settings import StudySettings, Variant

MARK: Final = "study.json"
"""The file that marks a folder as a study of ours: it is there once rows were read."""
_CHUNK: Final = 8192
_SEEDS: Final = 3  # runs of LIME per row


@dataclass(slots=True)
class _Work:
    """What all stages share."""

    rows: StudyRows
    settings: "StudySettings"
    stages: Stages
    models: Path
    progress: Progress | None
    done: float = 0.0

    def key(self, *more: object) -> list[object]:
        """What a stage depends on."""
        from botwarden.learn.training import versions  # noqa: PLC0415 - it loads torch

        return [self.rows.fingerprint, self.settings, versions(), *more]

    def part(self, size: float) -> Progress:
        """Progress for the next share ``size`` of the whole."""
        start = self.done
        self.done += size

        def told(share: float | None, text: str) -> None:
            if self.progress is not None:
                self.progress(start + size * (share or 0.0), text)

        return told


def study_settings(*, quick: bool, seed: int, per_class: int, epochs: int | None) -> "StudySettings":
    """What a study is asked for: see `botwarden.learn.study.settings.StudySettings`."""
    from botwarden.learn.study.settings import StudySettings  # noqa: PLC0415

    return StudySettings(quick=quick, seed=seed, per_class=per_class, epochs=epochs)


def check_study(folder: Path) -> None:
    """Make sure that a study can be written there. Raises ConfigError for a folder with other things, OSError."""
    check_folder(folder, MARK)


def run_study(data: Path, folder: Path, settings: "StudySettings", *, progress: Progress | None = None) -> "Study":
    """Do the study of the rows in ``data``, and write its report to ``folder``.

    What ``folder`` holds of an earlier run with the same rows, settings and versions is not done again. Raises
    ConfigError, DataError, OSError, and KeyboardInterrupt, after which the same call goes on.
    """
    need_extra("the study", *TRAINING, *DRAWING, *EXPLAINING)
    check_study(folder)
    from botwarden.learn.study.results import Study  # noqa: PLC0415 - what follows needs the extra `train`

    started = time.monotonic()
    rows = read_study(
        data, settings.per_group, settings.classes, settings.seed,
        None if progress is None else lambda share, text: progress(0.1 * (share or 0), text),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / MARK, msgspec.json.format(msgspec.json.encode(settings), indent=1) + b"\n")
    work = _Work(rows, settings, Stages(folder / "stages"), folder / "models", progress, 0.1)
    detectors = [_detectors(work, dates) for dates in (False, True)]
    tables, missing = _fisher(work)
    runs = _classifiers(work)
    study = Study(
        botwarden=__version__,
        folder=printable(data),
        quick=settings.quick,
        seed=settings.seed,
        benign=len(rows.benign) + (len(rows.test) if rows.test else 0),
        attack=rows.attack_rows,
        devices=sorted({group.device for group in rows.benign.groups if group.device}),
        ordered=rows.ordered,
        machine=machine(),
        detectors=detectors,
        fisher=tables,
        classifiers=runs,
        explanations=_explanations(work),
        missing=list(dict.fromkeys([*missing, *(f"classifiers: {one.missing}" for one in runs if one.missing)])),
    )
    work.part(0.0)(0.0, "drawing")
    _write(
        study, folder, f"Made {datetime.now(UTC):%Y-%m-%d %H:%M} UTC in {duration_text(time.monotonic() - started)}."
    )
    return study


def machine() -> str:
    """The processor that did it, in a few words."""
    name = platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass
    return f"{printable(name, 60)}, {len(os.sched_getaffinity(0))} cores"


def _write(study: "Study", folder: Path, made: str) -> None:
    from botwarden.learn.study.chapters import document  # noqa: PLC0415 - draws
    from botwarden.web import document as page  # noqa: PLC0415
    from botwarden.web import markdown  # noqa: PLC0415

    whole = document(study, made)
    files = {f"{name}.png": figure.png for name, figure in figures(whole).items()}
    files["report.html"] = page.render(whole).encode("utf-8", "replace")
    files["report.md"] = markdown.render(whole).encode("utf-8", "replace")
    files["results.json"] = msgspec.json.format(msgspec.json.encode(study), indent=1) + b"\n"
    files[MARK] = (folder / MARK).read_bytes()
    write_folder(folder, files, MARK)


def _detectors(work: _Work, dates: bool) -> "DetectorStage":
    from botwarden.learn.study.results import DetectorStage  # noqa: PLC0415
    from botwarden.learn.study.settings import detector_variants  # noqa: PLC0415

    named = any(group.device for group in work.rows.benign.groups)
    variants = detector_variants(work.settings, ordered=work.rows.ordered, devices=named, dates=dates)
    name = "detectors-dates" if dates else "detectors"
    key = work.key(variants)
    trained = [(one, *_trained(work, one, work.part(0.3 / len(variants) / 2))) for one in variants]
    told = work.part(0.1)
    found = work.stages.load(name, key, DetectorStage)
    if found is None:
        found = _judged(work, trained, dates, told)
        work.stages.save(name, key, found)
    return found


def _trained(work: _Work, variant: "Variant", told: Progress) -> tuple[Model, dict[str, list[float]]]:
    """The model of a variant, from its file where an earlier run finished it."""
    from botwarden.learn.training import train  # noqa: PLC0415 - it loads torch

    key = work.key(variant)
    path = work.models / f"{variant.name}.model"
    histories = work.stages.load(f"train-{variant.name}", key, dict[str, list[float]])
    if histories is not None:
        try:
            return read_model(path), histories
        except (ModelError, OSError):
            pass
    checkpoint = CheckpointFile(work.stages.folder / f"{variant.name}.part", checkpoint_key(msgspec.json.encode(key)))
    work.stages.folder.mkdir(parents=True, exist_ok=True)
    plan = msgspec.structs.replace(variant.plan, name=variant.name)
    trained = train(
        work.rows.benign, plan, progress=lambda share, text: told(share, f"{variant.title}: {text}"),
        checkpoint=checkpoint,
    )  # fmt: skip
    _keep(work, variant.name, trained.model)
    work.stages.save(f"train-{variant.name}", key, trained.histories)
    checkpoint.remove()
    return read_model(path), trained.histories


def _keep(work: _Work, name: str, model: Model) -> None:
    work.models.mkdir(parents=True, exist_ok=True)
    write_file(work.models / f"{name}.model", model_bytes(model))


def _judged(
    work: _Work, trained: "list[tuple[Variant, Model, dict[str, list[float]]]]", dates: bool, told: Progress
) -> "DetectorStage":
    from botwarden.detect.models.scorer import Scorer  # noqa: PLC0415
    from botwarden.learn.dates import TooFewRows, date_effect  # noqa: PLC0415
    from botwarden.learn.dividing import divided  # noqa: PLC0415
    from botwarden.learn.evaluation import about, assess  # noqa: PLC0415
    from botwarden.learn.judging import judge  # noqa: PLC0415
    from botwarden.learn.study.devices import device_results, normals, sweep  # noqa: PLC0415
    from botwarden.learn.study.results import DetectorStage  # noqa: PLC0415

    models = {variant.name: model for variant, model, _ in trained}
    split = divided(work.rows.benign, "thirds", work.settings.seed, attacks_to_test=True)
    total = work.rows.attack_rows + len(split.test)
    judged = judge(
        {name: Scorer(model) for name, model in models.items()},
        _to_judge(work.rows, split.test),
        sampled=0 if dates else 20_000,
        seed=work.settings.seed,
        told=lambda n: told(min(1.0, n / total), f"judging, {n:,} rows"),
    )
    effect: DateEffect | None = None
    reason = "it is told where the detectors without dates are judged"
    if not dates:
        try:
            effect = date_effect(judged.benign, judged.attacks, work.settings.seed)
        except TooFewRows as few:
            reason = str(few)
    name = trained[0][0].name
    normal = normals(models[name], work.rows.benign.take(split.optimise))
    return DetectorStage(
        dates=dates,
        evaluation=assess(judged, [about(name, model) for name, model in models.items()], effect, reason),
        devices={name: device_results(judged, judged.said[name], model) for name, model in models.items()},
        sweep=sweep(judged, judged.said[name], normal),
        seconds={variant.name: model.manifest.training.seconds for variant, model, _ in trained},
        histories={variant.name: found.get("detector-all", []) for variant, _, found in trained},
        splits={variant.name: model.manifest.training.split for variant, model, _ in trained},
    )


def _to_judge(rows: StudyRows, test: np.ndarray) -> Iterator[Rows]:
    """Benign rows that nobody learned from, then all attacks."""
    held = rows.test if rows.test is not None else rows.benign.take(test)
    for start in range(0, len(held), _CHUNK):
        yield held.take(slice(start, start + _CHUNK))
    yield from rows.attacks()


def _fisher(work: _Work) -> "tuple[list[FisherTable], list[str]]":
    from botwarden.learn.selection import fisher_tables  # noqa: PLC0415
    from botwarden.learn.study.results import FisherTable  # noqa: PLC0415

    tables, missing = [], []
    work.part(0.02)(0.0, "Fisher's scores")
    for dates in (False, True):
        found, lacking = fisher_tables(work.rows.sample, dates=dates)
        missing += lacking
        for one in found:
            scores = [float(score) if np.isfinite(score) else None for score in one.scores]
            tables.append(
                FisherTable(
                    title=one.title, classes=list(one.classes), columns=list(one.columns), scores=scores, dates=dates
                )
            )
    return tables, missing


def _classifiers(work: _Work) -> "list[ClassRun]":
    from botwarden.learn.study.classes import ClassRun, run  # noqa: PLC0415
    from botwarden.learn.study.settings import classifier_variants  # noqa: PLC0415

    variants = classifier_variants(work.settings)
    runs = []
    for variant in variants:
        told = work.part(0.3 / len(variants))
        key = work.key(variant)
        found = work.stages.load(f"class-{variant.name}", key, ClassRun)
        if found is None:
            title = f"{variant.title}, {variant.plan.classes} classes"
            found, model = run(variant, work.rows.sample, progress=lambda s, t, w=title, u=told: u(s, f"{w}: {t}"))
            if model is not None and not variant.plan.dates:
                _keep(work, variant.name, model)
            work.stages.save(f"class-{variant.name}", key, found)
        runs.append(found)
    return runs


def _explanations(work: _Work) -> "list[Explanation]":
    """Some rows, explained by the detector that is the default."""
    from botwarden.detect.models.scorer import Scorer  # noqa: PLC0415
    from botwarden.learn.detectors import DEFAULT  # noqa: PLC0415
    from botwarden.learn.explanation import Explanation, explain_row  # noqa: PLC0415
    from botwarden.learn.study.classes import examples  # noqa: PLC0415

    told = work.part(0.05)
    key = work.key(_SEEDS)
    found = work.stages.load("explanations", key, list[Explanation])
    if found is not None:
        return found
    model = read_model(work.models / f"{DEFAULT}.model")
    sample = work.rows.sample
    found = []
    chosen = examples(sample, model)
    for number, place in enumerate(chosen):
        told(number / len(chosen), "LIME")
        row = replace(
            sample.take(slice(place, place + 1)), source=f"{sample.labels[place]} {sample.devices[place]}".strip()
        )
        found.append(explain_row(Scorer(model), row, 0, seeds=_SEEDS, seed=work.settings.seed))
    work.stages.save("explanations", key, found)
    return found


def short(study: "Study") -> Document:
    """The study without pictures, for a terminal."""
    from botwarden.learn.study.chapters import overview  # noqa: PLC0415

    return overview(study)
