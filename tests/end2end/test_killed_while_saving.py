"""kill -9 while profiles and settings are written: always the old or the new, never neither."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.figures import tell
from tests.killed_while_saving import BETWEEN
from tests.processes import ROOT, console_environment

if not hasattr(os, "fork"):
    pytest.skip("forks its writers", allow_module_level=True)

SEED = 20_261_128


@pytest.mark.parametrize("kills", [20, pytest.param(1000, marks=pytest.mark.soak)])
def test_profile_and_settings_are_whole_and_of_one_generation_after_each_kill(tmp_path: Path, kills: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.killed_while_saving", str(tmp_path / "config"), str(kills), str(SEED)],
        cwd=ROOT, env=console_environment(), capture_output=True, encoding="utf-8", check=False,
        timeout=120 + 4 * kills,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    tell(f"killed while saving: {figures}")
    assert figures["generations"] >= kills  # each writer came far enough to be killed at something
    assert figures["killed between the two files"] >= kills // BETWEEN
    assert figures["next save, s"] < 20  # a lock that a killed one left, as QSettings' is, would hold it up for 30
