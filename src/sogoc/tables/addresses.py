"""Addresses of tables outside a run: what is said where one cannot be read or written."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from sogoc.errors import AddressRefused, Sentence


def here(address: str) -> Path:
    """The place on this machine, of a path or of `file:`; raises AddressRefused for any other."""
    parts = urlsplit(address)
    if parts.scheme not in {"", "file"} or parts.netloc:
        raise AddressRefused(
            Sentence(
                vi=f"Địa chỉ {address} không ở trên máy này. Chép dữ liệu về máy, hoặc đặt "
                'engine = "spark" trong sogoc.toml để đọc, ghi kho từ xa.',
                en=f"The address {address} is not on this machine. Copy the tables here, or set "
                'engine = "spark" in sogoc.toml, which reads and writes stores far away.',
            )
        )
    return Path(unquote(parts.path))


def unreadable(address: str) -> AddressRefused:
    """Nothing can be read there."""
    return AddressRefused(
        Sentence(
            vi=f"Không đọc được bảng Parquet ở {address}: xem lại địa chỉ, và thiết lập của kho "
            "trong tệp spark_options.",
            en=f"No Parquet can be read at {address}: look at the address, and at what the file "
            "spark_options says of the store.",
        )
    )


def taken(address: str) -> AddressRefused:
    """Something stands there already."""
    return AddressRefused(
        Sentence(
            vi=f"Ở {address} đã có dữ liệu, không ghi đè. Chọn địa chỉ khác, hoặc tự xóa trước.",
            en=f"Something stands at {address} already and is not written over. Choose another "
            "address, or remove it first.",
        )
    )
