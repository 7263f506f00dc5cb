"""These tests need real UARTs and USB adapters that can be pulled: the guest lab's `hw` plugs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


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


@pytest.fixture
def simulated_chip() -> Any:
    """The lab's FT232R in software: (device, what the driver has set on it)."""
    device = hw("sim-plug")
    yield device, lambda: json.loads(hw("sim"))
    hw("sim-unplug")
