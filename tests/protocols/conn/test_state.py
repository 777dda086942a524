from botwarden.protocols.conn.state import ANALYZED, CONNECTIONS, SERVER, STATE, new_state
from botwarden.protocols.table import WAYS


def test_it_takes_the_memory_that_it_says() -> None:
    assert STATE.itemsize < 40e6


def test_the_table_is_whole_sets() -> None:
    assert CONNECTIONS % WAYS == 0


def test_ports_of_analyzers_and_usual_servers_are_told_apart() -> None:
    s = new_state(1, frozenset({8123, 80}), frozenset({5683}), 0)[0]
    assert s["tcp_server"][80] == SERVER | ANALYZED
    assert s["tcp_server"][8123] == ANALYZED
    assert s["tcp_server"][22] & SERVER
    assert s["udp_server"][5683] & ANALYZED
    assert s["udp_server"][8123] == 0


def test_a_seed_of_any_size_is_taken() -> None:
    assert new_state(2**80 + 5, frozenset(), frozenset(), 0)[0]["seed"][0] == 5
