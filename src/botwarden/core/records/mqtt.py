"""``mqtt.log``: MQTT packets that tell something."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Text, TextList, TextSet, UidRecord


class MqttRecord(UidRecord, frozen=True, kw_only=True):
    """One CONNECT with its answer, SUBSCRIBE, or the first PUBLISH to a topic in a connection."""

    path: ClassVar[str] = "mqtt"

    action: Text
    """``connect``, ``subscribe`` or ``publish``."""
    is_orig: Bool = True
    """Whether the originator sent it."""
    version: Text | None = None
    """3.1, 3.1.1 or 5.0."""
    client_id: Annotated[Text | None, Ecs("client.user.id")] = None
    """What the client calls itself."""
    username: Annotated[Text | None, Ecs("user.name")] = None
    """User name of the CONNECT."""
    dictionary: TextSet | None = None
    """Known password lists that hold the login."""
    connect_status: Text | None = None
    """The server's answer to a CONNECT, such as ``accepted`` or ``bad user name or password``."""
    will_topic: Text | None = None
    """Topic of the last will."""
    topic: Text | None = None
    """Topic of a PUBLISH."""
    topics: TextList | None = None
    """Topics of a SUBSCRIBE."""
    qos: Count | None = None
    """Quality of service."""
    retain: Bool | None = None
    """Whether the server keeps it."""
    payload_len: Count | None = None
    """Bytes of a PUBLISH's payload."""
    payload_text: Text | None = None
    """The first 64 characters of a payload that is text."""
