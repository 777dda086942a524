from botwarden.core.record import Record
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.http_transaction import MAX_PENDING, Pairing
from protocols.conversation import only


class Case:
    def __init__(self) -> None:
        self.records: list[Record] = []
        session = Session(self.records.append, lambda ip: False)
        self.flow = Flow(session, "C1", 100.0, "tcp", ("192.168.0.10", 40000), ("198.51.100.7", 80))
        self.pairing = Pairing(self.flow)

    def ask(self, uri: str) -> None:
        self.pairing.ask(1.0).uri = uri

    def answer(self, code: int) -> None:
        transaction = self.pairing.answer(2.0)
        transaction.status_code = code
        self.pairing.finish()

    @property
    def rows(self) -> list[tuple[int, str | None, int | None]]:
        return [(record.trans_depth, record.uri, record.status_code) for record in only(self.records, HttpRecord)]


def test_answers_go_with_requests_in_their_order() -> None:
    case = Case()
    case.ask("/a")
    case.ask("/b")
    case.answer(200)
    case.answer(404)
    assert case.rows == [(1, "/a", 200), (2, "/b", 404)]
    case.pairing.write_all()
    assert len(case.rows) == 2


def test_an_interim_answer_is_not_the_end() -> None:
    case = Case()
    case.ask("/a")
    case.answer(100)
    assert case.rows == []
    case.answer(200)
    assert case.rows == [(1, "/a", 200)]


def test_answers_that_nobody_asked_for_and_what_comes_after() -> None:
    case = Case()
    case.ask("/a")
    for _ in range(3):
        case.answer(200)
    case.ask("/b")
    case.answer(404)
    assert case.rows == [(1, "/a", 200), (2, None, 200), (3, None, 200), (4, "/b", 404)]


def test_what_comes_of_a_request_after_its_answer_has_a_line_of_its_own() -> None:
    case = Case()
    case.ask("/a")
    case.answer(413)
    case.pairing.asked(3.0).request_body_len = 10
    case.pairing.write_all()
    records = only(case.records, HttpRecord)
    assert [(record.trans_depth, record.request_body_len, record.ts) for record in records] == [
        (1, 0, 1.0),
        (2, 10, 3.0),
    ]


def test_requests_without_answers_are_written_at_the_end() -> None:
    case = Case()
    case.ask("/a")
    case.ask("/b")
    case.pairing.write_all()
    assert case.rows == [(1, "/a", None), (2, "/b", None)]


def test_not_more_than_so_many_wait() -> None:
    case = Case()
    for i in range(3 * MAX_PENDING):
        case.ask(f"/{i}")
    assert len(case.rows) >= 2 * MAX_PENDING - 2
    assert {record.name for record in only(case.records, WeirdRecord)} == {"HTTP_excessive_pipelining"}
    case.pairing.write_all()
    assert [uri for _, uri, _ in case.rows] == [f"/{i}" for i in range(3 * MAX_PENDING)]


def test_an_action_is_written_with_the_status_of_its_answer() -> None:
    case = Case()
    case.pairing.ask(1.0).upnp = UpnpRecord(ts=1.0, **case.flow.id, kind="action", action="AddPortMapping")
    case.answer(718)
    [record] = only(case.records, UpnpRecord)
    assert (record.action, record.status_code) == ("AddPortMapping", 718)
