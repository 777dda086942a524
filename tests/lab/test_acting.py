from pathlib import Path

from botwarden.lab import plan
from botwarden.lab.acting import Actor
from botwarden.lab.clock import Clock
from botwarden.lab.guard import Permit


def actor(folder: Path, seed: int | str = 1) -> Actor:
    clock = Clock(folder / "clock")
    clock.start(story=1_000.0, speed=600)
    return Actor(Permit(plan.CAMERA.ip, plan.CAMERA), clock, seed)


def test_dice_fall_the_same_way_for_the_same_seed(tmp_path: Path) -> None:
    first, same, other = (actor(tmp_path, seed).random.random() for seed in ("1/camera/scan", "1/camera/scan", "2/x"))
    assert first == same != other


def test_pauses_are_in_the_storys_time(tmp_path: Path) -> None:
    someone = actor(tmp_path)
    before = someone.clock.now()
    someone.pause(30.0, 0.1)
    assert someone.clock.now() - before >= 27.0


def test_what_counts_may_begin_later(tmp_path: Path) -> None:
    someone = actor(tmp_path)
    assert someone.began is None
    someone.begin()
    assert someone.began is not None
    assert someone.began >= 1_000.0


def test_orders_are_given_where_the_clock_is(tmp_path: Path) -> None:
    assert actor(tmp_path).folder == tmp_path
