"""The one door to numba: loops over flat arrays, compiled when they are first called.

numba is an optional part of the package (`national`). Without it there is no person index and no
kernel; the same links are made by SQL.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from sogoc.errors import KernelMissing, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def available() -> bool:
    """Whether the part `national` is installed."""
    return find_spec("numba") is not None


def needed() -> None:
    """Raise KernelMissing where the part `national` is not installed."""
    if not available():
        raise KernelMissing(
            Sentence(
                vi="Chưa cài phần “national” (numba), nên không có chỉ mục dân cư và nhân đối soát "
                "biên dịch. Cài bằng: pip install 'sogoc[national]'. Khi chưa cài, việc đối soát "
                "vẫn chạy bằng SQL và cho cùng kết quả.",
                en="The part “national” (numba) is not installed, so there is no person index and "
                "no compiled kernel. Install it with: pip install 'sogoc[national]'. Until then "
                "linking runs in SQL, with the same result.",
            )
        )


@cache
def compiled(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop as machine code, kept on disk; other threads run while it does.

    Raises KernelMissing where numba is not installed.
    """
    needed()
    # Imported here: loading the compiler takes half a second that most commands do not need.
    import numba  # noqa: PLC0415

    return numba.njit(nogil=True, cache=True)(loop)
