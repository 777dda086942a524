from dataclasses import replace

import numpy as np

from botwarden.core.address import ip_halves
from botwarden.detect.claim import Claim, sample_ports, samples, source_text, target_text
from botwarden.detect.state import METER, SAMPLES

CLAIM = Claim(1, "scan.arp", "attacker", 0.9, "medium", 100.0, 120.0, "asked", 30.0)


def test_claims_about_the_same_time_overlap_give_or_take() -> None:
    assert CLAIM.overlaps(replace(CLAIM, first_ts=110, last_ts=200))
    assert CLAIM.overlaps(replace(CLAIM, first_ts=129, last_ts=200))
    assert CLAIM.overlaps(replace(CLAIM, first_ts=0, last_ts=91))
    assert not CLAIM.overlaps(replace(CLAIM, first_ts=131, last_ts=200))
    assert not CLAIM.overlaps(replace(CLAIM, first_ts=129, last_ts=200), slack=0)


def test_an_episode_names_its_ends_and_its_samples_once() -> None:
    episode = np.zeros(1, METER)[0]
    episode["src_hi"], episode["src_lo"] = ip_halves("192.168.0.10")
    episode["dst_hi"], episode["dst_lo"] = ip_halves("2001:db8::1")
    for n, text in enumerate(["10.0.0.1", "10.0.0.2", "10.0.0.1"]):
        episode["sample_hi"][n], episode["sample_lo"][n] = ip_halves(text)
        episode["sample_port"][n] = 23 + n % 2
    episode["samples"] = 3
    assert (source_text(episode), target_text(episode)) == ("192.168.0.10", "2001:db8::1")
    assert samples(episode) == ["10.0.0.1", "10.0.0.2"]
    assert sample_ports(episode) == [23, 24]


def test_no_more_samples_than_there_is_room_for() -> None:
    episode = np.zeros(1, METER)[0]
    episode["samples"] = 1000
    episode["sample_port"] = np.arange(SAMPLES)
    assert sample_ports(episode) == list(range(SAMPLES))
