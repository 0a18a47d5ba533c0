"""TLS to a Security Server that asks for a certificate (X-Road: connection type HTTPS).

It shows a certificate of its own, as a rule one that it signed itself; that certificate, or whoever
signed it, is what this node believes there, and nobody else. What is wrong with the files is said
before anything is asked, by the name of the setting.
"""

from __future__ import annotations

import ssl
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import NodeUnreachable, Sentence, SettingsError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OF_A_CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE", "ACCESS_DENIED")
"""What a peer says of a certificate of ours; other faults of a line are no matter of settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Files (PEM) as the settings name them; none: what is not set."""

    certificate: Path | None = None
    """`xroad_certificate`: what this node shows, with its chain."""
    key: Path | None = None
    """`xroad_key`."""
    authorities: Path | None = None
    """`xroad_authorities`: the Security Server's own certificate, or who signed it."""


def shown_to(address: str, files: Certificates, *, now: datetime) -> ssl.SSLContext | None:
    """How the Security Server at an address is spoken to; None: as everybody else is.

    Raises SettingsError that names the setting and what to do.
    """
    if files == Certificates():
        return None
    if not address.startswith("https://"):
        raise _wrong(
            "xroad_certificate, xroad_key và xroad_authorities cần xroad_server bắt đầu bằng "
            "https://",
            "xroad_certificate, xroad_key and xroad_authorities need an xroad_server that begins "
            "with https://",
        )
    told = _believing(files.authorities)
    if files.certificate is not None or files.key is not None:
        _show(told, files.certificate, files.key, now=now)
    return told


def _believing(authorities: Path | None) -> ssl.SSLContext:
    told = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authorities is None:
        told.load_default_certs()
        return told
    check_authorities(authorities, setting="xroad_authorities")
    told.load_verify_locations(authorities)
    # The certificate itself is enough, also where somebody else signed it.
    told.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return told


def check_authorities(file: Path, *, setting: str) -> None:
    """Raise SettingsError unless a file holds certificates (PEM)."""
    try:
        held = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        held.load_verify_locations(file)
    except OSError as wrong:
        raise _wrong(
            f"{setting} phải là tệp PEM chứa chứng thư; không đọc được {file.name}",
            f"{setting} must be a PEM file with certificates; {file.name} cannot be read as one",
        ) from wrong


def _show(
    told: ssl.SSLContext, certificate: Path | None, key: Path | None, *, now: datetime
) -> None:
    try:
        if key is not None and key.stat().st_mode & _OTHERS:
            raise _wrong(
                f"người khác trên máy đọc được xroad_key ({key.name}); cấp chứng thư mới, rồi đặt "
                "quyền 600",
                f"others on this machine can read xroad_key ({key.name}); have a new certificate "
                "made, and let its mode be 600",
            )
        told.load_cert_chain(certificate or "", key or "", password=_none)
        until = _ends(certificate.read_bytes()) if certificate is not None else now
    except (OSError, ValueError) as wrong:
        raise _wrong(
            "xroad_certificate và xroad_key phải cùng đặt, đọc được, khớp nhau và không có mật "
            "khẩu (PEM)",
            "xroad_certificate and xroad_key must both be set, readable, of one pair and without "
            "a password (PEM)",
        ) from wrong
    if until <= now:
        raise _wrong(
            f"chứng thư trong xroad_certificate đã hết hạn ngày {until:%d/%m/%Y}; cấp chứng thư "
            "mới và khai lại với máy chủ an ninh",
            f"the certificate in xroad_certificate ran out on {until:%Y-%m-%d}; have a new one "
            "made and enter it at the Security Server",
        )


def _ends(content: bytes) -> datetime:
    # Loaded only where a certificate is shown: it takes longer than a question.
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - see above

    return load_pem_x509_certificates(content)[0].not_valid_after_utc


def _none() -> str:
    """A program that starts by itself has nobody to ask for a password."""
    raise ValueError("the key has a password")


def fault_of(failed: BaseException, name: str) -> NodeUnreachable | None:
    """What to say where a line failed by a certificate; None where it failed otherwise.

    `name` says whom the line was to. Asking again would change nothing.
    """
    cause: BaseException | None = failed
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message
        return _unbelieved(
            f"không tin chứng thư của {name} ({why}); đối chiếu chứng thư với xroad_authorities "
            "(hoặc với các CA mà máy này tin), và tên trong chứng thư với địa chỉ",
            f"the certificate of {name} is not believed ({why}); compare it with xroad_authorities "
            "(or whom this machine trusts), and the names in it with the address",
        )
    reason = str(cause.reason) if cause is not None else ""
    if "ALERT" in reason and any(word in reason for word in _OF_A_CERTIFICATE):
        return _unbelieved(
            f"{name} không nhận chứng thư của nút này ({reason}); kiểm tra xroad_certificate, và "
            "chứng thư đã khai cho phân hệ này ở máy chủ an ninh",
            f"{name} does not take this node's certificate ({reason}); check xroad_certificate, "
            "and that it is entered for this client at the Security Server",
        )
    return None


def _unbelieved(vi: str, en: str) -> NodeUnreachable:
    return NodeUnreachable(Sentence(vi=f"Chưa hỏi được: {vi}.", en=f"Nothing was asked: {en}."))


def _wrong(vi: str, en: str) -> SettingsError:
    return SettingsError(Sentence(vi=f"Cấu hình sai: {vi}.", en=f"Wrong setting: {en}."))
