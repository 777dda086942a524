"""The dialogues are those of real clients and servers; sizes are those of their messages before padding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.ssh_login import MAX_ANSWERS, RUNNING, Layout, Login, layout
from protocols.ssh_messages import CBC, CHACHA, CTR, ETM, GCM, SUITES, algorithms, sealed

SERVICE = 17
EXT_INFO = 300
NONE = 36  # for a user of 5 letters
PASSWORD = 54
PADDED = 120  # OpenSSH hides the length of passwords
KEY = 120
SIGNED = 290
FAILURE = 45  # publickey,password,keyboard-interactive
SUCCESS = 1
PROMPT = 32
ANSWER = 15
KEY_OK = 80
BANNER = 400
HOST_KEYS = 560
OPEN = 24
OPENED = 17
TOO_MANY = 52  # DISCONNECT

Turns = list[tuple[str, list[int]]]
START: Turns = [("C", [SERVICE]), ("S", [SERVICE])]
ASKED: Turns = [*START, ("C", [NONE]), ("S", [FAILURE])]
WRONG: Turns = [("C", [PADDED]), ("S", [FAILURE])]
RIGHT: Turns = [("C", [PADDED]), ("S", [SUCCESS]), ("C", [OPEN]), ("S", [OPENED])]


def follow(turns: Turns, suite: tuple[str, str] = CHACHA, *, together: bool = False, extra: int = 0) -> Login:
    """``together`` : what one side says in its turn comes as one segment."""
    login = Login(algorithms(suite))
    of = layout(*suite)
    assert of is not None
    now = 1.0
    for who, sizes in turns:
        for part in [sizes] if together else [[size] for size in sizes]:
            data = sealed(of, part, extra if who == "S" else 0)
            now += 0.1
            login.data(now, who == "C", data, len(data))
    login.eof(now + 5, True)
    login.eof(now + 5, False)
    login.end()
    return login


def outcome(turns: Turns, suite: tuple[str, str] = CHACHA, **options: object) -> tuple[bool | None, int]:
    login = follow(turns, suite, **options)  # type: ignore[arg-type]
    return login.success, login.attempts


suites = pytest.mark.parametrize("suite", SUITES, ids="+".join)


@suites
@pytest.mark.parametrize("tries", [1, 2, 6])
def test_counts_wrong_passwords(suite: tuple[str, str], tries: int) -> None:
    assert outcome([*ASKED, *WRONG * tries], suite) == (False, tries)


@suites
@pytest.mark.parametrize("tries", [0, 1, 5])
def test_sees_the_right_password_after_wrong_ones(suite: tuple[str, str], tries: int) -> None:
    assert outcome([*ASKED, *WRONG * tries, *RIGHT], suite) == (True, tries + 1)


@suites
@pytest.mark.parametrize("tries", [1, 3])
def test_some_clients_do_not_ask_for_the_methods(suite: tuple[str, str], tries: int) -> None:
    wrong: Turns = [("C", [PASSWORD]), ("S", [FAILURE])]
    assert outcome([*START, *wrong * tries], suite) == (False, tries)


@suites
def test_asking_for_the_methods_is_no_attempt(suite: tuple[str, str]) -> None:
    assert outcome(ASKED, suite) == (None, 0)
    assert outcome(START, suite) == (None, 0)
    assert outcome([], suite) == (None, 0)


@suites
def test_no_password_may_be_needed(suite: tuple[str, str]) -> None:
    assert outcome([*START, ("C", [NONE]), ("S", [SUCCESS]), ("C", [OPEN])], suite) == (True, 1)


@suites
def test_keys(suite: tuple[str, str]) -> None:
    refused: Turns = [("C", [KEY]), ("S", [FAILURE])]
    taken: Turns = [("C", [KEY]), ("S", [KEY_OK]), ("C", [SIGNED]), ("S", [SUCCESS]), ("C", [OPEN])]
    assert outcome([*ASKED, *refused * 2], suite) == (False, 2)
    assert outcome([*ASKED, *refused, *taken], suite) == (True, 2)


@suites
def test_keyboard_interactive(suite: tuple[str, str]) -> None:
    asked: Turns = [("C", [70]), ("S", [PROMPT]), ("C", [ANSWER])]
    assert outcome([*ASKED, *[*asked, ("S", [FAILURE])] * 3], suite) == (False, 3)
    assert outcome([*ASKED, *asked, ("S", [SUCCESS]), ("C", [OPEN])], suite) == (True, 1)
    assert outcome([*ASKED, *asked[:2]], suite) == (None, 0), "given up at the prompt"


@suites
@pytest.mark.parametrize("size", [40, BANNER])
def test_a_banner_before_the_first_answer(suite: tuple[str, str], size: int) -> None:
    greeted: Turns = [*START, ("C", [NONE]), ("S", [size, FAILURE])]
    assert outcome([*greeted, *WRONG], suite) == (False, 1)
    assert outcome([*greeted, *WRONG * 3], suite) == (False, 3)
    assert outcome([*greeted, *WRONG * 2, *RIGHT], suite) == (True, 3)


@suites
def test_a_client_that_does_not_wait_for_the_service(suite: tuple[str, str]) -> None:
    start: Turns = [("C", [SERVICE, NONE]), ("S", [SERVICE, FAILURE])]
    assert outcome([*start, *WRONG * 2], suite) == (False, 2)
    assert outcome([*start, *RIGHT], suite) == (True, 1)


@suites
def test_a_client_that_asks_for_the_service_every_time(suite: tuple[str, str]) -> None:
    wrong: Turns = [("C", [PASSWORD]), ("S", [FAILURE]), ("C", [SERVICE]), ("S", [SERVICE])]
    assert outcome([*START, *wrong * 3], suite) == (False, 3)
    assert outcome([*START, *wrong * 2, *RIGHT], suite) == (True, 3)


@suites
def test_what_a_server_says_first_is_no_answer(suite: tuple[str, str]) -> None:
    for start in ([("S", [EXT_INFO]), *START], [("C", [SERVICE]), ("S", [EXT_INFO, SERVICE])]):
        asked: Turns = [("C", [NONE]), ("S", [FAILURE])]
        assert outcome([*start, *asked, *WRONG * 2], suite) == (False, 2)
        assert outcome([*start, *asked, *RIGHT], suite) == (True, 1)


@suites
@pytest.mark.parametrize("together", [False, True])
def test_a_server_may_go_on_after_success(suite: tuple[str, str], together: bool) -> None:
    """OpenSSH tells its host keys: without waiting for the client, in a segment of their own or not."""
    right: Turns = [("C", [PADDED]), ("S", [SUCCESS, HOST_KEYS]), ("C", [OPEN, 34]), ("S", [OPENED])]
    assert outcome([*ASKED, *WRONG, *right], suite, together=together) == (True, 2)
    assert outcome([*START, *right], suite, together=together) == (True, 1)


@suites
def test_a_server_that_pads_by_a_block_more(suite: tuple[str, str]) -> None:
    of = layout(*suite)
    assert of is not None
    assert outcome([*ASKED, *WRONG * 2], suite, extra=of.block) == (False, 2)
    assert outcome([*ASKED, *WRONG, *RIGHT], suite, extra=of.block) == (True, 2)


def test_a_packet_may_be_padded_to_16_bytes() -> None:
    login = Login(algorithms(CHACHA))
    of = Layout(8, 16, clear=False, apart=True)
    for who, data in (("C", [17]), ("S", [17]), ("C", [NONE]), ("S", [FAILURE]), ("C", [PASSWORD]), ("S", [9])):
        whole = sealed(of, data)
        login.data(1.0, who == "C", whole, len(whole))
    login.end()
    assert login.success, "as Dropbear does"


def test_a_server_that_has_enough() -> None:
    login = Login(algorithms(CHACHA))
    of = Layout(8, 16, clear=False, apart=True)
    for who, sizes in [*ASKED, *WRONG * 5, ("C", [PADDED]), ("S", [TOO_MANY])]:
        data = sealed(of, sizes)
        login.data(1.0, who == "C", data, len(data))
    login.eof(1.1, False)
    login.eof(1.2, True)
    login.end()
    assert (login.success, login.attempts) == (False, 6), "the last failure is told as a farewell"


@pytest.mark.parametrize("suite", [CTR, CHACHA])
def test_a_session_that_runs_was_let_in(suite: tuple[str, str]) -> None:
    """Whatever its first words looked like."""
    odd: Turns = [*ASKED, ("C", [PADDED]), ("S", [200]), *[("C", [90]), ("S", [RUNNING // 4])] * 5]
    assert outcome(odd, suite)[0] is True


@pytest.mark.parametrize("suite", [CTR, CHACHA])
def test_what_looks_like_a_session_is_not_called_a_failure(suite: tuple[str, str]) -> None:
    odd: Turns = [*ASKED, *WRONG, ("C", [PADDED]), ("S", [500]), *[("C", [200]), ("S", [60])] * 3]
    assert outcome(odd, suite)[0] is None
    assert outcome([*odd, *WRONG], suite)[0] is False


@pytest.mark.parametrize("suite", SUITES)
def test_gaps_of_known_size_are_bridged(suite: tuple[str, str]) -> None:
    login = Login(algorithms(suite))
    of = layout(*suite)
    assert of is not None
    for who, sizes in [*ASKED, *WRONG, *RIGHT]:
        data = sealed(of, sizes)
        login.data(1.0, who == "C", data[:6], 6)
        login.data(1.0, who == "C", None, len(data) - 6)
    login.end()
    assert (login.success, login.attempts) == (True, 2)


@pytest.mark.parametrize("suite", [ETM, GCM])
def test_lengths_that_make_no_sense_decide_nothing(suite: tuple[str, str]) -> None:
    login = Login(algorithms(suite))
    login.data(1.0, True, b"x" * 100, 100)
    login.data(1.0, False, b"\xff" * 100, 100)
    assert login.decided
    assert login.success is None


def test_compression_that_begins_at_once_hides_sizes() -> None:
    assert Login(algorithms(CHACHA, "zlib")).decided
    assert not Login(algorithms(CHACHA, "zlib@openssh.com")).decided, "this one begins after the login"


def test_unknown_algorithms_decide_nothing() -> None:
    assert Login(algorithms(("aes128-ctr", "hmac-of-tomorrow"))).decided


def test_layouts() -> None:
    assert layout(*CHACHA) == Layout(8, 16, clear=False, apart=True)
    assert layout(*GCM) == Layout(16, 16, clear=True, apart=True)
    assert layout(*ETM) == Layout(16, 32, clear=True, apart=True)
    assert layout(*CTR) == Layout(16, 32, clear=False, apart=False)
    assert layout(*CBC) == Layout(8, 20, clear=False, apart=False)
    assert layout("arcfour256", "umac-64-etm@openssh.com") == Layout(8, 8, clear=True, apart=True)
    assert layout(None, None) is None


@pytest.mark.parametrize(
    ("suite", "message", "size"),
    [  # as captured from OpenSSH 9.2 and 9.6
        (CHACHA, SERVICE, 44),
        (CHACHA, SUCCESS, 28),
        (CTR, SERVICE, 64),
        (CTR, SUCCESS, 48),
        (ETM, SERVICE, 68),
        (ETM, SUCCESS, 52),
        (GCM, SERVICE, 52),
        (GCM, SUCCESS, 36),
        (CBC, SERVICE, 52),
        (CBC, SUCCESS, 36),
    ],
)
def test_sizes_on_the_wire(suite: tuple[str, str], message: int, size: int) -> None:
    of = layout(*suite)
    assert of is not None
    assert of.size(message) == size


def test_endless_attempts_end() -> None:
    login = follow([*ASKED, *WRONG * (MAX_ANSWERS + 1)])
    assert login.decided
    assert login.attempts >= MAX_ANSWERS


@given(
    st.lists(st.tuples(st.booleans(), st.binary(max_size=90), st.booleans()), max_size=30),
    st.sampled_from(SUITES),
)
def test_any_bytes_are_read(turns: list[tuple[bool, bytes, bool]], suite: tuple[str, str]) -> None:
    login = Login(algorithms(suite))
    for is_client, data, lost in turns:
        login.data(1.0, is_client, None if lost else data, len(data))
    login.eof(1.0, False)
    login.end()
    assert login.attempts >= 0


@given(st.integers(1, 40), st.sampled_from(SUITES))
def test_bytes_of_one_moment_count_as_one_however_they_are_cut(size: int, suite: tuple[str, str]) -> None:
    of = layout(*suite)
    assert of is not None
    login = Login(algorithms(suite))
    for now, (who, sizes) in enumerate([*ASKED, *WRONG * 2, *RIGHT]):
        data = sealed(of, sizes)
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            login.data(float(now), who == "C", piece, len(piece))
    login.end()
    assert (login.success, login.attempts) == (True, 3)
