"""The built wheel, installed alone, works in any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from sogoc.shipped import shipped

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer would: nothing of the checkout is on the path."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = {**os.environ, "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}  # noqa: TID251 - the build needs the tools of this environment
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env=environment,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    site = folder / "site"
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import sogoc; print(sogoc.__file__)"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(site)},  # noqa: TID251 - as any command
    )
    assert where.stdout.startswith(str(site)), "the checkout stands before the wheel"
    return site


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "SOGOC_LANGUAGE": "en"}  # noqa: TID251 - a command inherits the environment of its terminal
    return subprocess.run(
        [sys.executable, "-P", "-m", "sogoc", *words],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=environment,
        timeout=300,
    )


def test_contracts_rules_reference_data_and_pages_travel_in_the_wheel(
    installed: Path, tmp_path: Path
) -> None:
    names = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    for needed in (
        "sogoc/_shipped/registers/land.odcs.yaml",
        "sogoc/_shipped/reference-data/admin-units/units.csv",
        "sogoc/_shipped/reference-data/admin-units/LICENSE.vietnamadminunits.txt",
        "sogoc/_shipped/reference-data/health-facilities/README.md",
        "sogoc/web/static/vendor/app.css",
        "sogoc/web/static/vendor/LICENCE-be-vietnam-pro.txt",
        "sogoc/py.typed",
    ):
        assert needed in names
    listed = run(installed, tmp_path, "register", "list")
    assert listed.returncode == 0, listed.stderr
    assert "health-facilities" in listed.stdout


def test_an_empty_folder_becomes_a_node_at_the_first_delivery(
    installed: Path, tmp_path: Path
) -> None:
    said = run(installed, tmp_path, "deliver", "health-facilities", str(FACILITIES))
    assert said.returncode == 0, said.stderr
    assert "252" in said.stdout
    assert (tmp_path / "sogoc-node").is_dir()
