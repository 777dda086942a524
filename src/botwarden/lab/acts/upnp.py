"""Having the router open a port."""

from botwarden.lab import igd, links, plan
from botwarden.lab.acting import Actor, Outcome

MAX_ANSWER = 20_000


def upnp(actor: Actor, /, *, port: int = 23, outside: int = 8_023, times: int = 2, pause: float = 15.0) -> Outcome:
    """Have the router open a port to one's own, over UPnP; the lab's router agrees and does nothing."""
    if not (0 < port < 65_536 and 0 < outside < 65_536):
        raise ValueError(f"ports are 1 to 65535, not {port} and {outside}")
    _ask(actor, f"GET {igd.PATH} HTTP/1.1\r\nHost: {plan.GATEWAY_IP}:{igd.PORT}\r\nConnection: close\r\n\r\n")
    body = igd.request(actor.permit.source, port, outside)
    head = (
        f"POST {igd.CONTROL} HTTP/1.1\r\nHost: {plan.GATEWAY_IP}:{igd.PORT}\r\nConnection: close\r\n"
        f'Content-Type: text/xml; charset="utf-8"\r\nSOAPAction: "{igd.SERVICE}#AddPortMapping"\r\n'
        f"Content-Length: {len(body.encode())}\r\n\r\n"
    )
    granted = 0
    for n in actor.permit.conversations(times, 10.0):
        granted += b" 200 " in _ask(actor, head + body).partition(b"\r\n")[0]
        if n + 1 < times:
            actor.pause(pause)
    said = (
        f"asks the router {times} times to let its port {outside} lead to port {port} here; {granted} times it says yes"
    )
    return Outcome(count=times, target=actor.permit.source, what=said)


def _ask(actor: Actor, request: str) -> bytes:
    answer = b""
    with links.connect(actor.permit, plan.GATEWAY_IP, igd.PORT) as link:
        link.sendall(request.encode())
        while len(answer) < MAX_ANSWER and (more := link.recv(4_096)):
            answer += more
    return answer
