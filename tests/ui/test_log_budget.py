"""How much the logs hold is the user's to say, and stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDialogButtonBox

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction
from serialbridge_gui.ui.log_budget import MAX_MIB, MIB, LogBudget, LogBudgetDialog, load_budget, save_budget
from tests.ui.windows import Lab, until


async def test_chosen_size_holds_for_every_bridge_and_the_next_start(lab: Lab) -> None:
    window = lab.open()
    session = lab.add("sim://echo")
    for number in range(3000):
        session.log.append(number, Direction.SERIAL_TO_TCP, NO_CLIENT, b"%1024d" % number)
    lab.page(session).log.refresh()
    window.log_size_action.trigger()
    dialog = window.findChild(LogBudgetDialog)
    assert isinstance(dialog, LogBudgetDialog)
    assert (dialog.mib.value(), dialog.records.value()) == (64, 1_000_000)
    dialog.mib.setValue(1)
    dialog.records.setValue(5000)
    dialog.accept()
    await until(lambda: session.log.byte_count <= MIB, "the oldest left")
    assert session.log.max_records == 5000
    last = lab.page(session).log.model.row_at(lab.page(session).log.model.rowCount() - 1)
    assert last is not None
    assert b"2999" in last.data
    assert lab.add("sim://echo").log.max_bytes == MIB
    await lab.close()
    assert lab.open().workspace._log_budget == LogBudget(1, 5000)


async def test_cancel_and_defaults_change_nothing_by_themselves(lab: Lab) -> None:
    window = lab.open()
    window.log_size_action.trigger()
    dialog = window.findChild(LogBudgetDialog)
    assert isinstance(dialog, LogBudgetDialog)
    dialog.mib.setValue(7)
    buttons = dialog.findChild(QDialogButtonBox)
    assert isinstance(buttons, QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).click()
    assert dialog.mib.value() == LogBudget().mib
    dialog.mib.setValue(7)
    dialog.reject()
    assert window.workspace._log_budget == LogBudget()


@pytest.mark.parametrize("saved", ["", "0", "-3", "x", str(MAX_MIB + 1), "1e3"])
def test_settings_that_make_no_sense_are_as_if_there_were_none(saved: str, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    save_budget(settings, LogBudget(3, 4000))
    settings.setValue("log/max_mib", saved)
    assert load_budget(settings) == LogBudget(LogBudget().mib, 4000)
