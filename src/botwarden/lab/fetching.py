"""How devices ask web servers: one request over HTTP or HTTPS, what comes back is thrown away."""

import base64
import http.client
import ssl
from typing import Final
from urllib.parse import urlsplit

from botwarden.lab.serving import hang_up

PATIENCE: Final = 15.0
"""s of machine time."""
MAX_ANSWER: Final = 50_000_000
CHUNK: Final = 65_536


class Fetched(tuple[int, int]):
    """Status and bytes of an answer."""

    @property
    def status(self) -> int:
        """Of the response."""
        return self[0]

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return self[1]


class Asker:
    """A client with a name, a login and a way to speak TLS. It may keep its connection.

    agent : the header ``User-Agent``
    context : for HTTPS
    """

    def __init__(self, agent: str, context: ssl.SSLContext) -> None:
        """Touch nothing yet."""
        self.agent = agent
        self.context = context
        self._kept: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def fetch(
        self, url: str, method: str = "GET", body: bytes | None = None, *, login: tuple[str, str] | None = None,
        kind: str = "application/json", keep: bool = False,
    ) -> Fetched:  # fmt: skip
        """Ask once. Raises OSError, http.client.HTTPException.

        keep : leave the connection open for the next time; not for several threads at once
        """
        parts = urlsplit(url)
        headers = {"User-Agent": self.agent, "Accept": "*/*"}
        if body is not None:
            headers["Content-Type"] = kind
        if login is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()
        connection = self._kept.pop((parts.scheme, parts.netloc), None) or self._connection(parts.scheme, parts.netloc)
        try:
            connection.request(method, parts.path or "/", body, headers)
            got = _read(connection.getresponse())
        except BaseException:
            connection.close()
            raise
        if keep:
            self._kept[parts.scheme, parts.netloc] = connection
        else:
            _hang_up(connection)
        return got

    def close(self) -> None:
        """Hang up where connections were kept."""
        while self._kept:
            _hang_up(self._kept.popitem()[1])

    def _connection(self, scheme: str, host: str) -> http.client.HTTPConnection:
        if scheme == "https":
            return http.client.HTTPSConnection(host, timeout=PATIENCE, context=self.context)
        return http.client.HTTPConnection(host, timeout=PATIENCE)


def _hang_up(connection: http.client.HTTPConnection) -> None:
    link, connection.sock = connection.sock, None
    if isinstance(link, ssl.SSLSocket):
        hang_up(link)
    elif link is not None:
        link.close()


def _read(response: http.client.HTTPResponse) -> Fetched:
    size = 0
    while size < MAX_ANSWER and (data := response.read(CHUNK)):
        size += len(data)
    return Fetched((response.status, size))
