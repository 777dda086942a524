"""Plays scenarios in a house: ordinary life at one speed, each step at its own; one after the other or together."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from botwarden.lab import acts, plan
from botwarden.lab.acting import Done
from botwarden.lab.clock import check_speed
from botwarden.lab.errors import LabError
from botwarden.lab.labelling import Played
from botwarden.lab.network import GRACE, Network
from botwarden.lab.scenario import Casting, Option, Step

AFTERWARDS: Final = 30.0
"""s of the story of ordinary life after the last step, and between scenarios."""
GLANCE: Final = 0.1
"""s of machine time between two looks at an act that goes on."""
MAX_ACT: Final = 3_600.0
"""s of machine time that an act may take."""
MAX_SAID: Final = 1_000_000
MAX_ERROR: Final = 300
SEEDS: Final = 1_000
"""Steps have seeds of their own: the same act twice does not guess the same."""


def check(castings: Sequence[Casting]) -> None:
    """Raise LabError where a step's act or options are none: before anything starts."""
    for casting in castings:
        for step in casting.scenario.step:
            acts.check(step.act, dict(step.options))


class Player:
    """Plays castings and collects what was done.

    network : is up, with a house in it
    seed : of the acts' dice
    peace : the speed of the story while nobody acts
    watch : called now and then; raises LabError where something has fallen over
    notice : gets a line as each step begins and ends
    """

    def __init__(
        self,
        network: Network,
        *,
        seed: int = 1,
        peace: float = 1.0,
        watch: Callable[[], None] = lambda: None,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Raise LabError for a speed that the clock cannot go at."""
        check_speed(peace)
        self.played: list[Played] = []
        self._network = network
        self._seed = seed
        self._peace = peace
        self._watch = watch
        self._notice = notice
        self._lock = threading.Lock()
        self._speeds: dict[int, float] = {}
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._doors: set[int] = set()
        self._stopped = threading.Event()

    def rest(self, seconds: float) -> None:
        """Let the house live its ordinary life for some time of the story. Raises LabError where it falls over."""
        clock = self._network.clock
        end = clock.now() + seconds
        while (left := end - clock.now()) > 0 and not self._stopped.is_set():
            time.sleep(min(left / clock.speed, GLANCE))
            self._watch()

    def play(self, castings: Sequence[Casting], *, together: bool = False) -> list[Played]:
        """Play them all, and return what was played in the order in which it began.

        Raises LabError where an act fails, with what it said; Ctrl-C is raised. Either way no act runs on.
        """
        check(castings)
        self._speed_up()
        try:
            if together:
                self._all_at_once(castings)
            else:
                for number, casting in enumerate(castings):
                    if number:
                        self.rest(AFTERWARDS)
                    self._play(number, casting)
        except BaseException:
            self.stop()
            raise
        self.played.sort(key=lambda one: one.done.start)
        return self.played

    def stop(self) -> None:
        """End what acts, for good; harmless where nobody does."""
        self._stopped.set()
        with self._lock:
            running = list(self._running.values())
        for process in running:
            _end(process)

    def _all_at_once(self, castings: Sequence[Casting]) -> None:
        errors: list[BaseException] = []

        def perform(number: int, casting: Casting) -> None:
            try:
                self._play(number, casting)
            except BaseException as error:
                errors.append(error)
                self._stopped.set()

        threads = [threading.Thread(target=perform, args=pair, daemon=True) for pair in enumerate(castings)]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                time.sleep(GLANCE)
                self._watch()
        except BaseException:
            self.stop()
            raise
        finally:
            for thread in threads:
                thread.join(2 * GRACE)
        if errors:
            raise errors[0]

    def _play(self, number: int, casting: Casting) -> None:
        for outside, role, inside in casting.scenario.doors():
            self._open(outside, casting.device if role == casting.scenario.device else role, inside)
        for place, step in enumerate(casting.scenario.step):
            self.rest(step.after)
            if self._stopped.is_set():
                return
            self._step(number, place, casting, step)

    def _open(self, outside: int, role: str, inside: int) -> None:
        with self._lock:
            if outside not in self._doors:
                self._network.forward(outside, plan.BY_ROLE[role], inside)
                self._doors.add(outside)

    def _step(self, number: int, place: int, casting: Casting, step: Step) -> None:
        actor = step.by or casting.device
        self._say(f"{casting.scenario.name}, {actor}: {step.act}{_told(step)}")
        began = self._network.clock.now()
        done = self._act(number, actor, step, _options(casting, step), self._seed * SEEDS + number * 100 + place)
        self._say(f"{casting.scenario.name}, {actor}: done, {done.what}")
        one = Played(
            scenario=casting.scenario.name,
            number=number,
            botnet=casting.scenario.botnet,
            actor=actor,
            step=step,
            began=began,
            done=done,
        )
        with self._lock:
            self.played.append(one)

    def _act(self, number: int, actor: str, step: Step, options: dict[str, Option], seed: int) -> Done:
        told = [actor, step.act, json.dumps(options), "--seed", str(seed), "--state", str(self._network.state)]
        command = self._network.python(actor, "botwarden.lab.act", *told)
        self._speed_up(number, step.speed)
        folder = self._network.folder
        out, err = (folder / f"act-{number}.{kind}" for kind in ("out", "err"))
        with out.open("wb") as said, err.open("wb") as complained:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=complained, start_new_session=True
            )
            with self._lock:
                self._running[number] = process
            try:
                self._await(process, step.act)
            finally:
                _end(process)
                with self._lock:
                    del self._running[number]
                self._speed_up(number)
        return _read(step.act, process.returncode, out, err)

    def _await(self, process: "subprocess.Popen[bytes]", act: str) -> None:
        end = time.monotonic() + MAX_ACT
        while process.poll() is None:
            self._watch()
            if self._stopped.is_set():
                raise LabError(f"{act} was stopped")
            if time.monotonic() > end:
                raise LabError(f"{act} takes more than {MAX_ACT:g} s")
            time.sleep(GLANCE)

    def _speed_up(self, number: int = -1, speed: float | None = None) -> None:
        """Set clock and lines: as slow as the slowest of those who act, and at the pace of peace where nobody does."""
        with self._lock:
            self._speeds.pop(number, None)
            if speed is not None:
                self._speeds[number] = speed
            wanted = min(self._speeds.values(), default=self._peace)
            if self._network.clock.speed != wanted:
                self._network.set_speed(wanted)

    def _say(self, text: str) -> None:
        with self._lock:
            self._notice(text)


def _options(casting: Casting, step: Step) -> dict[str, Option]:
    """A step's options; where one names the scenario's device, it is who plays it that is meant."""
    own = casting.scenario.device
    return {
        name: casting.device if name == "device" and value == own else value for name, value in step.options.items()
    }


def _told(step: Step) -> str:
    """A step's options and pace, as a user wrote them."""
    options = ", ".join(f"{name} {value}" for name, value in step.options.items())
    pace = f", at {step.speed:g} times the clock" if step.speed != 1 else ""
    return f" ({options}){pace}" if options else pace


def _read(act: str, status: int, out: Path, err: Path) -> Done:
    """What an act told of itself. Raises LabError where it failed."""
    with out.open("rb") as said, err.open("rb") as complained:
        text, complaint = said.read(MAX_SAID), complained.read(MAX_SAID).decode(errors="replace")
    if status:
        words = " ".join(complaint.split())[-MAX_ERROR:]
        raise LabError(f"{act} failed with status {status}: {words or 'it says nothing'}")
    try:
        return msgspec.json.decode(text, type=Done)
    except msgspec.MsgspecError as error:
        raise LabError(f"{act} does not say what it did ({error})") from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End an act and what it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            return
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            continue
