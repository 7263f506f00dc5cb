"""Engine tests need an application object, and nothing of it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """QThread and QTcpServer want one."""
