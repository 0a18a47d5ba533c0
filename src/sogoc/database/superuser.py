"""PostgreSQL refuses to run as root: how a node run by root starts it all the same."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess

from sogoc.errors import Sentence, StoreUnreachable

_CLOSED = Sentence(
    vi=(
        "PostgreSQL không chạy dưới quyền root, và máy này không cho tạo user namespace. "
        "Hãy chạy sogoc bằng một tài khoản thường, hoặc đặt database_url trong sogoc.toml "
        "tới một máy chủ PostgreSQL 15 trở lên."
    ),
    en=(
        "PostgreSQL does not run as root, and this machine allows no user namespaces. "
        "Run sogoc as an ordinary user, or set database_url in sogoc.toml "
        "to a PostgreSQL server, 15 or later."
    ),
)


def way_to_run() -> list[str]:
    """The words to put before a command of PostgreSQL so that it does not see root.

    Root enters a user namespace in which it bears the number of an ordinary account. Its files
    stay root's own, so no account of the machine can reach them; a change of user would hand them
    to one. Raises StoreUnreachable where the machine allows no such namespace.
    """
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare is None:
        raise StoreUnreachable(_CLOSED)
    account = _an_ordinary_account()
    words = [unshare, "--user", f"--map-user={account}", f"--map-group={account}"]
    tried = subprocess.run(  # noqa: S603 - fixed words, no text of others
        [*words, "true"], capture_output=True, check=False, timeout=30
    )
    if tried.returncode != 0:
        raise StoreUnreachable(_CLOSED)
    return words


def _an_ordinary_account() -> int:
    """A number of an account that has a name: initdb asks for the name."""
    accounts = {one.pw_name: one.pw_uid for one in pwd.getpwall() if one.pw_uid != 0}
    try:
        return accounts.get("nobody") or min(accounts.values())
    except ValueError:
        raise StoreUnreachable(_CLOSED) from None
