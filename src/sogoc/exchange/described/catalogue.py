"""The catalogue of registers as DCAT-AP 3 tells it, generated from the contracts.

A register is a `dcat:Dataset`, its service a `dcat:DataService` that is described by OpenAPI; the
texts of law on which it stands are its `dcatap:applicableLegislation`. No register is public:
access is by grant, and the catalogue says so.

A node signs its catalogue as a note, so that the hub believes what a member says of itself and
nothing that somebody on the line says. Of a member that does not answer, the hub lists what the
directory knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import DirectoryRefused, Sentence, TrustError
from sogoc.exchange.described.graph import A, Iri, Words, as_json_ld, from_json_ld
from sogoc.trust.note import NoteKey, believed, read_note, sign

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sogoc.contract.model import Register
    from sogoc.exchange.described.graph import Statement
    from sogoc.exchange.directory import Directory, Member
    from sogoc.trust.keys import SigningKey

_FORM = "sogoc-catalogue/1"
_RESTRICTED = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
_OPENAPI = "https://www.iana.org/assignments/media-types/application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Whose catalogue it is: the agency, its subsystem, its node."""

    name: str
    client: str
    address: str

    @property
    def agent(self) -> Iri:
        """The agency as a thing."""
        return Iri(f"{self.address}/catalogue#agency")

    @property
    def catalogue(self) -> Iri:
        """Its catalogue."""
        return Iri(f"{self.address}/catalogue")


def catalogue(publisher: Publisher, registers: Iterable[Register]) -> list[Statement]:
    """The catalogue of one node."""
    own = publisher.catalogue
    told: list[Statement] = [
        (own, A, Iri("dcat:Catalog")),
        (own, "dct:title", Words(f"Danh mục cơ sở dữ liệu: {publisher.name}", "vi")),
        (own, "dct:title", Words(f"Catalogue of registers: {publisher.name}", "en")),
        (own, "dct:description", Words("Các cơ sở dữ liệu của cơ quan và cách khai thác", "vi")),
        (own, "dct:description", Words("The registers of the agency and how to ask them", "en")),
        (own, "dct:publisher", publisher.agent),
        (publisher.agent, A, Iri("foaf:Agent")),
        (publisher.agent, "foaf:name", Words(publisher.name, "vi")),
        (publisher.agent, "dct:identifier", Words(publisher.client)),
    ]
    for one in registers:
        told += _register(publisher, one)
    return told


def _register(publisher: Publisher, one: Register) -> list[Statement]:
    dataset = Iri(f"{publisher.address}/catalogue/{one.id}")
    service = Iri(f"{publisher.address}/r1/{publisher.client}/{one.id}")
    described = Iri(f"{publisher.address}/openapi/{one.id}.json")
    distribution = Iri(f"{dataset.text}#api")
    titles = [Words(one.name, "vi"), *([Words(one.name_en, "en")] if one.name_en else [])]
    purpose = Words(one.purpose or one.name, "vi")
    words = [field.label for each in one.objects for field in each.fields if field.label]
    return [
        (publisher.catalogue, "dcat:dataset", dataset),
        (publisher.catalogue, "dcat:service", service),
        (dataset, A, Iri("dcat:Dataset")),
        *((dataset, "dct:title", title) for title in titles),
        (dataset, "dct:description", purpose),
        (dataset, "dct:identifier", Words(one.id)),
        (dataset, "adms:version", Words(one.version)),
        (dataset, "dct:publisher", publisher.agent),
        (dataset, "dct:accessRights", Iri(_RESTRICTED)),
        *((dataset, "dcat:keyword", Words(word, "vi")) for word in dict.fromkeys(words)),
        *((dataset, "dcatap:applicableLegislation", Iri(each.url)) for each in one.grounds),
        (dataset, "dcat:distribution", distribution),
        (distribution, A, Iri("dcat:Distribution")),
        (distribution, "dcat:accessURL", service),
        (distribution, "dcat:accessService", service),
        (distribution, "dcat:mediaType", Iri(_OPENAPI)),
        (service, A, Iri("dcat:DataService")),
        *((service, "dct:title", title) for title in titles),
        (service, "dct:publisher", publisher.agent),
        (service, "dct:accessRights", Iri(_RESTRICTED)),
        (service, "dcat:endpointURL", service),
        (service, "dcat:endpointDescription", described),
        (service, "dcat:servesDataset", dataset),
    ]


def from_directory(member: Member) -> list[Statement]:
    """What the directory knows of a member's registers: their codes and where they are asked."""
    client = f"{member.id}/{member.services[0][0]}" if member.services else str(member.id)
    publisher = Publisher(name=member.name, client=client, address=member.address)
    told = catalogue(publisher, ())
    for code, services in member.services:
        for service in services:
            one = Iri(f"{member.address}/r1/{member.id}/{code}/{service}")
            told += [
                (publisher.catalogue, "dcat:service", one),
                (one, A, Iri("dcat:DataService")),
                (one, "dct:title", Words(service)),
                (one, "dcat:endpointURL", one),
            ]
    return told


def together(
    publisher: Publisher, own: list[Statement], others: Iterable[list[Statement]]
) -> list[Statement]:
    """The hub's catalogue: its own, and those of the members, each whole, as parts of it."""
    told = list(own)
    for each in others:
        roots = [subject for subject, name, what in each if (name, what) == (A, _CATALOG)]
        told += [(publisher.catalogue, "dcat:catalog", root) for root in roots]
        told += each
    return told


_CATALOG = Iri("dcat:Catalog")


def published_catalogue(statements: list[Statement], client: str, key: SigningKey) -> str:
    """The catalogue as a node signs it; `client` is its subsystem."""
    line = json.dumps(as_json_ld(statements), ensure_ascii=False, separators=(",", ":"))
    return str(sign(f"{_FORM}\n{line}\n", client, key))


def read_catalogue(
    content: str, member: Member, directory: Directory, *, moment: datetime
) -> list[Statement]:
    """Believe a member's catalogue, or raise DirectoryRefused: its own key must have signed it."""
    keys = [
        NoteKey(f"{member.id}/{code}", key.public)
        for key in member.keys
        if key.holds_at(moment)
        for code, _ in member.services
    ]
    directory.at(moment)
    try:
        note = read_note(content)
        believed(note, keys)
        form, line, end = note.text.split("\n")
        told = from_json_ld(json.loads(line))
    except (TrustError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise _refused(member) from wrong
    own = f"{member.address}/"
    if form != _FORM or end or not all(_is_own(subject.text, own) for subject, _, _ in told):
        raise _refused(member)
    return told


def _is_own(subject: str, own: str) -> bool:
    """A member speaks of what is its own, not of another's registers."""
    return subject.startswith(own)


def _refused(member: Member) -> DirectoryRefused:
    return DirectoryRefused(
        Sentence(
            vi=f"Danh mục của {member.id} không dùng được: không có chữ ký của cơ quan đó, hoặc "
            "sai mẫu.",
            en=f"The catalogue of {member.id} cannot be used: not signed by it, or not in its "
            "form.",
        )
    )
