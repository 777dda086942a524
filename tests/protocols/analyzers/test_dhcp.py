import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.analyzers.dhcp import MAX_EXCHANGES, DhcpAnalyzer
from botwarden.protocols.dhcp import ACK, DISCOVER, OFFER, REQUEST
from botwarden.protocols.settings import Settings
from captures import ip_bytes
from protocols.conversation import only
from protocols.test_dhcp import MAC, dhcp, option

CLIENT = ("0.0.0.0", 68)
BROADCAST = ("255.255.255.255", 67)
SERVER = ("192.168.0.1", 67)
OTHERS = ("192.168.0.9", 68)


class Network:
    """Several connections of one capture."""

    def __init__(self, **limits: int) -> None:
        self.records: list[Record] = []
        self.session = Session(self.records.append, lambda ip: True, settings=Settings(**limits))
        self.flows: dict[tuple[str, int, str, int], DhcpAnalyzer] = {}

    def send(self, ts: float, orig: tuple[str, int], resp: tuple[str, int], message: bytes, back: bool = False) -> None:
        """A datagram from the originator; ``back``: from the responder."""
        analyzer = self.flows.get((*orig, *resp))
        if analyzer is None:
            flow = Flow(self.session, f"C{len(self.flows) + 1}", ts, "udp", orig, resp)
            analyzer = self.flows[*orig, *resp] = DhcpAnalyzer(flow)
        analyzer.data(ts, not back, message)

    def finish(self, ts: float = 2000.0) -> list[DhcpRecord]:
        for analyzer in self.flows.values():
            analyzer.end(ts)
        self.session.end(ts)
        return only(self.records, DhcpRecord)


def kind(number: int) -> bytes:
    return option(53, bytes([number]))


ASK = (kind(REQUEST), option(12, b"cam"), option(55, bytes([1, 3, 6])), option(60, b"udhcp 1.22"))
GIVE = (kind(ACK), option(51, b"\0\0\x0e\x10"), option(15, b"lan\0"))


def test_the_messages_of_a_transaction_are_one_record_over_connections() -> None:
    network = Network()
    network.send(10.0, CLIENT, BROADCAST, dhcp(kind(DISCOVER), option(50, ip_bytes("192.168.0.9"))))
    network.send(10.1, OTHERS, SERVER, dhcp(kind(OFFER), op=2, assigned="192.168.0.9"), back=True)
    network.send(10.2, CLIENT, BROADCAST, dhcp(*ASK))
    network.send(10.5, OTHERS, SERVER, dhcp(*GIVE, op=2, assigned="192.168.0.9"), back=True)
    (found,) = network.finish()
    assert (found.ts, found.duration, found.uids) == (10.0, 0.5, ("C1", "C2"))
    assert found.msg_types == ("DISCOVER", "OFFER", "REQUEST", "ACK")
    assert (found.client_addr, found.server_addr) == ("192.168.0.9", "192.168.0.1")
    assert (found.requested_addr, found.assigned_addr) == ("192.168.0.9", "192.168.0.9")
    assert (found.mac, found.host_name, found.domain, found.lease_time) == (MAC, "cam", "lan", 3600.0)
    assert (found.vendor_class, found.param_list) == ("udhcp 1.22", (1, 3, 6))
    assert found.client_options == (53, 50), "those of the first message"


def test_a_server_may_broadcast_its_answer() -> None:
    network = Network()
    network.send(10.0, SERVER, ("255.255.255.255", 68), dhcp(*GIVE, op=2, assigned="192.168.0.9"))
    (found,) = network.finish()
    assert (found.server_addr, found.client_addr, found.mac) == ("192.168.0.1", "192.168.0.9", MAC)


def test_the_client_identifier_goes_before_the_hardware_address() -> None:
    network = Network()
    identifier = option(61, bytes.fromhex("01020304050607"))
    network.send(10.0, CLIENT, BROADCAST, dhcp(kind(DISCOVER), identifier))
    network.send(10.1, SERVER, ("255.255.255.255", 68), dhcp(*GIVE, op=2))
    assert network.finish()[0].mac == "02:03:04:05:06:07"


def test_a_relay_agent_is_not_the_client() -> None:
    network = Network()
    relayed = bytearray(dhcp(*ASK))
    relayed[24:28] = ip_bytes("10.0.0.1")
    network.send(10.0, ("10.0.0.1", 67), SERVER, bytes(relayed))
    assert network.finish()[0].client_addr is None


def test_reasons_are_told_by_who_gave_them() -> None:
    network = Network()
    network.send(10.0, CLIENT, BROADCAST, dhcp(kind(4), option(56, b"in use")))
    network.send(10.1, OTHERS, SERVER, dhcp(kind(6), option(56, b"no such lease"), op=2), back=True)
    (found,) = network.finish()
    assert (found.client_message, found.server_message) == ("in use", "no such lease")
    assert (found.msg_types, found.server_addr) == (("DECLINE", "NAK"), None)


def test_what_relay_agents_add() -> None:
    network = Network()
    added = option(82, option(1, b"port 3") + option(2, b"\x13") + option(6, b"-subID-") + b"\x09\xff")
    network.send(10.0, OTHERS, SERVER, dhcp(kind(ACK), added, op=2), back=True)
    (found,) = network.finish()
    assert (found.circuit_id, found.agent_remote_id, found.subscriber_id) == ("port 3", "\x13", "-subID-")


def test_a_message_type_without_a_name() -> None:
    network = Network()
    network.send(10.0, CLIENT, BROADCAST, dhcp(kind(99)))
    assert network.finish()[0].msg_types == ("unknown-message-type-99",)


def test_a_silent_transaction_is_over_after_ten_seconds() -> None:
    network = Network()
    network.send(10.0, CLIENT, BROADCAST, dhcp(*ASK))
    network.session.tick(19.0)
    assert not network.records
    network.session.tick(20.0)
    assert len(network.records) == 1
    network.send(20.1, CLIENT, BROADCAST, dhcp(*ASK))
    assert len(network.finish()) == 2


def test_a_late_message_begins_a_new_record_even_without_a_tick() -> None:
    network = Network()
    network.send(10.0, CLIENT, BROADCAST, dhcp(*ASK))
    network.send(40.0, CLIENT, BROADCAST, dhcp(*ASK))
    assert [found.ts for found in network.finish()] == [10.0, 40.0]


def test_a_transaction_that_goes_on_is_cut_after_thirty_seconds() -> None:
    network = Network()
    for i in range(15):
        network.send(10.0 + 3 * i, CLIENT, BROADCAST, dhcp(*ASK))
        network.session.tick(10.0 + 3 * i)
    first, second = network.finish()
    assert 30 <= (first.duration or 0) < 36
    assert second.ts == first.ts + (first.duration or 0) + 3


@pytest.mark.parametrize(("limits", "most"), [({}, 50), ({"dhcp_max_uids": 500, "dhcp_max_messages": 8}, 8)])
def test_a_record_has_a_limited_number_of_messages(limits: dict[str, int], most: int) -> None:
    network = Network(**limits)
    for _ in range(2 * most + 1):
        network.send(10.0, CLIENT, BROADCAST, dhcp(*ASK))
    assert [len(found.msg_types or ()) for found in network.finish()] == [most, most, 1]


@pytest.mark.parametrize(("limits", "most"), [({}, 10), ({"dhcp_max_uids": 5}, 5)])
def test_a_record_has_a_limited_number_of_connections(limits: dict[str, int], most: int) -> None:
    network = Network(**limits)
    for i in range(2 * most + 1):
        network.send(10.0, (f"192.168.0.{i}", 68), SERVER, dhcp(*ASK))
    assert [len(found.uids or ()) for found in network.finish()] == [most, most, 1]


def test_a_starvation_attack_makes_the_oldest_go() -> None:
    network = Network()
    message = bytearray(dhcp(*ASK))
    for i in range(MAX_EXCHANGES + 3):
        message[4:8] = i.to_bytes(4, "big")
        network.send(10.0 + i / 1e6, CLIENT, BROADCAST, bytes(message))
    assert [record.ts for record in network.records] == [10.0, 10.000001, 10.000002]
    assert len(network.finish()) == MAX_EXCHANGES + 3


def test_dhcp_is_known_by_its_cookie() -> None:
    assert DhcpAnalyzer.matches(dhcp(*ASK), True, "udp")
    assert not DhcpAnalyzer.matches(dhcp(*ASK), True, "tcp")
    assert not DhcpAnalyzer.matches(dhcp(*ASK)[:239], True, "udp")
    assert not DhcpAnalyzer.matches(bytes(300), True, "udp")


def test_what_is_no_dhcp_is_given_up_and_not_confirmed() -> None:
    network = Network()
    network.send(10.0, CLIENT, BROADCAST, bytes(300))
    (analyzer,) = network.flows.values()
    assert analyzer._flow.done
    assert analyzer._flow.services == []
    assert network.finish() == []


@given(st.lists(st.tuples(st.floats(0, 100), st.binary(max_size=80), st.booleans()), max_size=20))
def test_any_options_are_survived(messages: list[tuple[float, bytes, bool]]) -> None:
    network = Network()
    for ts, options, back in messages:
        network.send(ts, CLIENT, SERVER, dhcp(kind(1), options, op=1 + back), back=back)
        network.send(ts, CLIENT, SERVER, options)
        network.session.tick(ts)
    network.finish()
