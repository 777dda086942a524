"""A verdict is a value: it cannot be changed, and its severities have an order."""

import msgspec
import pytest

from botwarden.core.verdict import SEVERITIES, Verdict

VERDICT = Verdict(
    label="beacon",
    role="attacker",
    confidence=0.6,
    severity="medium",
    first_ts=1.0,
    last_ts=2.0,
    reasons=[],
    evidence={},
)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        VERDICT.confidence = 1.0  # type: ignore[misc]


def test_severities_go_from_harmless_to_worst() -> None:
    assert SEVERITIES == ("low", "medium", "high", "critical")


def test_an_unknown_severity_or_role_is_refused_when_read() -> None:
    document = msgspec.to_builtins(VERDICT)
    for change in ({"severity": "awful"}, {"role": "bystander"}):
        with pytest.raises(msgspec.ValidationError, match="Invalid enum value"):
            msgspec.convert(document | change, Verdict)


def test_its_episodes_are_told_where_the_evidence_has_them_all() -> None:
    assert VERDICT.episodes() == [(1.0, 2.0)]
    two = [{"first_ts": 1.0, "last_ts": 1.2}, {"first_ts": 1.8, "last_ts": 2.0}]
    told = msgspec.structs.replace(VERDICT, evidence={"episodes": two, "episode_count": 2})
    assert told.episodes() == [(1.0, 1.2), (1.8, 2.0)]
    assert msgspec.structs.replace(told, evidence={"episodes": two, "episode_count": 3}).episodes() == [(1.0, 2.0)]


def test_a_behaviour_names_no_model() -> None:
    assert VERDICT.model is None
