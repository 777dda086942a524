from botwarden.core.record import Record
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzer import Flow, Session, identifier


def session(records: list[Record] | None = None, seed: int = 1) -> Session:
    return Session([].append if records is None else records.append, lambda _: False, seed)


def test_identifiers_differ_and_depend_on_the_seed_only() -> None:
    names = {identifier("C", 5, n) for n in range(10_000)}
    assert len(names) == 10_000
    assert identifier("C", 5, 77) == identifier("C", 5, 77) != identifier("C", 6, 77)
    assert all(name[0] == "C" and name.isalnum() and len(name) == 17 for name in names)


def test_what_is_expected_is_taken_once() -> None:
    told: list[tuple[int, str]] = []
    here = Session([].append, lambda _: False, opened=lambda port, proto: told.append((port, proto)))
    here.expect("10.0.0.1", 4000, "tcp", "ftp-data", {"file": "x"})
    assert here.expected("10.0.0.1", 4000, "udp") is None
    assert here.expected("10.0.0.1", 4000, "tcp") == ("ftp-data", {"file": "x"})
    assert here.expected("10.0.0.1", 4000, "tcp") is None
    assert told == [(4000, "tcp")]


def test_expectations_are_bounded() -> None:
    here = session()
    for port in range(Session.MAX_EXPECTED + 10):
        here.expect("10.0.0.1", port, "tcp", "ftp-data")
    assert here.expected("10.0.0.1", 9, "tcp") is None
    assert here.expected("10.0.0.1", 10, "tcp") is not None


def test_shared_state_is_made_once_and_hears_of_the_time() -> None:
    class Clock:
        def __init__(self, owner: Session) -> None:
            self.owner = owner
            self.heard: list[object] = []

        def tick(self, now: float) -> None:
            self.heard.append(now)

        def end(self, now: float) -> None:
            self.heard.append(("end", now))

    here = session()
    clock = here.shared(Clock, Clock)
    assert here.shared(Clock, Clock) is clock
    here.tick(5.0)
    here.end(6.0)
    assert clock.heard == [5.0, ("end", 6.0)]


def test_a_flow_knows_its_identifier_when_asked() -> None:
    here = session(seed=9)
    flow = Flow(here, 12, 1.0, "tcp", ("10.0.0.1", 1), ("10.0.0.2", 2))
    assert flow.uid == identifier("C", 9, 12)
    assert flow.id == {"uid": flow.uid, "orig_h": "10.0.0.1", "orig_p": 1, "resp_h": "10.0.0.2", "resp_p": 2}


def test_a_violation_is_a_weird_and_the_end() -> None:
    records: list[Record] = []
    flow = Flow(session(records), "C1", 1.0, "tcp", ("10.0.0.1", 1), ("10.0.0.2", 2))
    flow.violate(2.0, "line_too_long", source="test")
    assert flow.done
    assert flow.violations == 1
    (weird,) = records
    assert isinstance(weird, WeirdRecord)
    assert (weird.name, weird.uid, weird.source, weird.resp_p) == ("line_too_long", "C1", "test", 2)


def test_a_service_is_confirmed_once() -> None:
    flow = Flow(session(), "C1", 1.0, "tcp", ("10.0.0.1", 1), ("10.0.0.2", 2))
    flow.confirm("http")
    flow.confirm("ssl")
    flow.confirm("http")
    assert flow.services == ["http", "ssl"]
