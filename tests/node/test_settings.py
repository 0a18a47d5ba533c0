"""Settings are read once, and what is unknown or wrong is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.errors import SettingsError
from sogoc.node.settings import Settings, checked, find_folder, read_settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "sogoc.toml").write_text('keeper = "UBND xã"\nthreads = 4\n', encoding="utf-8")
    assert read_settings(tmp_path).threads == 4
    assert read_settings(tmp_path).keeper == "UBND xã"


@pytest.mark.parametrize(
    "text",
    [
        "thread = 2\n", "threads = 0\n", 'threads = "two"\n', "threads = true\n",
        'language = "fr"\n', "directory_seconds = 61\n",
    ],
)  # fmt: skip
def test_an_unknown_or_wrong_setting_is_refused_with_the_file_and_the_key(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "sogoc.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path)
    assert "sogoc.toml" in str(refused.value)
    assert text.split(" ", maxsplit=1)[0] in str(refused.value)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sogoc.toml").write_text("keeper: x", encoding="utf-8")
    with pytest.raises(SettingsError, match="TOML"):
        read_settings(tmp_path)


def test_the_nearest_node_upward_is_found_else_a_new_folder_is_named(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_folder(inner) == inner / "sogoc-node"
    (tmp_path / "sogoc.toml").write_text("", encoding="utf-8")
    assert find_folder(inner) == tmp_path


def test_settings_of_the_environment_are_laid_over_the_file() -> None:
    assert checked(Settings(), {"port": 9000}, where="environment").port == 9000
