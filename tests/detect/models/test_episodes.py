import numpy as np
import pytest
from numpy.typing import NDArray

from botwarden.core.packet import PACKET
from botwarden.core.score import Scores
from botwarden.detect.models.episodes import GAP, MAX_EPISODES, MAX_TARGETS, Chunk, Follower
from models import detector


def chunk(flags: str, start: float = 0.0, step: float = 1.0, label: int = -1) -> Chunk:
    """A row per sign: ``x`` is anomalous; each goes to another address, and scores higher than the one before."""
    n = len(flags)
    packets = np.zeros(n, PACKET)
    packets["ts"] = start + step * np.arange(n)
    packets["dst_ip_lo"] = np.arange(n)
    odd: NDArray[np.bool_] = np.array([sign == "x" for sign in flags])
    score = np.where(odd, 10 + np.arange(n), 0).astype(np.float32)
    scores = Scores(
        score,
        np.full(n, 5, np.float32),
        odd,
        np.where(odd, label, -1).astype(np.int16),
        np.full(n, 0.75, np.float32),
        ("benign", "mirai.syn"),
    )
    return Chunk(packets, np.arange(n * 3.0).reshape(n, 3), scores, detector())


def test_what_most_of_the_window_finds_anomalous_is_an_episode() -> None:
    follower = Follower()
    follower.update(chunk("..xxxx......", label=1), 3)
    [episode] = follower.episodes
    assert (episode.first_ts, episode.last_ts) == (2, 5)
    assert (episode.rows, episode.anomalous) == (4, 3)
    assert (episode.score, episode.threshold) == (15, 5)
    assert episode.sure == pytest.approx(2.25)
    assert episode.named == {"mirai.syn": [3, 2.25]}
    assert episode.values is not None
    assert episode.values.tolist() == [15, 16, 17]
    assert episode.targets == {(0, 3), (0, 4), (0, 5)}


def test_a_pause_in_which_the_window_stays_full_is_survived() -> None:
    follower = Follower()
    follower.update(chunk("xxx"), 5)
    follower.update(chunk(".", start=10 * GAP), 5)
    assert [episode.anomalous for episode in follower.episodes] == [1, 0]


def test_single_rows_are_none() -> None:
    follower = Follower()
    follower.update(chunk("x..x..x.."), 3)
    assert follower.episodes == []


def test_alarms_close_to_each_other_are_one_episode() -> None:
    follower = Follower()
    follower.update(chunk("xx" + "." * 20 + "xx"), 1)
    follower.update(chunk("xx", start=GAP), 1)
    follower.update(chunk("x", start=3 * GAP), 1)
    assert [(e.first_ts, e.last_ts, e.anomalous) for e in follower.episodes] == [(0, GAP + 1, 6), (180, 180, 1)]


def test_long_pauses_within_a_step_divide_episodes() -> None:
    follower = Follower()
    follower.update(chunk("xxxx", step=2 * GAP), 1)
    assert len(follower.episodes) == 4


def test_an_episode_goes_on_from_step_to_step() -> None:
    follower = Follower()
    for start in range(0, 30, 10):
        follower.update(chunk("x" * 10, start=float(start)), 5)
    [episode] = follower.episodes
    assert (episode.first_ts, episode.last_ts, episode.anomalous) == (0, 29, 28)


def test_an_episode_may_have_begun_in_an_earlier_step() -> None:
    follower = Follower()
    follower.update(chunk("x..x"), 5)
    follower.update(chunk("x.x", start=4.0), 5)
    [episode] = follower.episodes
    assert (episode.first_ts, episode.last_ts, episode.anomalous) == (0, 6, 2)


def test_memory_is_bounded() -> None:
    follower = Follower()
    for n in range(2 * MAX_EPISODES):
        follower.update(chunk("x" * 10, start=n * 10 * GAP), 1)
    assert len(follower.episodes) == MAX_EPISODES
    assert follower.episodes[-1].anomalous == 10 * (MAX_EPISODES + 1)
    follower = Follower()
    follower.update(chunk("x" * 10 * MAX_TARGETS, step=0.01), 1)
    assert len(follower.episodes[0].targets) == MAX_TARGETS
