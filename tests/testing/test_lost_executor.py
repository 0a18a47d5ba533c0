"""A machine that is lost in the middle of a step costs time and no row."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.spark
def test_an_executor_that_is_killed_in_a_skewed_join_that_spills_changes_no_row(
    tmp_path: Path,
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later, and this machine has none")
    ran = subprocess.run(
        [sys.executable, "-m", "sogoc.testing.lost_executor", str(tmp_path)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=400,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
