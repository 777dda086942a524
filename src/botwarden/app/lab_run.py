"""Scenarios played in the lab, recorded on both sides of the gateway, with labels."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from botwarden.app.caching import mending
from botwarden.app.lab import parse_start
from botwarden.core.classes import class_of
from botwarden.core.errors import ConfigError
from botwarden.core.labels import Labels
from botwarden.core.row import BENIGN
from botwarden.features.flows import Flow, Flows
from botwarden.lab import plan, scenario
from botwarden.lab.clock import Stretch, check_speed
from botwarden.lab.errors import LabError
from botwarden.lab.house import House
from botwarden.lab.labelling import Played, lan_labels, wan_labels
from botwarden.lab.network import Network, check_machine, run
from botwarden.lab.play import AFTERWARDS, Player, check
from botwarden.lab.programs import versions
from botwarden.lab.recorder import SIDES, Recorder
from botwarden.lab.scenario import Casting
from botwarden.lab.stretch import stretch_file
from botwarden.sources.capture import CaptureSource
from botwarden.stores.flows import Cell, write_flows

LABELS: Final = {"lan": "labels.json", "wan": "wan-labels.json"}
FLOWS: Final = "flows.csv"
MAX_PEACE: Final = 7 * 86_400.0

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a user asks for.

    scenarios : ``name``, ``name@device``, ``file.toml`` or ``file.toml@device``, each
    speed : of the story while nobody acts
    peace : s of the story before the first of them
    start : when the story begins, as 2026-11-27T18:00, UTC; now where not given
    together : all at once, not one after the other
    keep : leave the lab up that was made for this
    castings : scenarios that are made already, after those named
    """

    scenarios: Sequence[str]
    out: Path
    speed: float = 10.0
    seed: int = 1
    peace: float = 300.0
    start: str | None = None
    together: bool = False
    keep: bool = False
    castings: Sequence[Casting] = ()


@dataclass(slots=True)
class RunResult:
    """What was played, and the files that tell of it.

    span : the story's time from the first to the last moment of the recording, s, UTC
    took_over : whether a lab was used that was up already
    """

    played: list[Played]
    span: tuple[float, float]
    took_over: bool
    files: dict[Path, int] = field(default_factory=dict)
    packets: dict[str, int] = field(default_factory=dict)
    flows: int = 0


def run_lab(asked: RunPlan, notice: Notice = lambda _: None) -> RunResult:
    """Play, record and label. A lab that is up is used, and stays; else one is made, and removed.

    Raises ConfigError, OSError; Ctrl-C is raised. Then nothing of it goes on, and a lab that was made is gone.
    """
    castings = _castings(asked)
    check_machine()
    asked.out.mkdir(parents=True, exist_ok=True)
    network = Network()
    took_over = network.is_up
    if took_over and asked.start is not None:
        network.hold()  # Busy where another process will remove it in a moment
        network.release()
        raise ConfigError("the lab is up and has its own time: --start is for a lab that is made for this")
    stage = _Stage(network, asked, notice)
    if not took_over:
        return stage.on_a_new_lab(castings)
    network.hold()
    notice("using the lab that is up")
    try:
        return stage.on_this_lab(castings)
    finally:
        network.release()


def _castings(asked: RunPlan) -> list[Casting]:
    if not asked.scenarios and not asked.castings:
        raise ConfigError("name a scenario; `botwarden lab list` shows them")
    check_speed(asked.speed)
    if not 0 <= asked.peace <= MAX_PEACE:
        raise ConfigError(f"peace lasts from 0 to {MAX_PEACE:g} seconds, not {asked.peace:g}")
    if asked.start is not None:
        parse_start(asked.start)
    castings = [*map(scenario.cast, asked.scenarios), *asked.castings]
    check(castings)
    return castings


class _Stage:
    """A lab in which something is played."""

    def __init__(self, network: Network, asked: RunPlan, notice: Notice) -> None:
        self._network = network
        self._asked = asked
        self._notice = notice
        self._recorder = Recorder(network, network.folder / "recording")

    def on_a_new_lab(self, castings: Sequence[Casting]) -> RunResult:
        """Make one, record from when the first device is switched on, and remove it."""
        network, asked = self._network, self._asked
        house = House(network, asked.seed, asked.speed)
        self._notice("making the lab")
        network.up(story=parse_start(asked.start) if asked.start is not None else None)
        try:
            self._notice("starting the internet")
            house.start_internet()
            self._recorder.start()
            begun = network.clock.now()
            self._notice("starting the router and the devices")
            house.start_home()
            result = self._perform(castings, house.check, begun, took_over=False)
        except BaseException:
            try:
                self._recorder.abandon()
            finally:  # also where Ctrl-C comes twice
                network.down()
            raise
        if asked.keep:
            network.release()
        else:
            network.down()
        return result

    def on_this_lab(self, castings: Sequence[Casting]) -> RunResult:
        """Use the one that is up; it goes on afterwards as before."""
        clock = self._network.clock
        before = clock.speed
        try:
            self._recorder.start()
            return self._perform(castings, lambda: None, clock.now(), took_over=True)
        finally:
            self._recorder.abandon()
            shutil.rmtree(self._recorder.folder, ignore_errors=True)
            self._network.set_speed(before)

    def _perform(
        self, castings: Sequence[Casting], watch: Callable[[], None], begun: float, *, took_over: bool
    ) -> RunResult:
        def look() -> None:
            watch()
            self._recorder.check()

        asked, clock = self._asked, self._network.clock
        player = Player(self._network, seed=asked.seed, peace=asked.speed, watch=look, notice=self._notice)
        self._network.set_speed(asked.speed)
        self._notice(f"{asked.peace:g} s of ordinary life, at {asked.speed:g} times the clock")
        player.rest(asked.peace)
        played = player.play(castings, together=asked.together)
        player.rest(AFTERWARDS)
        self._recorder.stop()
        result = RunResult(played, (begun, clock.now()), took_over, packets=dict(self._recorder.counts))
        self._notice("writing what was recorded")
        recordings = {side: self._recorder.path(side) for side in SIDES}
        write_run(result, recordings, clock.stretches(), _wan_mac(), asked.out)
        return result


def _wan_mac() -> str:
    """Of the router's outside."""
    (link,) = json.loads(run("ip", "-netns", plan.namespace("gateway"), "-json", "link", "show", "dev", "wan"))
    return str(link["address"])


def write_run(
    result: RunResult, recordings: Mapping[str, Path], stretches: Sequence[Stretch], wan_mac: str, out: Path
) -> None:
    """Write the captures in story time, the labels of each, and the flows of both; ``result`` then names them.

    recordings : by side, in the machine's time
    wan_mac : of the router's outside

    What an earlier run left in ``out`` is replaced at the end, all of it or nothing. Raises LabError where packets are
    missing, OSError.
    """
    try:
        with tempfile.TemporaryDirectory(dir=out, prefix=".unfinished-") as unfinished:
            folder = Path(unfinished)
            labels = {side: _write_side(side, result, recordings, stretches, wan_mac, folder) for side in SIDES}
            with mending():
                result.flows = write_flows(folder / FLOWS, _rows(labels, folder))
            for name in (*(name for side in SIDES for name in (f"{side}.pcapng", LABELS[side])), FLOWS):
                (folder / name).replace(out / name)
                result.files[out / name] = (out / name).stat().st_size
    except OSError as error:
        raise OSError(error.errno, error.strerror, error.filename or str(out)) from None  # a full disk names no file


def _write_side(
    side: str,
    result: RunResult,
    recordings: Mapping[str, Path],
    stretches: Sequence[Stretch],
    wan_mac: str,
    folder: Path,
) -> Labels:
    capture = folder / f"{side}.pcapng"
    count = stretch_file(recordings[side], capture, stretches, pad=True)
    if count < result.packets[side]:
        raise LabError(f"{capture.name} holds {count} of {result.packets[side]} packets: the recording is not whole")
    about = {"capture": capture.name, "sha256": _digest(capture), "recorded": datetime.now(UTC).date().isoformat()}
    made = lan_labels(result.played, **about) if side == "lan" else wan_labels(result.played, wan_mac, **about)
    made = msgspec.structs.replace(made, programs=versions())
    text = msgspec.json.format(msgspec.json.encode(made), indent=2)
    (folder / LABELS[side]).write_bytes(text + b"\n")
    return made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rows(labels: dict[str, Labels], folder: Path) -> Iterator[tuple[Cell, ...]]:
    """The flows of both sides, as cells; those that are over together in the order of their beginnings."""
    for side in SIDES:
        flows = Flows(labels[side])
        for batch in CaptureSource([folder / f"{side}.pcapng"]).batches():
            yield from (_cells(side, flow) for flow in sorted(flows.update(batch.packets), key=_begin))
        yield from (_cells(side, flow) for flow in sorted(flows.finish(), key=_begin))


def _begin(flow: Flow) -> float:
    return flow.ts


def _cells(side: str, flow: Flow) -> tuple[Cell, ...]:
    interval = flow.interval
    known: tuple[Cell, ...] = (side, *flow[:-1])
    if interval is None:
        return (*known, "", "", BENIGN, "")
    botnet, attack = class_of(interval.label) if interval.label else ("", "")
    return (*known, interval.label, interval.botnet or botnet, interval.attack or attack, interval.phase)
