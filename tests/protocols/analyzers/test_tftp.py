import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.files import FileRecord
from botwarden.core.records.tftp import TftpRecord
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.analyzers.tftp import TftpAnalyzer
from protocols.conversation import only
from protocols.test_tftp import READ

CLIENT = ("192.168.0.9", 50000)
SERVER = ("198.51.100.7", 69)
ANSWERS = ("198.51.100.7", 3445)
FILE = b"\x7fELF" + bytes(range(256)) * 5
WRITE = b"\0\x02up.cfg\0octet\0"


class Network:
    """A connection for the request, and one that the server opens."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.now = 1000.0
        self.session = Session(self.records.append, lambda ip: ip.startswith("192.168."))
        self.flow = Flow(self.session, "C1", self.now, "udp", CLIENT, SERVER)
        self.request = TftpAnalyzer(self.flow)
        self.answer: TftpAnalyzer | None = None
        self.answer_flow = Flow(self.session, "C2", self.now, "udp", ANSWERS, CLIENT)

    def ask(self, data: bytes, is_orig: bool = True) -> None:
        self.now += 0.1
        self.request.data(self.now, is_orig, data)

    def say(self, is_server: bool, data: bytes) -> None:
        """On the second connection, which is made as the dispatcher makes it."""
        self.now += 0.1
        if self.answer is None:
            expected = self.session.expected(*CLIENT, "udp")
            assert expected is not None
            assert expected[0] == "tftp"
            self.answer_flow.context = expected[1]
            self.answer = TftpAnalyzer(self.answer_flow)
        if not self.answer_flow.done:
            self.answer.data(self.now, is_server, data)

    def finish(self) -> TftpRecord:
        for analyzer in (self.answer, self.request):
            if analyzer is not None:
                analyzer.end(self.now)
        (record,) = only(self.records, TftpRecord)
        return record


def block(number: int, content: bytes) -> bytes:
    return struct.pack(">HH", 3, number) + content


def ack(number: int) -> bytes:
    return struct.pack(">HH", 4, number)


def blocks(size: int = 512) -> list[bytes]:
    return [block(i // size + 1, FILE[i : i + size]) for i in range(0, len(FILE) + 1, size)]


def test_a_file_that_is_read() -> None:
    network = Network()
    network.ask(READ)
    for i, data in enumerate(blocks(), 1):
        network.say(True, data)
        network.say(False, ack(i))
    assert only(network.records, TftpRecord), "it is told when the last block has arrived"
    assert (network.answer_flow.done, network.flow.done) == (True, False)
    record = network.finish()
    assert (record.wrq, record.filename, record.mode) == (False, "bins/mirai.arm", "octet")
    assert (record.uid, record.uid_data, record.orig_h) == ("C1", "C2", CLIENT[0])
    assert (record.size, record.block_sent, record.block_acked, record.error_code) == (len(FILE), 3, 3, None)
    (file,) = only(network.records, FileRecord)
    assert (file.uid, file.source, file.filename, file.fuid) == ("C2", "TFTP", "bins/mirai.arm", record.fuid)
    assert (file.sha256, file.seen_bytes) == (hashlib.sha256(FILE).hexdigest(), len(FILE))
    assert (file.is_orig, file.local_orig, file.timedout) == (True, False, False)
    assert (network.flow.services, network.answer_flow.services) == (["tftp"], ["tftp"])


def test_a_file_that_is_written() -> None:
    network = Network()
    network.ask(WRITE)
    network.say(True, ack(0))
    for i, data in enumerate(blocks(), 1):
        network.say(False, data)
        network.say(True, ack(i))
    record = network.finish()
    assert (record.wrq, record.filename, record.size) == (True, "up.cfg", len(FILE))
    (file,) = only(network.records, FileRecord)
    assert (file.is_orig, file.local_orig) == (False, True)
    assert file.sha256 == hashlib.sha256(FILE).hexdigest()


def test_blocks_that_are_sent_again_count_once() -> None:
    network = Network()
    network.ask(READ)
    network.ask(READ)
    for i, data in enumerate(blocks(), 1):
        for _ in range(2):
            network.say(True, data)
        network.say(False, ack(i))
    assert network.finish().size == len(FILE)
    (file,) = only(network.records, FileRecord)
    assert file.sha256 == hashlib.sha256(FILE).hexdigest()


def test_a_block_that_was_not_captured() -> None:
    network = Network()
    network.ask(READ)
    first, _, third = blocks()
    network.say(True, first)
    network.say(True, third)
    record = network.finish()
    assert (record.size, record.block_sent) == (len(FILE) - 512, 3)
    (file,) = only(network.records, FileRecord)
    assert (file.missing_bytes, file.sha256) == (512, None)


def test_larger_blocks_and_the_size_may_be_agreed_on() -> None:
    network = Network()
    network.ask(READ + b"blksize\x001024\0tsize\x000\0")
    network.say(True, b"\0\x06blksize\x001024\0tsize\x00%d\0" % len(FILE))
    network.say(False, ack(0))
    for i, data in enumerate(blocks(1024), 1):
        network.say(True, data)
        network.say(False, ack(i))
    assert network.finish().size == len(FILE)
    (file,) = only(network.records, FileRecord)
    assert (file.total_bytes, file.timedout) == (len(FILE), False)


@pytest.mark.parametrize("value", [b"0", b"-1", b"x", b"99999999999999999999", b"70000"])
def test_options_that_make_no_sense_are_not_agreed_on(value: bytes) -> None:
    network = Network()
    network.ask(READ)
    network.say(True, b"\0\x06blksize\0" + value + b"\0tsize\0" + value + b"\0")
    for data in blocks():
        network.say(True, data)
    network.say(False, ack(3))
    assert network.finish().size == len(FILE)


def test_an_error() -> None:
    network = Network()
    network.ask(READ)
    network.say(True, b"\0\x05\0\x01File not found\0")
    record = network.finish()
    assert (record.error_code, record.error_msg, record.uid_data) == (1, "File not found", "C2")
    assert (record.size, record.fuid) == (0, None)


def test_a_server_may_answer_from_its_usual_port() -> None:
    network = Network()
    network.ask(READ)
    for i, data in enumerate(blocks(), 1):
        network.ask(data, is_orig=False)
        network.ask(ack(i))
    record = network.finish()
    assert (record.uid, record.uid_data, record.size) == ("C1", "C1", len(FILE))


def test_a_request_that_nobody_answers() -> None:
    network = Network()
    network.ask(READ)
    record = network.finish()
    assert (record.filename, record.uid_data, record.size, record.fuid) == ("bins/mirai.arm", None, 0, None)


def test_a_transfer_that_breaks_off_is_told_once() -> None:
    network = Network()
    network.ask(READ)
    network.say(True, blocks()[0])
    network.request.end(network.now)
    assert only(network.records, TftpRecord) == []
    assert network.finish().size == 512
    (file,) = only(network.records, FileRecord)
    assert (file.timedout, file.sha256) == (True, None)


def test_several_files_on_one_connection() -> None:
    network = Network()
    for _ in range(3):
        network.ask(READ)
        network.ask(block(1, b"x"), is_orig=False)
        network.ask(ack(1))
    network.ask(WRITE)
    network.request.end(network.now)
    assert [record.size for record in only(network.records, TftpRecord)] == [1, 1, 1, 0]


def test_an_empty_file() -> None:
    network = Network()
    network.ask(READ)
    network.say(True, block(1, b""))
    network.say(False, ack(1))
    assert (network.finish().size, only(network.records, FileRecord)) == (0, [])


def test_block_numbers_begin_again() -> None:
    network = Network()
    network.ask(READ)
    for number in range(1, 65540):
        network.say(True, block(number & 0xFFFF, bytes(512)))
    network.say(True, block(4, b"end"))
    record = network.finish()
    assert (record.block_sent, record.size) == (65540, 65539 * 512 + 3)


def test_tftp_is_known_by_its_request_only() -> None:
    assert TftpAnalyzer.matches(READ, True, "udp")
    assert not TftpAnalyzer.matches(READ, True, "tcp")
    assert not TftpAnalyzer.matches(block(1, bytes(512)), True, "udp")


def test_what_is_no_tftp_is_given_up() -> None:
    network = Network()
    network.ask(b"hello")
    assert (network.flow.done, network.flow.services) == (True, [])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "say"]),
            st.booleans(),
            st.binary(max_size=40) | st.sampled_from([READ, WRITE, *blocks(), ack(1), b"\0\6blksize\x008\0"]),
        ),
        max_size=20,
    )
)
def test_any_bytes_are_survived(turns: list[tuple[str, bool, bytes]]) -> None:
    network = Network()
    network.ask(READ)
    for where, side, data in turns:
        if where == "ask":
            network.ask(data, side)
        else:
            network.say(side, data)
    network.request.end(network.now)
    if network.answer is not None:
        network.answer.end(network.now)
    assert only(network.records, TftpRecord)
