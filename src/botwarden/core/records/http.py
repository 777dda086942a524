"""``http.log``: requests and their answers."""

from typing import Annotated, ClassVar

from botwarden.core.record import Count, Ecs, EnumSet, Text, TextList, TextSet, UidRecord


class HttpRecord(UidRecord, frozen=True, kw_only=True):
    """One request with its answer. Zeek's http.log, with three fields of ours at its end."""

    path: ClassVar[str] = "http"

    trans_depth: Count
    """Which request of the connection, from 1."""
    method: Annotated[Text | None, Ecs("http.request.method")] = None
    """GET, POST …"""
    host: Annotated[Text | None, Ecs("url.domain")] = None
    """The Host header, with the port where it names one."""
    uri: Annotated[Text | None, Ecs("url.original")] = None
    """As requested, percent-encoding undone and passwords replaced by ``***``."""
    referrer: Annotated[Text | None, Ecs("http.request.referrer")] = None
    """The Referer header."""
    version: Annotated[Text | None, Ecs("http.version")] = None
    """Of the answer: 1.0, 1.1."""
    user_agent: Annotated[Text | None, Ecs("user_agent.original")] = None
    """The User-Agent header."""
    origin: Text | None = None
    """The Origin header."""
    request_body_len: Annotated[Count, Ecs("http.request.body.bytes")] = 0
    """Bytes of the request's body, transfer and content coding undone."""
    response_body_len: Annotated[Count, Ecs("http.response.body.bytes")] = 0
    """Bytes of the answer's body, the same way."""
    status_code: Annotated[Count | None, Ecs("http.response.status_code")] = None
    """Of the answer."""
    status_msg: Text | None = None
    """Its words."""
    info_code: Count | None = None
    """Of the last 1xx answer."""
    info_msg: Text | None = None
    """Its words."""
    tags: EnumSet = ()
    """Kept for Zeek's tools; empty."""
    username: Annotated[Text | None, Ecs("user.name")] = None
    """From basic authentication."""
    password: Text | None = None
    """Always absent: passwords are not stored."""
    proxied: TextSet | None = None
    """Headers that tell of a proxy."""
    orig_fuids: TextList | None = None
    """Files sent with the request."""
    orig_filenames: TextList | None = None
    """Their names."""
    orig_mime_types: TextList | None = None
    """Their types by first bytes."""
    resp_fuids: TextList | None = None
    """Files in the answer."""
    resp_filenames: TextList | None = None
    """Their names."""
    resp_mime_types: TextList | None = None
    """Their types by first bytes."""
    server: Text | None = None
    """The answer's Server header."""
    dictionary: TextSet | None = None
    """Known password lists that hold the login, from basic authentication, the query or a form."""
    signs: TextSet | None = None
    """Known exploit requests that this one has the shape of, such as ``CVE-2018-10561``."""
