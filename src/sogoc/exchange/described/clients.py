"""The metaservice `listClients`: members and subsystems of the directory, as JSON or XML.

X-Road, pr-mrest_x-road_service_metadata_protocol_for_rest, and pr-meta for the XML.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from sogoc.errors import BadQuestion, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.exchange.directory import Directory
    from sogoc.exchange.names import Subsystem

JSON, XML = "application/json", "text/xml"
MEMBER, SUBSYSTEM = "MEMBER", "SUBSYSTEM"


@dataclass(frozen=True, slots=True)
class Client:
    """One line of the list: a member, or one of its subsystems."""

    id: Subsystem
    name: str

    @property
    def kind(self) -> str:
        """`MEMBER` or `SUBSYSTEM`."""
        return SUBSYSTEM if self.id.code else MEMBER

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The parts of the identifier under their names in JSON."""
        named = (
            ("xroad_instance", self.id.instance),
            ("member_class", self.id.member_class),
            ("member_code", self.id.member),
            ("subsystem_code", self.id.code),
        )
        return tuple((name, value) for name, value in named if value)


def clients_of(directory: Directory, instance: str) -> Iterator[Client]:
    """All clients. `instance` is another federation's, or empty for our own. Raises BadQuestion."""
    if instance and instance != directory.instance:
        raise BadQuestion(
            Sentence(
                vi=f"Danh bạ này chỉ có {directory.instance}.",
                en=f"This directory knows {directory.instance} only.",
            )
        )
    for member in directory.members:
        yield Client(member.id, member.name)
        for code, _ in member.services:
            yield Client(
                type(member.id)(member.id.instance, member.id.member_class, member.id.member, code),
                member.name,
            )


def wanted_kind(accept: str) -> str:
    """JSON where it is asked for, else XML, as security servers answer."""
    kinds = {each.split(";")[0].strip().lower() for each in accept.split(",")}
    return JSON if JSON in kinds else XML


def as_json(clients: Iterator[Client]) -> bytes:
    """The list as X-Road's REST metaservice gives it."""
    told = [
        {
            "id": {"object_type": each.kind, **dict(each.parts)},
            "name": each.name,
            **({"subsystem_name": each.id.code} if each.id.code else {}),
        }
        for each in clients
    ]
    return json.dumps({"member": told}, ensure_ascii=False).encode()


def as_xml(clients: Iterator[Client]) -> bytes:
    """The same list in X-Road's older form."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<xrd:clientList {_SPACES}>"]
    for each in clients:
        parts = "".join(
            f"<id:{_XML_NAMES[name]}>{escape(value)}</id:{_XML_NAMES[name]}>"
            for name, value in each.parts
        )
        lines.append(
            f'<xrd:member><xrd:id id:objectType="{each.kind}">{parts}</xrd:id>'
            f"<xrd:name>{escape(each.name)}</xrd:name></xrd:member>"
        )
    return "\n".join([*lines, "</xrd:clientList>\n"]).encode()


_SPACES = 'xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers"'
_XML_NAMES = {
    "xroad_instance": "xRoadInstance",
    "member_class": "memberClass",
    "member_code": "memberCode",
    "subsystem_code": "subsystemCode",
}
