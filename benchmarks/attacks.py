"""Captures of attacks, made offline: no packet of them was ever sent.

In each of them a camera of the house goes on asking for a name twice a second and gets its answer: whoever attacks must
not keep it from being read. Everything comes from seeds, so a capture is the same each time it is made.
"""

import random
import struct
from collections.abc import Callable, Iterator

from inputs import START_TS, pcap_header

RATE = 10_000  # packets per second of capture time
ASK_EVERY = 0.5  # s between the questions of the camera
ASKED = "time.camera.example"

GATEWAY = bytes.fromhex("50c7bf000001")
BOT = bytes.fromhex("4419b6000001")
CAMERA = bytes.fromhex("a0a3b3000001")
BOT_IP, CAMERA_IP, RESOLVER_IP = "192.168.1.50", "192.168.1.60", "192.168.1.1"
VICTIM_IP = "198.51.100.80"

FIN, SYN, PSH, ACK = 1, 2, 8, 16
TCP, UDP = 6, 17
IPV4 = b"\x08\x00"
MORE = 0x2000  # fragments follow
MAX_SEGMENTS = 64  # tiny ones that change places

Frames = Iterator[bytes]
Wrap = Callable[[bytes], bytes]
"""Puts a packet into a frame."""


def packed(address: str) -> bytes:
    return bytes(map(int, address.split(".")))


def checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def ipv4(src: bytes, dst: bytes, proto: int, body: bytes, ident: int = 0, fragment: int = 0) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), ident & 0xFFFF, fragment, 64, proto, 0) + src + dst
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + body


def tcp(src: bytes, dst: bytes, ports: tuple[int, int], seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    body = struct.pack(">HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 14600, 0, 0) + data
    total = checksum(src + dst + struct.pack(">HH", TCP, len(body)) + body)
    return ipv4(src, dst, TCP, body[:16] + struct.pack(">H", total) + body[18:], ident=seq)


def udp(src: bytes, dst: bytes, ports: tuple[int, int], data: bytes) -> bytes:
    body = struct.pack(">HHHH", *ports, 8 + len(data), 0) + data
    total = checksum(src + dst + struct.pack(">HH", UDP, len(body)) + body) or 0xFFFF
    return ipv4(src, dst, UDP, body[:6] + struct.pack(">H", total) + body[8:])


def outward(packet: bytes) -> bytes:
    """As the bot sends it to the gateway."""
    return GATEWAY + BOT + IPV4 + packet


def inward(packet: bytes) -> bytes:
    """As it comes to the bot from the internet."""
    return BOT + GATEWAY + IPV4 + packet


def to_camera(packet: bytes) -> bytes:
    return CAMERA + GATEWAY + IPV4 + packet


def from_camera(packet: bytes) -> bytes:
    return GATEWAY + CAMERA + IPV4 + packet


def question(chance: random.Random, name: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", chance.randrange(65536), 0x0100, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, 1, 1)


def camera(number: int) -> Frames:
    """A question of the camera and its answer."""
    asked = question(random.Random(number), ASKED)
    answer = asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x0a"
    own, resolver, port = packed(CAMERA_IP), packed(RESOLVER_IP), 20000 + number % 40000
    yield from_camera(udp(own, resolver, (port, 53), asked))
    yield to_camera(udp(resolver, own, (53, port), answer))


def forged(chance: random.Random) -> bytes:
    """An address on the internet, as good as never the same."""
    return bytes((chance.choice((128, 129, 146, 151, 161)), *chance.randbytes(3)))


def ports(chance: random.Random, to: int) -> tuple[int, int]:
    return chance.randrange(1024, 65536), to


class Talk:
    """A TCP connection, packet by packet: sides 0, the client, and 1; each puts its packets into frames."""

    def __init__(self, chance: random.Random, client: str, server: str, port: int, wrap: tuple[Wrap, Wrap]) -> None:
        self._wrap = wrap
        self._ends = packed(client), packed(server)
        self._ports = ports(chance, port)
        self._seq = [chance.getrandbits(32), chance.getrandbits(32)]

    def packet(self, side: int, flags: int, data: bytes = b"") -> bytes:
        src, dst = self._ends[side], self._ends[1 - side]
        numbers = self._ports[side], self._ports[1 - side]
        ack = self._seq[1 - side] if flags & ACK else 0
        found = self._wrap[side](tcp(src, dst, numbers, self._seq[side], ack, flags, data))
        self._seq[side] += len(data) + bool(flags & (SYN | FIN))
        return found

    def opening(self) -> list[bytes]:
        return [self.packet(0, SYN), self.packet(1, SYN | ACK), self.packet(0, ACK)]

    def closing(self) -> list[bytes]:
        return [self.packet(0, FIN | ACK), self.packet(1, FIN | ACK), self.packet(0, ACK)]

    def words(self, side: int, data: bytes) -> list[bytes]:
        return [self.packet(side, ACK | PSH, data), self.packet(1 - side, ACK)]


def outside(chance: random.Random) -> Talk:
    """A connection of the bot to a web server."""
    return Talk(chance, BOT_IP, VICTIM_IP, 80, (outward, inward))


# -- the attacks: each yields packets without end ------------------------------------------------------------------


def attempts(chance: random.Random) -> Frames:
    """A scan for telnet: a fresh address with every packet."""
    while True:
        target = forged(chance)
        port = 2323 if chance.random() < 0.1 else 23
        yield outward(tcp(packed(BOT_IP), target, ports(chance, port), int.from_bytes(target, "big"), 0, SYN))


def half_open(chance: random.Random) -> Frames:
    """A SYN flood from forged sources."""
    while True:
        yield outward(tcp(forged(chance), packed(VICTIM_IP), ports(chance, 80), chance.getrandbits(32), 0, SYN))


def random_datagrams(chance: random.Random) -> Frames:
    """Random bytes from forged sources to random ports of a victim: Mirai's UDP flood."""
    while True:
        data = chance.randbytes(chance.randrange(20, 500))
        yield outward(udp(forged(chance), packed(VICTIM_IP), ports(chance, chance.randrange(1, 65536)), data))


def name_questions(chance: random.Random) -> Frames:
    """Questions from forged sources for names that do not exist: the water torture of name servers."""
    while True:
        name = f"{chance.randbytes(6).hex()}.victim.example"
        yield outward(udp(forged(chance), packed(VICTIM_IP), ports(chance, 53), question(chance, name)))


def loose_segments(chance: random.Random) -> Frames:
    """Acknowledgements with random bytes, from forged sources: Mirai's ACK flood."""
    while True:
        seq, ack, data = chance.getrandbits(32), chance.getrandbits(32), chance.randbytes(chance.randrange(20, 500))
        yield outward(tcp(forged(chance), packed(VICTIM_IP), ports(chance, 80), seq, ack, ACK | PSH, data))


def loose_requests(chance: random.Random) -> Frames:
    """A SYN and then a request at once, from forged sources that wait for nobody."""
    while True:
        src, numbers, seq = forged(chance), ports(chance, 80), chance.getrandbits(32)
        yield outward(tcp(src, packed(VICTIM_IP), numbers, seq, 0, SYN))
        said = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        yield outward(tcp(src, packed(VICTIM_IP), numbers, seq + 1, 1, ACK | PSH, said))


def requests(chance: random.Random) -> Frames:
    """A flood of HTTP requests, each on a connection of its own."""
    while True:
        talk = outside(chance)
        yield from talk.opening()
        path = chance.randbytes(4).hex()
        yield from talk.words(
            0, f"GET /{path} HTTP/1.1\r\nHost: {VICTIM_IP}\r\nUser-Agent: Mozilla/5.0\r\n\r\n".encode()
        )
        yield from talk.words(
            1, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"
        )
        yield from talk.closing()


def half_requests(chance: random.Random) -> Frames:
    """Requests that never end, on thousands of connections at once: slow HTTP."""
    while True:
        talks = [outside(chance) for _ in range(3000)]
        for talk in talks:
            yield from talk.opening()
            yield talk.packet(0, ACK | PSH, b"GET / HTTP/1.1\r\nHost: a\r\n")
        for k in range(40):
            for talk in talks:
                yield talk.packet(0, ACK | PSH, b"X-%d: " % k + chance.randbytes(500).hex().encode() + b"\r\n")


def guesses(chance: random.Random) -> Frames:
    """Strangers that guess the password of the camera over telnet, three times on each connection."""
    while True:
        guest = ".".join(map(str, forged(chance)))
        talk = Talk(chance, guest, CAMERA_IP, 23, (to_camera, from_camera))
        yield from talk.opening()
        yield from talk.words(1, b"\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03\r\ncamera login: ")
        for _ in range(3):
            user, password = chance.choice(("root", "admin", "guest")), chance.choice(("xc3511", "vizxv", "1234"))
            yield from talk.words(0, f"{user}\r\n".encode())
            yield from talk.words(1, f"{user}\r\nPassword: ".encode())
            yield from talk.words(0, f"{password}\r\n".encode())
            yield from talk.words(1, b"\r\nLogin incorrect\r\ncamera login: ")
        yield from talk.closing()


def fragments(chance: random.Random) -> Frames:
    """Pieces of large datagrams from forged sources, most of which are never completed."""
    while True:
        src, ident, data = forged(chance), chance.randrange(65536), chance.randbytes(1480)
        head = struct.pack(">HHHH", 4000, 53, 2 * len(data), 0)
        yield outward(ipv4(src, packed(VICTIM_IP), UDP, head + data[len(head) :], ident, MORE))
        if chance.random() < 0.3:
            yield outward(ipv4(src, packed(VICTIM_IP), UDP, data, ident, len(data) // 8))


def tiny_segments(chance: random.Random) -> Frames:
    """Requests in segments of one byte that come in any order, some of them twice."""
    while True:
        talk = outside(chance)
        yield from talk.opening()
        for _ in range(8):
            text = f"POST /{chance.randbytes(8).hex()} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode()
            pieces = [talk.packet(0, ACK | PSH, text[k : k + 1]) for k in range(len(text))]
            for k in range(0, len(pieces), MAX_SEGMENTS):
                part = pieces[k : k + MAX_SEGMENTS]
                part += chance.choices(part, k=len(part) // 8)
                chance.shuffle(part)
                yield from part
            yield talk.packet(1, ACK)
        yield from talk.closing()


def holes(chance: random.Random) -> Frames:
    """A thousand connections at once, of each of which the first byte is missing and all the others are there."""
    while True:
        talks = [outside(chance) for _ in range(1000)]
        for talk in talks:
            yield from talk.opening()
            talk.packet(0, ACK | PSH, b"P")
        for k in range(180):
            for talk in talks:
                yield talk.packet(0, ACK | PSH, b"OST /%04d HTTP/1.1\r\nHost: a\r\n" % k + bytes(1300))


ATTACKS: dict[str, Callable[[random.Random], Frames]] = {
    "telnet scan": attempts,
    "SYN flood": half_open,
    "UDP flood": random_datagrams,
    "DNS flood": name_questions,
    "ACK flood": loose_segments,
    "loose requests": loose_requests,
    "HTTP flood": requests,
    "slow HTTP": half_requests,
    "telnet guessing": guesses,
    "fragments": fragments,
    "tiny segments": tiny_segments,
    "holes": holes,
}


def attack(name: str, packets: int, rate: int = RATE) -> Frames:
    """Yield the pcap of an attack, record by record, among which are the questions of the camera."""
    yield pcap_header()
    frames = ATTACKS[name](random.Random(name))
    asked = done = 0
    while done < packets:
        if done / rate >= asked * ASK_EVERY:
            for frame in camera(asked):
                yield record(done / rate, frame)
                done += 1
            asked += 1
        else:
            yield record(done / rate, next(frames))
            done += 1


def record(ts: float, frame: bytes) -> bytes:
    """A record of a pcap; what is too short for Ethernet is filled up."""
    frame = frame.ljust(60, b"\0")
    usec = round(ts * 1e6)
    return struct.pack("<IIII", START_TS + usec // 1_000_000, usec % 1_000_000, len(frame), len(frame)) + frame
