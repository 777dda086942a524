"""Whether a login over SSH succeeded, and how many were tried: told from sizes, for the messages are encrypted.

The idea is Zeek's, taken further. RFC 4252 makes logging in a dialogue: request, answer, request, answer. Three
answers matter, and padding leaves their sizes apart: SUCCESS has one byte and is smaller than anything else that a
server says before it; FAILURE has one size as long as the list of methods in it stays the same; what is longer is a
question (keyboard-interactive, the server accepts a key) or a banner together with an answer. Where lengths are sent
in the clear (AES-GCM, encrypt-then-MAC) packets are told apart, else an answer is what a server says between two
requests.

What this cannot see: logins behind compression that begins at once, servers that pad at random.
"""

from typing import Final

import msgspec

from botwarden.protocols.ssh import MAX_PACKET, Algorithms

MAX_SIZES: Final = 16
"""Different sizes of answers that are counted; there are three or four."""
MAX_ANSWERS: Final = 10_000
"""Counted on one connection."""
RUNNING: Final = 8_192
"""Bytes from the server in answers of no known size after which a session must be running."""
SLAM: Final = 1.0
"""Seconds within which a server that had enough closes the connection after its last answer."""

_BLOCKS: Final = {"3des-cbc": 8, "blowfish-cbc": 8, "cast128-cbc": 8, "des-cbc": 8, "chacha20-poly1305@openssh.com": 8}
_TAGS: Final = {
    "hmac-md5": 16, "hmac-md5-96": 12, "hmac-sha1": 20, "hmac-sha1-96": 12, "hmac-sha2-256": 32, "hmac-sha2-256-96": 12,
    "hmac-sha2-512": 64, "hmac-sha2-512-96": 12, "hmac-ripemd160": 20, "hmac-ripemd160@openssh.com": 20,
    "umac-64": 8, "umac-64@openssh.com": 8, "umac-128": 16, "umac-128@openssh.com": 16, "none": 0,
}  # fmt: skip
_ETM: Final = "-etm@openssh.com"

# sizes of messages before padding
_SUCCESS: Final = 1
_SERVICE: Final = 17
"""SERVICE_REQUEST and SERVICE_ACCEPT for ``ssh-userauth``."""
_NONE_REQUEST: Final = 39
"""A request of the method ``none``, by which clients ask for the list of methods, for a user name of 8 letters. With
padding it holds 12 in most ciphers; a password takes at least 9 more."""
_FAILURE_MOST: Final = 128
"""A FAILURE with all methods that OpenSSH knows."""
_OPEN: Final = 24
"""CHANNEL_OPEN of a session (RFC 4254, 6.1): what clients say first once they are in."""
_NO_MORE: Final = 34
"""The request ``no-more-sessions@openssh.com``, which OpenSSH sends with it."""
_ODD: Final = 3
"""Answers, the first of them longer than any failure and the others none, after which a login may have succeeded."""
_PROMPT: Final = 32
"""An INFO_REQUEST that asks ``Password: `` (RFC 4256)."""
_EXTENSIONS_LEAST: Final = 128
"""A server's EXT_INFO (RFC 8308); it lists signature algorithms."""


class Layout(msgspec.Struct, frozen=True):
    """How packets of one direction look on the wire.

    block : what the encrypted part is padded to, bytes; tag : bytes of the authentication tag
    clear : whether the length in front is readable; apart : whether it stands outside of what is padded
    """

    block: int
    tag: int
    clear: bool
    apart: bool

    def size(self, message: int) -> int:
        """Bytes on the wire of a message of so many bytes, padded as little as RFC 4253, 6 allows."""
        inside = (1 if self.apart else 5) + message + 4
        return (4 if self.apart else 0) + -(-inside // self.block) * self.block + self.tag

    def sizes_of_success(self) -> tuple[int, ...]:
        """Sizes of USERAUTH_SUCCESS: some pad it to 16 bytes where 8 would do (RFC 4253, 6: the least packet)."""
        least = self.size(_SUCCESS)
        return (least, least + 8) if self.block == 8 and self.apart else (least,)


def layout(cipher: str | None, mac: str | None) -> Layout | None:
    """The layout under a cipher and a MAC; None where they are not known."""
    if cipher is None:
        return None
    if "-gcm" in cipher:
        return Layout(16, 16, clear=True, apart=True)
    if cipher.startswith("chacha20-poly1305"):
        return Layout(8, 16, clear=False, apart=True)
    block = _BLOCKS.get(cipher) or (8 if cipher == "none" or cipher.startswith("arcfour") else 16)
    etm = (mac or "").endswith(_ETM)
    name = (mac or "").removesuffix(_ETM)
    tag = _TAGS.get(name, _TAGS.get(f"{name}@openssh.com"))
    return None if tag is None else Layout(block, tag, clear=etm, apart=etm)


class _Voice:
    """What one side says in its turn: the whole of it, and its packets where they can be told apart."""

    __slots__ = ("_head", "_left", "_size", "burst", "layout", "lost", "packets", "total", "ts")

    def __init__(self, of: Layout) -> None:
        self.layout = of
        self.total = 0
        self.burst = 0  # bytes that came at the first moment of the turn
        self.ts = 0.0
        self.packets: list[int] = []
        self.lost = False
        self._head = b""
        self._left = 0
        self._size = 0

    def hear(self, ts: float, data: bytes | None, size: int) -> None:
        """``data`` is None for bytes that were not captured."""
        if not self.total:
            self.ts = ts
        if ts == self.ts:
            self.burst += size
        self.total += size
        if self.layout.clear and not self.lost:
            if data is None:
                self._skip(size)
            else:
                self._cut(data)

    def fresh(self) -> None:
        """The turn is over."""
        self.total = self.burst = 0
        self.packets.clear()

    def _cut(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            if not self._left:
                need = 4 - len(self._head)
                self._head += data[at : at + need]
                at += need
                if len(self._head) < 4:
                    return
                length = int.from_bytes(self._head, "big")
                self._head = b""
                if not 5 <= length <= MAX_PACKET:
                    self.lost = True
                    return
                self._left = length + self.layout.tag
                self._size = self._left + 4
            take = min(self._left, len(data) - at)
            at += take
            self._left -= take
            if not self._left and len(self.packets) < MAX_SIZES:
                self.packets.append(self._size)

    def _skip(self, size: int) -> None:
        if size > self._left:
            self.lost = True
            return
        self._left -= size
        if not self._left and len(self.packets) < MAX_SIZES:
            self.packets.append(self._size)


class Login:
    """Follows the encrypted part of a connection from its first byte.

    success : whether a login succeeded; None where that cannot be told
    decided : whether nothing more will be learned
    """

    def __init__(self, algorithms: Algorithms) -> None:
        """Under the algorithms that were chosen."""
        to_server, to_client = (layout(*pair) for pair in zip(algorithms.ciphers, algorithms.macs, strict=True))
        self.success: bool | None = None
        self.decided = to_server is None or to_client is None or "zlib" in algorithms.compression
        self._client = _Voice(to_server or Layout(8, 0, clear=False, apart=False))
        self._server = _Voice(to_client or Layout(8, 0, clear=False, apart=False))
        self._client_spoke = False
        self._accepted = False
        self._successes = self._server.layout.sizes_of_success()
        self._accept_size = self._server.layout.size(_SERVICE)
        self._failure_most = self._server.layout.size(_FAILURE_MOST)
        self._opening = 0  # size of what the client says besides its SERVICE_REQUEST before an answer
        self._again = False  # whether the client asked for the service once more
        self._requests: list[int] = []  # sizes of the first two
        self._first = 0  # size of the first answer
        self._answers: dict[int, int] = {}  # how often each size came, the first answer left out
        self._count = 0
        self._latest = 0  # size of the last answer
        self._unknown = 0  # bytes in answers of no known size
        self._odd = 0  # answers since one that was too long for a failure
        self._client_left = False
        self._slammed = False

    def data(self, ts: float, is_client: bool, data: bytes | None, size: int) -> None:
        """The next bytes of a direction; ``data`` is None for bytes that were not captured."""
        if self.decided:
            return
        if is_client:
            if self._server.total:
                self._answer()
            self._client_spoke = True
            self._client.hear(ts, data, size)
        elif self._client_spoke:  # what a server says before that is EXT_INFO
            if self._client.total:
                self._request()
            self._server.hear(ts, data, size)
            self._look_early()
        elif self._server.layout.clear:
            self._server.hear(ts, data, size)
            self._server.fresh()
        if self._server.lost:
            self.decided = True

    def eof(self, ts: float, is_client: bool) -> None:
        """A direction is over."""
        if is_client:
            self._client_left = True
        elif self._server.total and not self._client_left:
            self._slammed = ts - self._server.ts <= SLAM

    def end(self) -> None:
        """The connection is over."""
        if self.decided:
            return
        if self._server.total:
            self._answer(last=True)
        if not self.decided:
            self.decided = True
            if self.failures and self._odd < _ODD:
                self.success = False

    @property
    def attempts(self) -> int:
        """Logins tried so far, whatever came of them."""
        return self.failures + (self.success is True)

    @property
    def failures(self) -> int:
        """Logins that failed so far; asking for the list of methods is none."""
        failure = self._failure_size()
        count = self._answers.get(failure, 0)
        if self._first and not self._asked_only() and (count or self._first <= self._failure_most):
            count += 1
        return count

    def _request(self) -> None:
        """The client's turn is over."""
        client = self._client
        of = client.layout
        service = of.size(_SERVICE)
        if self._latest > self._failure_most and client.total in (of.size(_OPEN), of.size(_OPEN) + of.size(_NO_MORE)):
            self._forget_latest()  # SUCCESS and what the server said next came as one
            self._succeed()
            return
        size = client.packets[-1] if client.packets else client.total
        if not self._accepted:
            self._opening = size if client.packets else size - service
        elif len(self._requests) < 2:
            self._requests.append(size)
        self._again = self._accepted and size == service
        client.fresh()

    def _forget_latest(self) -> None:
        """The last answer was no failure after all."""
        if self._latest in self._answers:
            self._answers[self._latest] -= 1
        else:
            self._first = 0

    def _look_early(self) -> None:
        """SUCCESS shows before the turn is over: at a packet's or a segment's end, or by how much follows it."""
        server = self._server
        if not self._accepted:
            return
        if server.layout.clear:
            found = any(size in self._successes for size in server.packets)
        else:
            found = server.burst in self._successes and server.total > server.burst
        if found or (self._first and self._unknown + server.total > RUNNING):
            self._succeed()

    def _answer(self, last: bool = False) -> None:
        """The server's turn is over."""
        server = self._server
        packets, total = list(server.packets), server.total
        server.fresh()
        if not self._accepted:
            self._accepted = True
            total = self._after_accept(packets, total)
            if not total:
                return
            packets = []
            self._requests.append(self._opening)
        size = packets[-1] if packets else total
        if size in self._successes:
            self._succeed()
            return
        if self._again and size == self._accept_size and self._latest in (self._first, self._failure_size()):
            return  # some clients ask for the service before every login
        self._count += 1
        self._latest = size
        if not self._first:
            self._first = size
            return
        if last and self._slammed and size != self._failure_size():
            size = self._failure_size()  # DISCONNECT instead of the last FAILURE
        if size in self._answers or len(self._answers) < MAX_SIZES:
            self._answers[size] = self._answers.get(size, 0) + 1
        if size == self._failure_size():
            self._odd = 0
        else:
            self._unknown += total
            self._odd += bool(self._odd) or size > self._failure_most
        if self._count > MAX_ANSWERS:
            self.decided = True

    def _after_accept(self, packets: list[int], total: int) -> int:
        """Bytes of an answer that came together with SERVICE_ACCEPT, as when a client does not wait for it."""
        of = self._server.layout
        accept = self._accept_size
        if accept + of.block in (packets or (total,)) and accept not in packets:  # pads by a block more: Apache MINA
            self._successes = tuple(size + of.block for size in self._successes)
            self._accept_size += of.block
            return 0
        if packets:
            return packets[-1] if accept in packets[:-1] else 0
        rest = total - accept
        return rest if 0 < rest < of.size(_EXTENSIONS_LEAST) else 0

    def _failure_size(self) -> int:
        """The first answer's size where it comes again or may be one; else, after a banner, the most frequent."""
        first, answers = self._first, self._answers
        small = [size for size in answers if size <= self._failure_most]
        if not small or first in answers:
            return first
        often = max(small, key=lambda size: answers[size])
        if first > self._failure_most or answers[often] >= 2:
            return often
        return often if often < first and often != self._server.layout.size(_PROMPT) else first

    def _asked_only(self) -> bool:
        """Whether the first request was no login but asked for the methods, by its size."""
        if not self._requests:
            return True
        first, *later = self._requests
        of = self._client.layout
        return first <= of.size(_NONE_REQUEST) or bool(later and later[0] >= first + 2 * of.block)

    def _succeed(self) -> None:
        self.success = True
        self.decided = True
