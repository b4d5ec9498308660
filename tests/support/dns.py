"""A name server of our own on loopback, which answers from a zone that is written down."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import checkdmarc.utils
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

Zone = Mapping[str, Sequence[str]]  # "name KIND" → records
_END = b"end"  # no question is so short


@contextmanager
def name_server(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """Answer from a zone until the block ends; give a resolver that asks nobody else."""
    checkdmarc.utils.DNS_CACHE.clear()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(server, zone), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
        resolver.cache = None
        try:
            yield resolver
        finally:
            server.sendto(_END, server.getsockname())
            thread.join()


def _serve(server: socket.socket, zone: Zone) -> None:
    while True:
        data, client = server.recvfrom(4096)
        if data == _END:
            return
        server.sendto(_answer(dns.message.from_wire(data), zone).to_wire(), client)


def _answer(query: dns.message.Message, zone: Zone) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    asked = query.question[0]
    name, kind = asked.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(asked.rdtype)
    for _ in range(5):
        if records := zone.get(f"{name} {kind}"):
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records))
            return answer
        target = zone.get(f"{name} CNAME")
        if not target:
            break
        answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", *target))
        name = target[0].rstrip(".")
    names = {key.split(" ")[0] for key in zone}
    exists = any(one == name or one.endswith(f".{name}") for one in names)
    if not exists and not answer.answer:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
