"""Statements of the catalogue, written as JSON-LD or Turtle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
JSON_LD, TURTLE = "application/ld+json", "text/turtle"


@dataclass(frozen=True, slots=True)
class Iri:
    """A thing by its address, or a term by its prefix and name (`dcat:Dataset`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text, in a language or of a type (`xsd:dateTime`)."""

    text: str
    language: str = ""
    kind: str = ""


Statement = tuple[Iri, str, "Iri | Words"]
"""Subject, predicate by prefix and name, object."""

A = "rdf:type"


def as_json_ld(statements: list[Statement]) -> dict[str, Any]:
    """The statements as one JSON-LD document, one node a subject."""
    nodes: dict[str, dict[str, Any]] = {}
    for subject, predicate, told in statements:
        node = nodes.setdefault(subject.text, {"@id": subject.text})
        name, value = ("@type", told.text) if predicate == A else (predicate, _json(told))
        node.setdefault(name, []).append(value)
    return {"@context": PREFIXES, "@graph": list(nodes.values())}


def _json(told: Iri | Words) -> dict[str, str]:
    if isinstance(told, Iri):
        return {"@id": told.text}
    more = {"@language": told.language} if told.language else {}
    return {"@value": told.text, **more, **({"@type": told.kind} if told.kind else {})}


def from_json_ld(document: dict[str, Any]) -> list[Statement]:
    """Read again what `as_json_ld` wrote. Raises ValueError, KeyError or TypeError."""
    found: list[Statement] = []
    for node in document["@graph"]:
        subject = Iri(str(node["@id"]))
        for name, values in node.items():
            if name == "@type":
                found += [(subject, A, Iri(str(value))) for value in values]
            elif name != "@id":
                found += [(subject, str(name), _read(value)) for value in values]
    return found


def _read(value: dict[str, str]) -> Iri | Words:
    if "@id" in value:
        return Iri(str(value["@id"]))
    return Words(str(value["@value"]), str(value.get("@language", "")), str(value.get("@type", "")))


def as_turtle(statements: list[Statement]) -> str:
    """The same in Turtle."""
    lines = [f"@prefix {name}: <{address}> ." for name, address in sorted(PREFIXES.items())]
    by_subject: dict[Iri, list[str]] = {}
    for subject, predicate, told in statements:
        by_subject.setdefault(subject, []).append(
            f"    {'a' if predicate == A else predicate} {_turtle(told)}"
        )
    for subject, told_of_it in by_subject.items():
        lines += ["", _turtle(subject), " ;\n".join(told_of_it) + " ."]
    return "\n".join(lines) + "\n"


def _turtle(told: Iri | Words) -> str:
    if isinstance(told, Words):
        # JSON's escapes are among Turtle's, for what a contract can hold.
        text = json.dumps(told.text, ensure_ascii=False)
        kind = f"^^{told.kind}" if told.kind else ""
        return text + (f"@{told.language}" if told.language else kind)
    prefix, _, rest = told.text.partition(":")
    if prefix in PREFIXES and not rest.startswith("//"):
        return told.text
    return "<" + "".join(f"\\u{ord(c):04X}" if c in ' <>"{}|^`\\' else c for c in told.text) + ">"
