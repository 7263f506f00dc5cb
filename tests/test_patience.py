"""What the programs of tests are given: time, and ports that no other test has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from serialbridge_gui.engine import departures
from tests import processes
from tests.processes import DEADLINE_S, free_port


def test_no_port_is_given_twice_in_a_row_nor_by_two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({free_port() for _ in range(100)}) == 100
    ranges = []
    for worker in ("gw0", "gw1", "gw11"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        ranges.append(set(processes.ports_of_this_worker()))
    assert len(set.union(*ranges)) == 3 * processes.PORTS_OF_ONE
    assert set.union(*ranges) < set(processes.PORTS)


SAY_THE_BOUNDS = """
import importlib, sitecustomize
assert others_ran
for module, bounds in sitecustomize.BOUNDS.items():
    there = vars(importlib.import_module(sitecustomize.PACKAGE + module))
    assert bounds.items() <= there.items(), module
"""


def run(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def test_patient_program_has_every_bound_long_and_what_else_customizes_it_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.others_ran = True\n")
    environment = processes.console_environment()
    environment["PYTHONPATH"] += os.pathsep + str(tmp_path)
    done = run(SAY_THE_BOUNDS, environment)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("hasty", [(), ("engine.departures",)])
def test_hasty_module_has_the_bounds_of_users(hasty: tuple[str, ...]) -> None:
    say = "from serialbridge_gui.engine import departures; print(departures.SLOW_CLIENT_S)"
    done = run(say, processes.console_environment(hasty=hasty))
    assert (float(done.stdout) == departures.SLOW_CLIENT_S) is bool(hasty)
