"""Which port is the device's: as pure functions, and against a tree as Linux' sysfs has it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serialbridge_gui.engine import device_finder, ports
from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.device_finder import MAX_NAMED, RELIST_S, DeviceFinder, find_device, same_device
from serialbridge_gui.engine.errors import BridgeError, Cause
from serialbridge_gui.profile import DeviceIdentity, SerialSettings
from tests.engine.running import DEADLINE_S, until
from tests.settings import from_plain


def ftdi(serial_number: str | None = "A1", location: str | None = "1-2", **fields: Any) -> DeviceIdentity:
    return DeviceIdentity(vid=0x0403, pid=0x6001, serial_number=serial_number, location=location, **fields)


def ch340(location: str | None = "1-3") -> DeviceIdentity:
    return DeviceIdentity(vid=0x1A86, pid=0x7523, location=location)


# ---- matching


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (ftdi("A1", "1-2"), ftdi("A1", "1-2"), True),
        (ftdi("A1", "1-2"), ftdi("A1", "3-4"), True),  # in another socket
        (ftdi("A1"), ftdi("A2"), False),
        (ftdi("A1"), ftdi(None), False),
        (ftdi(None), ftdi("A1"), False),
        (ftdi("A1", interface="1.0"), ftdi("A1", interface="1.1"), False),
        (ftdi("A1"), DeviceIdentity(vid=0x0403, pid=0x6010, serial_number="A1", location="1-2"), False),
        (ch340("1-3"), ch340("1-3"), True),
        (ch340("1-3"), ch340("1-4"), False),
    ],
)
def test_serial_number_decides_and_where_there_is_none_the_socket(
    expected: DeviceIdentity, found: DeviceIdentity, same: bool
) -> None:
    assert same_device(expected, found) is same
    assert find_device(expected, "COM5", {"COM7": found}) == ("COM7" if same else None)


few = st.sampled_from(["1", "2"])
identities = st.builds(
    DeviceIdentity,
    vid=st.integers(1, 2),
    pid=st.just(1),
    serial_number=st.none() | few,
    interface=st.none() | few,
    location=st.none() | few,
)


@given(identities, st.dictionaries(st.sampled_from(["COM1", "COM2", "COM3"]), identities))
def test_what_is_found_is_never_another_serial_number(
    expected: DeviceIdentity, devices: dict[str, DeviceIdentity]
) -> None:
    device = find_device(expected, "COM1", devices)
    if device is not None:
        found = devices[device]
        assert (found.vid, found.pid, found.serial_number) == (expected.vid, expected.pid, expected.serial_number)
        assert found.interface == expected.interface
        if expected.serial_number is None:
            assert found.location == expected.location


@given(identities)
def test_device_that_is_alone_is_found_under_its_old_name(identity: DeviceIdentity) -> None:
    assert find_device(identity, "COM1", {"COM1": identity}) == "COM1"


def test_of_two_with_one_serial_number_the_one_in_the_same_socket_is_taken() -> None:
    devices = {"COM5": ftdi("0001", "1-9"), "COM7": ftdi("0001", "1-2")}
    assert find_device(ftdi("0001", "1-2"), "COM5", devices) == "COM7"


def test_of_two_with_one_serial_number_in_other_sockets_none_is_guessed() -> None:
    devices = {"COM6": ftdi("0001", "1-9"), "COM7": ftdi("0001", "1-8")}
    assert find_device(ftdi("0001", "1-2"), "COM5", devices) is None


def test_twin_that_was_beside_it_is_not_it() -> None:
    assert find_device(ftdi("0001", "1-2"), "COM5", {"COM6": ftdi("0001", "1-9")}, frozenset({"1-9"})) is None


def test_without_serial_number_and_socket_only_the_name_is_left() -> None:
    assert find_device(ch340(None), "COM5", {"COM5": ch340(None)}) == "COM5"
    assert find_device(ch340(None), "COM5", {"COM6": ch340(None)}) is None


# ---- sysfs


class Tree:
    """A /sys with USB ttys in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.classes = root / "class/tty"
        self.classes.mkdir(parents=True)

    def add(
        self, name: str, where: str, *, bus: str = "usb-serial", interfaces: str = " 1", interface: str = "1.0",
        port_number: str = "0", **attributes: str,
    ) -> None:  # fmt: skip
        usb = self.root / "devices/usb1" / where
        tty = usb / f"{where}:{interface}"
        if bus == "usb-serial":
            tty = tty / name
        tty.mkdir(parents=True)
        for attribute, text in {"bNumInterfaces": interfaces, **attributes}.items():
            (usb / attribute).write_bytes(text.encode("latin-1") + b"\n")
        (tty / "port_number").write_text(port_number + "\n")
        (self.root / "bus" / bus).mkdir(parents=True, exist_ok=True)
        (tty / "subsystem").symlink_to(self.root / "bus" / bus)
        (self.classes / name).mkdir()
        (self.classes / name / "device").symlink_to(tty)


FT232: dict[str, str] = {"idVendor": "0403", "idProduct": "6001", "serial": "A50285BI"}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_sysfs_says_who_a_usb_serial_adapter_and_a_modem_are(tree: Tree) -> None:
    tree.add("ttyUSB0", "1-2", **FT232)
    tree.add("ttyACM0", "1-4", bus="usb", interfaces=" 2", idVendor="1d6b", idProduct="0104")
    assert ports.sysfs_identities(tree.classes) == {
        "/dev/ttyUSB0": ftdi("A50285BI", "1-2"),
        "/dev/ttyACM0": DeviceIdentity(vid=0x1D6B, pid=0x0104, interface="1.0", location="1-4:1.0"),
    }


def test_ports_of_one_adapter_differ_in_their_interface(tree: Tree) -> None:
    tree.add("ttyUSB0", "1-2", interfaces=" 2", **FT232)
    tree.add("ttyUSB1", "1-2", interfaces=" 2", interface="1.1", **FT232)
    tree.add("ttyUSB2", "1-3", port_number="0", **FT232)
    tree.add("ttyUSB3", "1-4", port_number="1", **FT232)
    found = ports.sysfs_identities(tree.classes)
    assert [found[f"/dev/ttyUSB{number}"].interface for number in range(4)] == ["1.0", "1.1", None, ".1"]


def test_ttys_of_other_kinds_and_those_that_just_go_have_no_identity(tree: Tree) -> None:
    tree.add("ttyS0", "serial8250", bus="platform")
    (tree.classes / "tty0").mkdir()
    tree.add("ttyUSB0", "1-2", idProduct="6001")
    assert ports.sysfs_identities(tree.classes) == {}
    assert ports.sysfs_identities(tree.root / "nothing") == {}


def test_serial_number_of_garbage_can_be_kept_in_a_profile(tree: Tree) -> None:
    tree.add("ttyUSB0", "1-2", **{**FT232, "serial": "A\x07\xff" + "x" * 300})
    (found,) = ports.sysfs_identities(tree.classes).values()
    assert found.serial_number == "A\ufffd\ufffd" + "x" * 252
    assert from_plain(DeviceIdentity, **json.loads(json.dumps(asdict(found)))) == found


# ---- the finder


class Bench:
    """A machine whose ports a test plugs; a finder on one of them. `quick` False: as on Windows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.devices: dict[str, DeviceIdentity] = {}
        self.listings = 0
        self.events: list[ev.Event] = []
        self.posted: list[Callable[[], None]] = []
        self.called_again = 0
        self.may_list = threading.Event()
        self.may_list.set()
        self.now = 1000.0
        """It stands still: a busy machine would have the ports listed again."""
        monkeypatch.setattr(device_finder, "monotonic", lambda: self.now)
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(ports, "device_identities", self._list)
        monkeypatch.setattr(ports, "ports_signature", lambda: sorted(self.devices))
        self.quick(quick=True)

    def quick(self, *, quick: bool) -> None:
        self._monkeypatch.setattr(ports, "IDENTIFYING_IS_QUICK", quick)

    def _list(self) -> dict[str, DeviceIdentity]:
        devices = dict(self.devices)
        self.listings += 1
        assert self.may_list.wait(2 * DEADLINE_S)
        return devices

    def finder(self, device: str = "COM5", identity: DeviceIdentity | None = None) -> DeviceFinder:
        settings = SerialSettings(device=device, identity=identity)
        return DeviceFinder(settings, self.events.append, self.posted.append)

    def look(self, finder: DeviceFinder) -> str | None:
        return finder.look(self._again)

    def run_posted(self) -> None:
        until(lambda: self.posted, "the listing comes back")
        self.posted.pop(0)()

    def _again(self) -> None:
        self.called_again += 1

    def refused(self) -> list[ev.LookAlikeRefused]:
        return [event for event in self.events if isinstance(event, ev.LookAlikeRefused)]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(monkeypatch)
    yield made
    made.may_list.set()


def opened(bench: Bench, **fields: Any) -> DeviceFinder:
    finder = bench.finder(**fields)
    finder.opened(finder.find_first())
    return finder


def test_device_is_followed_to_its_new_name_and_that_is_told(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi()}
    finder = opened(bench)
    bench.devices = {}
    finder.lost()
    assert bench.look(finder) is None
    bench.devices = {"COM7": ftdi(location="3-4")}
    assert bench.look(finder) == "COM7"
    finder.opened("COM7")
    (moved,) = bench.events
    assert isinstance(moved, ev.DeviceMoved)
    assert (moved.device, moved.was) == ("COM7", "COM5")


def test_look_alike_is_refused_and_named_once_while_the_device_is_away(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi("A1")}
    finder = opened(bench)
    finder.lost()
    for _ in range(3):
        for devices in ({"COM5": ftdi("B2", "1-3")}, {}, {"COM5": ftdi("B2", "1-3"), "COM9": ch340()}):
            bench.devices = devices
            assert bench.look(finder) is None
    (refused,) = bench.refused()
    assert (refused.device, refused.expected, refused.found) == ("COM5", ftdi("A1"), ftdi("B2", "1-3"))
    bench.devices = {"COM5": ftdi("C3"), "COM6": ftdi("A1")}
    assert bench.look(finder) == "COM6"
    assert [each.found.serial_number for each in bench.refused()] == ["B2", "C3"]


def test_flood_of_look_alikes_has_a_bound(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi()}
    finder = opened(bench)
    finder.lost()
    for number in range(2 * MAX_NAMED):
        bench.devices = {"COM5": ftdi(f"X{number}"), f"COM{10 + number}": ch340()}
        bench.look(finder)
    assert len(bench.refused()) == MAX_NAMED


def test_ports_are_listed_only_when_one_came_or_went(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi()}
    finder = opened(bench)
    bench.devices = {}
    finder.lost()
    bench.look(finder)
    before = bench.listings
    for _ in range(5):
        bench.look(finder)
    assert bench.listings == before
    bench.now += RELIST_S
    bench.look(finder)
    assert bench.listings == before + 1


def test_port_that_cannot_be_opened_yet_is_offered_again(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi()}
    finder = opened(bench)
    finder.lost()
    assert [bench.look(finder) for _ in range(3)] == ["COM5"] * 3


def test_twin_with_the_same_serial_number_that_stays_plugged_is_not_taken_for_it(bench: Bench) -> None:
    twin = ftdi("0001", "1-9")
    bench.devices = {"COM5": ftdi("0001", "1-2"), "COM6": twin}
    finder = opened(bench)
    bench.devices = {"COM6": twin}
    finder.lost()
    assert bench.look(finder) is None
    bench.devices = {"COM6": twin, "COM7": ftdi("0001", "1-5")}
    assert bench.look(finder) == "COM7"


def test_socket_of_a_twin_that_was_pulled_is_free_again(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi("0001", "1-2"), "COM6": ftdi("0001", "1-9")}
    finder = opened(bench)
    finder.lost()
    bench.devices = {}
    assert bench.look(finder) is None
    bench.devices = {"COM6": ftdi("0001", "1-9")}
    assert bench.look(finder) == "COM6"


def test_device_without_identity_is_looked_for_by_its_name(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "ttyDEV"
    finder = opened(bench, device=str(link))
    finder.lost()
    before = bench.listings
    assert bench.look(finder) is None
    link.touch()
    assert bench.look(finder) == str(link)
    assert bench.listings == before


def test_link_to_the_device_stays_its_name(bench: Bench, tmp_path: Path) -> None:
    link, node = tmp_path / "by-id", tmp_path / "ttyUSB0"
    link.symlink_to(node)
    bench.devices = {str(node): ftdi()}
    finder = opened(bench, device=str(link))
    finder.lost()
    assert bench.look(finder) == str(link)
    link.unlink()
    other = tmp_path / "ttyUSB1"
    link.symlink_to(other)
    bench.devices = {str(other): ftdi()}
    assert bench.look(finder) == str(link)
    finder.opened(str(link))
    assert bench.events == []


# ---- what a profile remembers


def test_profile_follows_its_device_to_another_name_at_the_start(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi("B2"), "COM7": ftdi("A1", "3-4")}
    finder = bench.finder(identity=ftdi("A1"))
    assert finder.find_first() == "COM7"
    finder.opened("COM7")
    assert isinstance(bench.events[0], ev.DeviceMoved)


def test_other_serial_number_at_the_start_is_refused(bench: Bench) -> None:
    bench.devices = {"COM5": ftdi("B2")}
    with pytest.raises(BridgeError) as refused:
        bench.finder(identity=ftdi("A1")).find_first()
    problem = refused.value.problem
    assert (problem.cause, problem.subject) == (Cause.DEVICE_DIFFERENT, "COM5")
    assert (problem.expected, problem.found) == (ftdi("A1"), ftdi("B2"))


def test_device_that_is_not_plugged_in_at_the_start_is_missing(bench: Bench) -> None:
    with pytest.raises(BridgeError) as refused:
        bench.finder(identity=ftdi("A1")).find_first()
    assert refused.value.problem.cause is Cause.DEVICE_MISSING


def test_name_without_identity_is_refused_where_the_profile_has_one(bench: Bench, tmp_path: Path) -> None:
    other = tmp_path / "ttyUSB0"
    other.touch()
    with pytest.raises(BridgeError) as refused:
        bench.finder(str(other), ftdi("A1")).find_first()
    assert (refused.value.problem.cause, refused.value.problem.found) == (Cause.DEVICE_DIFFERENT, None)


# ---- where listing the ports takes seconds


def test_slow_listing_does_not_hold_the_loop_and_calls_again_when_it_has_come(bench: Bench) -> None:
    bench.quick(quick=False)
    bench.devices = {"COM5": ftdi()}
    finder = opened(bench)
    bench.run_posted()
    finder.lost()
    bench.devices = {"COM7": ftdi()}
    bench.may_list.clear()
    assert [bench.look(finder) for _ in range(3)] == [None] * 3
    assert bench.called_again == 0
    bench.may_list.set()
    bench.run_posted()
    assert bench.called_again == 1
    assert bench.look(finder) == "COM7"
    assert bench.listings == 2


def test_listing_that_was_begun_before_the_device_went_is_out_of_date(bench: Bench) -> None:
    bench.quick(quick=False)
    bench.devices = {"COM5": ftdi("A1")}
    bench.may_list.clear()
    finder = opened(bench)
    until(lambda: bench.listings, "it is begun")
    finder.lost()
    bench.devices = {"COM5": ftdi("B2")}
    assert bench.look(finder) == "COM5"  # nothing is known of it but its name
    finder.opened("COM5")
    bench.may_list.set()
    bench.run_posted()  # the old one, which asks anew
    bench.run_posted()
    finder.lost()
    bench.devices = {"COM6": ftdi("B2")}
    bench.look(finder)
    bench.run_posted()
    assert bench.look(finder) == "COM6"
