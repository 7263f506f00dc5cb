"""These tests need real UARTs and USB adapters that can be pulled: the guest lab's `hw` plugs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Chip = tuple[str, Callable[[], dict[str, Any]]]
"""A device's name, and what its chip says of itself."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    reason = "no serial hardware that a test may use: run it in the guest lab, where `hw` plugs and unplugs"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.hardware)
            if not (shutil.which("hw") and os.path.exists("/run/guestlab")):
                item.add_marker(pytest.mark.skip(reason=reason))


def hw(*arguments: str) -> str:
    """Ask the lab to do something; what it printed."""
    done = subprocess.run(["hw", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"hw {arguments}: {done.stderr}"
    return done.stdout.strip()


@pytest.fixture(scope="session")
def plugged_chip() -> str:
    """Plugged in once and for good: unplugging it makes the lab's emulated kernel stand still now and then."""
    return hw("sim-plug")


@pytest.fixture
def simulated_chip(plugged_chip: str) -> Iterator[Chip]:
    """The lab's FT232R in software: (device, what the driver has set on it)."""
    yield plugged_chip, lambda: json.loads(hw("sim"))
    hw("sim", "cts=1", "dsr=1", "ri=0", "cd=1")
