"""What is behind real ports: the adapter that a guest would be given."""

from __future__ import annotations

from serialbridge_gui.engine.ports import device_identities
from serialbridge_gui.vm.host_port import iommu_in_use, look_behind
from serialbridge_gui.vm.recipe import PciCard, UsbAdapter


def test_two_adapters_of_one_kind_are_told_apart_by_bus_and_socket() -> None:
    adapters = {}
    for device, identity in device_identities().items():
        if identity.serial_number in ("GLFTDIA", "GLFTDIB"):
            adapters[identity.serial_number] = look_behind(device, {}).adapter
    one, other = adapters["GLFTDIA"], adapters["GLFTDIB"]
    assert isinstance(one, UsbAdapter)
    assert isinstance(other, UsbAdapter)
    assert one.alike
    assert other.alike
    assert (one.bus, one.port) != (other.bus, other.port)
    assert None not in (one.number, other.number)


def test_serial_card_is_found_and_the_mainboards_uart_is_none() -> None:
    card = look_behind("/dev/ttyS4", {}).adapter
    assert isinstance(card, PciCard)
    assert card.address.startswith("0000:")
    assert (card.group is None) is not iommu_in_use()
    assert look_behind("/dev/ttyS1", {}).adapter is None
