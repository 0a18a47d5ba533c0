"""The settings of one node: `sogoc.toml` in its folder, and what the command line hands over."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sogoc.errors import Place, Sentence, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "sogoc.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set; every name here is a key of `sogoc.toml`."""

    database_url: str = ""
    """Empty: the node's own PostgreSQL in its folder. Else any PostgreSQL 15 or later."""
    engine: str = "duckdb"
    """`duckdb`: this machine alone. `spark`: for those who outgrow one machine."""
    spark_master: str = ""
    """Address of Spark's master; empty: this machine, with `threads` threads."""
    spark_folder: str = ""
    """Address that every machine of Spark sees, where stage tables go; empty: the node's folder."""
    spark_options: str = ""
    """File of Spark's own settings, such as the keys of an object store."""
    memory_gib: float = 4.0
    """Memory the engine may use before it spills to disk."""
    threads: int = 2
    """Threads of the engine."""
    keep_runs: int = 3
    """How many runs of a register keep their stage tables under `var/runs`."""
    index_from_persons: int = 1_000_000
    """Persons from which on the population has an index, refreshed by what changed."""
    link_policy: str = ""
    """File of the policy of linking, from the node's folder; empty: the one that travels along."""
    keeper: str = ""
    """Name of the agency that runs the node, printed on worklists and pages."""
    language: str = ""
    """`vi` or `en`; empty: as the terminal says."""
    port: int = 8460
    """Port of the pages, on this machine only."""
    member: str = ""
    """This node's subsystem in the exchange, such as `VN/GOV/02/LAND`."""
    address: str = ""
    """This node as other nodes reach it, such as `https://land.example`."""
    exchange_port: int = 8461
    """Port at which other nodes ask."""
    exchange_host: str = "127.0.0.1"
    """Address of this machine at which other nodes ask; behind TLS, its own."""
    workers: int = 1
    """Processes that answer other nodes; as many as the machine has cores to spare."""
    tls_certificate: str = ""
    """File with the certificate and its chain (PEM); empty: a proxy in front speaks TLS."""
    tls_key: str = ""
    """File with the private key of the certificate (PEM)."""
    tls_clients: str = ""
    """File with certificates, or who signed them (PEM): nobody else may connect; empty: all may."""
    least_free_gib: float = 1.0
    """Room on the disk below which the node says that it is not ready."""
    key_agent: str = ""
    """Socket of an SSH agent that signs for the node; empty: the key is in `keys/node.key`."""
    metrics_address: str = ""
    """Where Prometheus reads figures, such as `127.0.0.1:9464`; empty: nothing is counted."""
    traces_address: str = ""
    """Collector of traces (OTLP over HTTP), such as `http://127.0.0.1:4318`; empty: none."""
    traces_per_minute: int = 600
    """At most so many questions a minute are traced by each worker."""
    hub_address: str = ""
    """Where the hub publishes the directory; empty on the hub itself."""
    hub_key: str = ""
    """Verifier key of the hub, `name+id+key`, as its officer says it."""
    directory_seconds: float = 60.0
    """On the hub: how long a directory holds, at most 60; a removed member is refused within it."""
    xroad_trusted: str = ""
    """Addresses of X-Road Security Servers that may ask for their clients, joined by commas."""
    usage_purpose: str = ""
    """Procedure of a citizen who looks by Data Tracker, which names none, behind such a server."""
    xroad_server: str = ""
    """Address of the X-Road Security Server through which this node asks others."""
    xroad_certificate: str = ""
    """File with the certificate that is shown to that Security Server (PEM); empty: none is."""
    xroad_key: str = ""
    """File with the private key of that certificate (PEM)."""
    xroad_authorities: str = ""
    """File with the Security Server's certificate, or who signed it (PEM)."""
    witness_seconds: int = 60
    """How often this node looks at others' journals and has its own cosigned."""
    stamp_address: str = ""
    """Time stamp server (RFC 3161) for the journal's checkpoints; empty: none is asked."""
    stamp_roots: str = ""
    """PEM file, from the node's folder, with the root certificates of that server."""
    stamp_minutes: int = 60
    """How far apart time stamps are."""
    mediators: str = ""
    """Addresses of Information Mediators that are believed on who asks, divided by blanks."""
    older_clients: str = ""
    """Clients that know GovStack's Database API only in its older spelling, divided by blanks."""
    callbacks: str = ""
    """Where clients may be called back beside their nodes: `VN/GOV/02/LAND=https://...`."""
    callback_networks: str = ""
    """Networks that are not public and may yet be called back, divided by blanks."""
    ndxp_simulator: str = "off"
    """`on`: serve the simulator of the national platform's population service."""
    single_use: str = "offered"
    """`required`: a caller's token must bear an id (`jti`), by which it is used once."""
    message_signatures: str = "offered"
    """`required`: a message of SPDCI/DCI bears the sender's signature beside the token."""


def read_settings(folder: Path) -> Settings:
    """The settings in `folder`, or the defaults where there is no file.

    Raises SettingsError that names the file, the key and what is allowed.
    """
    file = folder / FILE
    if not file.exists():
        return Settings()
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsError(
            Sentence(
                vi=f"Tệp cấu hình không đúng cú pháp TOML ({wrong}). Sửa tệp rồi chạy lại.",
                en=f"The settings are not valid TOML ({wrong}). Mend the file and run again.",
            ),
            place=Place(file=str(file)),
        ) from wrong
    return checked(Settings(), given, where=str(file))


def checked(settings: Settings, given: dict[str, Any], *, where: str) -> Settings:
    """`settings` with `given` laid over it. Raises SettingsError for what is unknown or wrong."""
    known = {field.name: field.type for field in fields(Settings)}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise _refusal(
            where,
            vi=f"không có mục {', '.join(unknown)}; các mục có thể đặt: {', '.join(known)}",
            en=f"no setting is called {', '.join(unknown)}; known are: {', '.join(known)}",
        )
    for name, value in given.items():
        if not _fits(name, str(known[name]), value):
            raise _refusal(
                where,
                vi=f"mục {name} không nhận giá trị này; cần kiểu {known[name]}, số phải lớn hơn 0"
                + _at_most(name, " và không quá"),
                en=f"{name} cannot be this value; it takes {known[name]}, numbers above 0"
                + _at_most(name, " and at most"),
            )
    return replace(settings, **given)


_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}

_CHOICES = {
    "language": {"", "vi", "en"},
    "engine": {"duckdb", "spark"},
    "message_signatures": {"offered", "required"},
    "single_use": {"offered", "required"},
    "ndxp_simulator": {"off", "on"},
}


_MOST = {"directory_seconds": 60}
"""What others rely on: a removed member is refused within a minute everywhere."""


def _fits(name: str, wanted: str, value: object) -> bool:
    if not isinstance(value, _TYPES[wanted]) or isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return 0 < value <= _MOST.get(name, value)
    return name not in _CHOICES or value in _CHOICES[name]


def _at_most(name: str, words: str) -> str:
    return f"{words} {_MOST[name]}" if name in _MOST else ""


def _refusal(where: str, *, vi: str, en: str) -> SettingsError:
    return SettingsError(
        Sentence(
            vi=f"Cấu hình sai: {vi}. Sửa rồi chạy lại.",
            en=f"Wrong setting: {en}. Mend it and run again.",
        ),
        place=Place(file=where),
    )


def find_folder(start: Path) -> Path:
    """The nearest folder from `start` upward with a `sogoc.toml`, else a new one below it."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    return start / "sogoc-node"
