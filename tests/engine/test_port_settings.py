"""A setting that an open port refuses leaves it as it was."""

from __future__ import annotations

from typing import Any

import pytest

from serialbridge_gui.engine import port_settings
from serialbridge_gui.profile import FlowControl, Parity


class Stubborn:
    """A port of pyserial's that takes no XON/XOFF, no parity and no more than 115200 baud."""

    def __init__(self) -> None:
        self.baudrate, self.bytesize, self.stopbits = 9600, 8, 1
        self.rtscts, self.dsrdtr = True, False

    parity = property(lambda _self: "N", lambda _self, value: _refuse_unless(value == "N"))
    xonxoff = property(lambda _self: False, lambda _self, value: _refuse_unless(not value))


def _refuse_unless(good: bool) -> None:
    if not good:
        raise ValueError("not this one")


@pytest.mark.parametrize(
    ("field", "value", "in_force"),
    [
        ("baud_rate", 57600, 57600),
        ("parity", Parity.EVEN, Parity.NONE),
        ("flow_control", FlowControl.XON_XOFF, FlowControl.RTS_CTS),
        ("flow_control", FlowControl.NONE, FlowControl.NONE),
    ],
)
def test_value_in_force_is_told(field: str, value: Any, in_force: Any) -> None:
    port = Stubborn()
    assert port_settings.change(port, None, field, value) == in_force
    assert port.rtscts == (field != "flow_control" or in_force is FlowControl.RTS_CTS)
