"""How much the logs hold is the user's to say, and stays."""

from __future__ import annotations

from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction
from serialbridge_gui.ui.preferences import MIB, LogBudget
from serialbridge_gui.ui.settings_dialog import SettingsDialog
from tests.ui.windows import Lab, click, until


def log_page(lab: Lab) -> SettingsDialog:
    lab.window.settings_action.trigger()
    dialog = lab.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    dialog.tabs.setCurrentIndex(1)
    return dialog


async def test_chosen_size_holds_for_every_bridge_and_the_next_start(lab: Lab) -> None:
    lab.open()
    session = lab.add("sim://echo")
    for number in range(3000):
        session.log.append(number, Direction.SERIAL_TO_TCP, NO_CLIENT, b"%1024d" % number)
    lab.page(session).log.refresh()
    page = log_page(lab).log
    assert (page.mib.value(), page.records.value()) == (64, 1_000_000)
    page.mib.setValue(1)
    page.records.setValue(5000)
    await until(lambda: session.log.byte_count <= MIB, "the oldest left")
    assert session.log.max_records == 5000
    last = lab.page(session).log.model.row_at(lab.page(session).log.model.rowCount() - 1)
    assert last is not None
    assert b"2999" in last.data
    assert lab.add("sim://echo").log.max_bytes == MIB
    await lab.close()
    assert lab.open().workspace._log_budget == LogBudget(1, 5000)


async def test_defaults_come_back_by_their_button(lab: Lab) -> None:
    window = lab.open()
    page = log_page(lab).log
    page.mib.setValue(7)
    assert window.workspace._log_budget == LogBudget(7)
    click(page.restore)
    assert page.mib.value() == LogBudget().mib
    assert window.workspace._log_budget == LogBudget()
