import ipaddress

import numpy as np

from botwarden.detect import state
from botwarden.detect.networks import PRIVATE, network_rows
from botwarden.detect.thresholds import HOLD, METERS, RAISE_AT, WINDOW

SETTINGS = (WINDOW, RAISE_AT, HOLD)


def test_everything_fits_into_forty_megabytes() -> None:
    assert state.STATE.itemsize < 40e6


def test_tables_are_whole_sets() -> None:
    for name in ("actor", "pair", "attempt", "connection", "agent", "meter"):
        slots = state.STATE[f"{name}_keys"].shape[0]
        assert slots % 8 == 0
        assert slots & (slots - 1) == 0
        assert state.STATE[f"{name}_seen"].shape == (slots,)


def test_every_kind_of_meter_has_its_settings() -> None:
    s = state.new_state(5, network_rows(PRIVATE), SETTINGS)[0]
    assert len(METERS) <= state.MAX_KINDS
    assert s["window"][: len(METERS)].tolist() == [m.window for m in METERS]
    assert s["raise_at"][: len(METERS)].tolist() == [m.raise_at for m in METERS]
    assert s["hold"][: len(METERS)].tolist() == [m.hold for m in METERS]


def test_a_new_state_knows_its_networks_and_nothing_else() -> None:
    s = state.new_state(5, network_rows(PRIVATE), SETTINGS)[0]
    assert s["counts"][state.NETWORKS] == 7
    assert s["counts"][state.NETWORKS4] == 5
    assert s["clock"][state.ONLINE] == -np.inf
    for name in ("actor_keys", "pair_keys", "attempt_keys", "connection_keys", "meter_keys", "agent_keys"):
        assert not s[name].any()


def test_a_prefix_of_64_bits_is_no_ipv4_network() -> None:
    networks = [
        ipaddress.ip_network(text) for text in ("192.168.1.0/24", "0.0.0.0/0", "2001:db8:10::/64", "::/0", "::5/128")
    ]
    s = state.new_state(7, network_rows(networks), (WINDOW, RAISE_AT, HOLD))[0]
    assert (s["counts"][state.NETWORKS4], s["counts"][state.NETWORKS]) == (2, 5)


def test_any_seed_is_taken() -> None:
    for seed in (0, 2**62, 2**63 - 1, 2**64 + 3):
        assert 0 <= state.new_state(seed, network_rows(()), SETTINGS)[0]["seed"][0] < 2**63
