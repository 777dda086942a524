from dataclasses import replace
from typing import Any

from botwarden.detect.claim import Claim
from botwarden.detect.fusion import MAX_CAUSES, MAX_EPISODES, MAX_REASONS, MAX_THEN, MIN_CONFIDENCE, rank, verdicts

CLAIM = Claim(1, "scan.horizontal", "attacker", 0.9, "high", 100.0, 110.0, "tried 40", 40.0)


def claim(label: str, size: float = 100.0, **changes: Any) -> Claim:
    evidence = {"window_s": 10.0, "bytes": 60 * size} | changes.pop("evidence", {})
    return replace(CLAIM, label=label, size=size, reason=f"{label} {size}", evidence=evidence, **changes)


def found(*claims: Claim) -> list[str]:
    return [verdict.label for verdict in verdicts(claims).get(1, [])]


def test_claims_of_a_kind_become_one_verdict_the_largest_first() -> None:
    small = replace(CLAIM, first_ts=10, last_ts=20, reason="tried 20", size=20, evidence={"targets": 20})
    large = replace(CLAIM, severity="critical", evidence={"targets": 40})
    (verdict,) = verdicts([small, large])[1]
    assert verdict.reasons == ["tried 40", "tried 20"]
    assert (verdict.first_ts, verdict.last_ts) == (10, 110)
    assert (verdict.confidence, verdict.severity) == (0.9, "critical")
    assert verdict.evidence["targets"] == 40
    assert [e["targets"] for e in verdict.evidence["episodes"]] == [20, 40]
    assert verdict.evidence["episode_count"] == 2
    assert verdict.advice


def test_the_largest_claim_goes_on_where_its_reason_ends() -> None:
    story = replace(CLAIM, size=90, reason="broken into", then=("ran sh", "fetched x"))
    other = replace(CLAIM, size=80, reason="broken into again", then=("ran ls",))
    (verdict,) = verdicts([other, story])[1]
    assert verdict.reasons == ["broken into", "ran sh", "fetched x", "broken into again"]
    (verdict,) = verdicts([replace(story, then=tuple(map(str, range(50))))])[1]
    assert len(verdict.reasons) == 1 + MAX_THEN


def test_logins_that_were_read_are_those_that_were_counted() -> None:
    read = claim("bruteforce.telnet", 14, target="10.0.0.1", heard=True)
    counted = claim("bruteforce.telnet", 14.5, target="10.0.0.1")
    (verdict,) = verdicts([read, counted])[1]
    assert verdict.reasons == [read.reason]
    assert "episodes" not in verdict.evidence
    (verdict,) = verdicts([read, replace(counted, target="10.0.0.2")])[1]
    assert len(verdict.reasons) == 2
    (verdict,) = verdicts([read, replace(counted, size=100.0)])[1]  # most of it was not read
    assert len(verdict.reasons) == 2
    (verdict,) = verdicts([replace(read, target=None), replace(counted, target="10.0.0.2")])[1]
    assert len(verdict.reasons) == 1
    (verdict,) = verdicts([counted, replace(counted, size=90.0, reason="more")])[1]
    assert len(verdict.reasons) == 2


def test_a_verdict_names_the_model_that_had_a_part_in_it() -> None:
    judged = replace(CLAIM, size=10, reason="like nothing else", model="house (0123456789ab)")
    assert verdicts([CLAIM])[1][0].model is None
    (verdict,) = verdicts([CLAIM, judged])[1]
    assert verdict.model == "house (0123456789ab)"
    assert verdict.reasons == ["tried 40", "like nothing else"]


def test_a_single_claim_has_no_list_of_episodes() -> None:
    (verdict,) = verdicts([CLAIM])[1]
    assert "episodes" not in verdict.evidence


def test_many_claims_are_told_briefly_and_counted() -> None:
    many = [replace(CLAIM, first_ts=1000.0 * n, last_ts=1000.0 * n + 5, reason=f"tried {n}") for n in range(50)]
    (verdict,) = verdicts(many)[1]
    assert len(verdict.reasons) == MAX_REASONS + 1
    assert verdict.reasons[-1] == "and 46 more episodes of this kind"
    assert len(verdict.evidence["episodes"]) == MAX_EPISODES
    assert verdict.evidence["episode_count"] == 50


def test_the_roles_and_the_devices_are_kept_apart() -> None:
    judged = verdicts([CLAIM, replace(CLAIM, role="victim"), replace(CLAIM, serial=2)])
    assert {serial: [v.role for v in found] for serial, found in judged.items()} == {
        1: ["attacker", "victim"],
        2: ["attacker"],
    }


def test_unsure_claims_are_dropped() -> None:
    assert not verdicts([replace(CLAIM, confidence=MIN_CONFIDENCE - 0.01)])
    assert verdicts([replace(CLAIM, confidence=MIN_CONFIDENCE)])


def test_the_worst_comes_first() -> None:
    low = replace(CLAIM, label="beacon", severity="low", confidence=0.99)
    suffered = replace(CLAIM, label="flood.syn", role="victim")
    sure = replace(CLAIM, label="scan.arp", confidence=0.95)
    assert found(low, suffered, CLAIM, sure) == ["scan.arp", "scan.horizontal", "flood.syn", "beacon"]
    early, late = (verdicts([replace(CLAIM, first_ts=ts)])[1][0] for ts in (1.0, 2.0))
    assert rank(early) > rank(late)


def test_a_flood_of_random_ports_is_no_port_scan() -> None:
    flood = claim("flood.syn", 20_000, target="10.0.0.1")
    scan = claim("scan.vertical", 16_000, target="10.0.0.1")
    assert found(flood, scan) == ["flood.syn"]
    assert found(flood, replace(scan, target="10.0.0.2")) == ["flood.syn", "scan.vertical"]
    assert found(flood, replace(scan, first_ts=500, last_ts=600)) == ["flood.syn", "scan.vertical"]


def test_a_fast_port_scan_is_no_flood() -> None:
    scan = claim("scan.vertical", 1000, target="10.0.0.1")
    assert found(claim("flood.syn", 2000, target="10.0.0.1"), scan) == ["scan.vertical"]
    assert found(claim("flood.syn", 2400, target="10.0.0.1"), replace(scan, size=100)) == ["flood.syn"]
    victim = replace(scan, role="victim", target="192.168.0.10")
    assert found(claim("flood.syn", 1000, role="victim"), victim) == ["scan.vertical"]


def test_a_udp_scan_sends_next_to_nothing_and_a_flood_fills_its_packets() -> None:
    scan = claim("scan.udp", 1000, target="10.0.0.1")
    empty = claim("flood.udp", 1000, target="10.0.0.1", evidence={"bytes": 1000 * 42})
    full = claim("flood.udp", 1000, target="10.0.0.1", evidence={"bytes": 1000 * 554})
    assert found(scan, empty) == ["scan.udp"]
    assert found(scan, full) == ["flood.udp"]


def test_the_echo_of_a_flood_is_no_second_flood() -> None:
    flood = claim("flood.syn", 10_000, target="10.0.0.1")
    assert found(flood, claim("flood.tcp", 2_000, target="10.0.0.1")) == ["flood.syn"]
    assert found(flood, claim("flood.tcp", 9_000, target="10.0.0.1")) == ["flood.syn", "flood.tcp"]
    assert found(flood, claim("flood.udp", 2_000, target="10.0.0.2")) == ["flood.syn", "flood.udp"]


def test_connections_that_were_completed_are_no_echo() -> None:
    for kind in ("connect", "junk"):
        made = claim("flood.tcp", 60, evidence={"kind": kind})
        assert sorted(found(claim("flood.udp", 3000), made)) == ["flood.tcp", "flood.udp"]
    assert found(claim("flood.udp", 3000), claim("flood.tcp", 60, evidence={"kind": "tcp"})) == ["flood.udp"]


def test_amplified_answers_explain_what_else_the_victim_receives() -> None:
    answers = claim("amplification.dns", 10_000, role="victim")
    fragments = claim("flood.udp", 9_000, role="victim")
    assert found(answers, fragments) == ["amplification.dns"]
    assert found(answers, claim("flood.syn", 11_000, role="victim")) == ["amplification.dns", "flood.syn"]
    assert found(answers, claim("amplification.udp", 100, role="victim")) == ["amplification.dns"]
    assert found(answers, replace(fragments, role="attacker")) == ["flood.udp", "amplification.dns"]


def test_the_slow_meter_repeats_what_the_fast_one_saw_unless_it_is_another_port() -> None:
    fast = claim("scan.horizontal", 40, evidence={"ports": [23]})
    slow = claim("scan.horizontal", 6, evidence={"ports": [23], "window_s": 3600.0})
    other = claim("scan.horizontal", 6, evidence={"ports": [2323], "window_s": 3600.0})
    (verdict,) = verdicts([fast, slow])[1]
    assert verdict.evidence["window_s"] == 10.0
    assert "episodes" not in verdict.evidence
    assert verdicts([fast, other])[1][0].evidence["episode_count"] == 2


def test_who_is_attacked_does_not_choose_how_long_this_takes() -> None:
    """Compares each claim with a bounded number of others: twenty thousand would take minutes otherwise."""

    class Counted(Claim):
        compared = 0

        def overlaps(self, other: Claim, slack: float = 10.0) -> bool:
            Counted.compared += 1
            return super().overlaps(other, slack)

    fields = {name: getattr(CLAIM, name) for name in CLAIM.__slots__}
    n = 1000
    many = [Counted(**fields | {"label": "scan.vertical", "first_ts": float(k), "target": str(k)}) for k in range(n)]
    assert found(*many) == ["scan.vertical"]
    assert 0 < Counted.compared <= n * MAX_CAUSES


def test_a_controller_that_was_recognised_is_told_once() -> None:
    beacon = claim("beacon", 80, target="203.0.113.66")
    odd = claim("cnc.beacon", 80, target="203.0.113.66")
    orders = claim("cnc.irc", 3, target="203.0.113.66")
    assert found(beacon, odd) == ["cnc.beacon"]
    assert found(beacon, odd, orders) == ["cnc.irc"]
    assert set(found(beacon, replace(odd, target="203.0.113.67"))) == {"beacon", "cnc.beacon"}
