"""A node's keys change places, and there is no moment without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.node.member import NOW, make_key, take_new_key
from sogoc.node.settings import Settings
from sogoc.trust.keys import SigningKey, keep_key, read_key


def test_a_change_of_keys_that_is_cut_off_leaves_a_key_and_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(member="VN/GOV/02/LAND", address="https://land.example")
    make_key(tmp_path)
    keys = tmp_path / "keys"
    first, second = read_key(keys / f"{NOW}.key").public, SigningKey.made()
    keep_key(second, keys / "node.next.key")

    class KilledError(Exception):
        pass

    def killed(_: Path, target: Path) -> None:
        raise KilledError(target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KilledError):
            take_new_key(tmp_path, settings)
    assert read_key(keys / f"{NOW}.key").public == first
    before = take_new_key(tmp_path, settings)
    assert read_key(keys / f"{NOW}.key").public == second.public
    assert read_key(before).public == first
