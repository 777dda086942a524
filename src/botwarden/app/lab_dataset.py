"""The labelled data set of the lab: every run of its list recorded once, counted, and put into one table."""

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from botwarden._version import __version__
from botwarden.app.caching import mending
from botwarden.app.capture_labels import CaptureLabels
from botwarden.app.lab_run import RunPlan, RunResult, run_lab
from botwarden.app.lab_table import CAPTURE, LABELS, Written, write_table
from botwarden.core.errors import ConfigError
from botwarden.core.labels import Labels
from botwarden.core.row import Group
from botwarden.core.text import count_text, duration_text
from botwarden.lab import dataset
from botwarden.lab.dataset import Run
from botwarden.lab.errors import Busy
from botwarden.lab.network import Network, check_machine
from botwarden.sources.capture import CaptureSource
from botwarden.stores.report import write_file

RUN: Final = "run.json"
"""Written last into the folder of a run: it is whole."""
MANIFEST: Final = "manifest.json"
SEEDS: Final = 1_000
"""Each run has a seed of its own."""
PATIENCE: Final = 1_800.0
"""s for which somebody else's lab is waited for."""
PAUSE: Final = 0.5

Notice = Callable[[str], None]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """Packets of a class that are a device's."""

    device: str
    botnet: str
    attack: str
    packets: int


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was recorded: ``run.json``."""

    name: str
    what: str
    seed: int
    key: str
    """SHA-256 of what was asked for."""
    sha256: str
    """Of `CAPTURE`."""
    start: float
    end: float
    """The story's, s, UTC."""
    seconds: float
    """That it took, of the machine's time."""
    packets: int
    counts: list[Count]
    botwarden: str
    programs: dict[str, str]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a data set: ``manifest.json``."""

    version: int = 1
    botwarden: str
    seed: int
    quick: bool
    hours: float
    """Of the story, in all."""
    packets: int
    counts: list[Count]
    """Of all runs together."""
    missing: list[str] = []
    """Runs that were not recorded yet."""
    table: str = ""
    """The file with all rows; empty: none was asked for."""
    left_out: int = 0
    """Benign rows that are not in it (`botwarden.app.lab_table.write_table`)."""
    runs: list[RunRecord] = []


def make_dataset(
    out: Path,
    *,
    seed: int = 1,
    quick: bool = False,
    features: bool = False,
    listed: Path = dataset.LIST,
    notice: Notice = lambda _: None,
) -> Manifest:
    """Record what is missing of the data set in ``out``, then write its table and its manifest.

    quick : a small one
    features : write one table with all rows, Parquet, or CSV where pyarrow is not installed
    listed : what is played (`botwarden.lab.dataset`)

    Stopped, the same call goes on with the next run. Raises ConfigError, also where the folder holds a data set of
    another seed or kind, DataError, OSError.
    """
    if not 0 <= seed < 2**31:
        raise ConfigError(f"a seed is a number from 0 to {2**31 - 1}, not {seed}")
    planned = dataset.runs(listed, quick=quick)
    found = [_found(out, one, seed_of(seed, number), quick) for number, one in enumerate(planned)]
    if None in found:
        check_machine()
    out.mkdir(parents=True, exist_ok=True)
    table = _known(out) if None not in found else Written("", 0)
    records: list[RunRecord] = []
    for number, one in enumerate(planned):
        told = f"[{number + 1}/{len(planned)}] {one.name}"
        record = found[number]
        if record is None:
            left = duration_text(_left(planned[number:], found[number:]))
            notice(f"{told}: {one.what}; about {left} until the whole is done")
            record = _record(out, one, seed_of(seed, number), quick, _prefixed(told, notice))
        else:
            notice(f"{told}: is there")
        records.append(record)
        later = zip(planned[number + 1 :], found[number + 1 :], strict=True)
        manifest = _manifest(records, seed, quick, [other.name for other, had in later if not had], table)
        write_file(out / MANIFEST, _json(manifest))
    if features:
        notice("writing the table of all rows")
        table = write_table(out, [one.name for one in planned])
        manifest = msgspec.structs.replace(manifest, table=table.name, left_out=table.left_out)
        write_file(out / MANIFEST, _json(manifest))
    return manifest


def _known(out: Path) -> Written:
    """The table of an earlier call that lies in a folder, as its manifest tells."""
    try:
        known = msgspec.json.decode((out / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return Written("", 0)
    return Written(known.table, known.left_out) if known.table and (out / known.table).is_file() else Written("", 0)


def _left(planned: Sequence[Run], found: Sequence[RunRecord | None]) -> float:
    """s of the machine's time until all that is missing is recorded, roughly."""
    return sum(one.seconds() for one, had in zip(planned, found, strict=True) if had is None)


def seed_of(seed: int, number: int) -> int:
    """Of the run of this number, from 0."""
    return seed * SEEDS + number


def _prefixed(told: str, notice: Notice) -> Notice:
    return lambda line: notice(f"{told}: {line}")


def key_of(one: Run, seed: int, quick: bool) -> str:
    """Of everything that decides what a run records."""
    return hashlib.sha256(msgspec.json.encode([one, one.castings(), seed, quick])).hexdigest()


def _found(out: Path, one: Run, seed: int, quick: bool) -> RunRecord | None:
    """A run that is whole. Raises ConfigError where something else lies in its place."""
    folder = out / one.name
    if not folder.exists():
        return None
    try:
        known = msgspec.json.decode((folder / RUN).read_bytes(), type=RunRecord)
        whole = (folder / CAPTURE).is_file() and (folder / LABELS).is_file()
    except (OSError, msgspec.MsgspecError):
        whole = False
    if not whole:
        raise ConfigError(f"{folder} is no whole run of a data set; remove it, or name another folder")
    if known.key != key_of(one, seed, quick):
        raise ConfigError(f"{folder} was recorded with another seed, size or list; remove it, or name another folder")
    return known


def _record(out: Path, one: Run, seed: int, quick: bool, notice: Notice) -> RunRecord:
    """Play and record a run. Its folder appears when it is whole."""
    part = out / f".{one.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    started = time.monotonic()
    asked = RunPlan(
        scenarios=(),
        castings=one.castings(),
        out=part,
        speed=one.speed,
        seed=seed,
        peace=one.peace * 60,
        start=one.start,
    )
    try:
        result = _when_free(lambda: run_lab(asked, notice), notice)
        with mending():
            counts = count_packets(part / CAPTURE, part / LABELS)
        labels = msgspec.json.decode((part / LABELS).read_bytes(), type=Labels)
        record = RunRecord(
            name=one.name,
            what=one.what,
            seed=seed,
            key=key_of(one, seed, quick),
            sha256=labels.sha256,
            start=result.span[0],
            end=result.span[1],
            seconds=round(time.monotonic() - started, 1),
            packets=result.packets["lan"],
            counts=counts,
            botwarden=__version__,
            programs=labels.programs,
        )
        write_file(part / RUN, _json(record))
        part.rename(out / one.name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    kinds = {(count.botnet, count.attack) for count in counts if count.botnet}
    notice(f"{count_text(record.packets)} packets, {len(kinds)} kinds of attack")
    return record


def _when_free(do: Callable[[], RunResult], notice: Notice) -> RunResult:
    """Do it, once nobody else has the lab of this machine."""
    end = time.monotonic() + PATIENCE
    told = False
    while True:
        try:
            network = Network()
            network.hold()
            network.release()
            return do()
        except Busy:
            if time.monotonic() > end:
                raise
        if not told:
            notice("waiting for the lab of this machine, with which another process is busy")
            told = True
        time.sleep(PAUSE)


def count_packets(capture: Path, labels: Path) -> list[Count]:
    """How many packets are of which device and class. Raises CaptureError, DataError, OSError."""
    labelling = CaptureLabels(labels, [str(capture)])
    counts: Counter[Group] = Counter()
    for batch in CaptureSource([capture]).batches():
        kinds = labelling.kinds(batch.packets)
        for place, group in enumerate(kinds.groups):
            counts[group] += int((kinds.group == place).sum())
    return _sorted(counts)


def _sorted(counts: Counter[Group]) -> list[Count]:
    return [
        Count(device=group.device, botnet=group.botnet, attack=group.attack, packets=number)
        for group, number in sorted(counts.items())
        if number
    ]


def _manifest(records: Sequence[RunRecord], seed: int, quick: bool, missing: list[str], table: Written) -> Manifest:
    counts: Counter[Group] = Counter()
    for record in records:
        for one in record.counts:
            counts[Group(one.device, one.botnet, one.attack)] += one.packets
    return Manifest(
        botwarden=__version__,
        seed=seed,
        quick=quick,
        hours=round(sum(record.end - record.start for record in records) / 3600, 2),
        packets=sum(record.packets for record in records),
        counts=_sorted(counts),
        missing=missing,
        table=table.name,
        left_out=table.left_out,
        runs=list(records),
    )


def _json(made: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"
