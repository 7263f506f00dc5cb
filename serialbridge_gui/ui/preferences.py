"""What the user wants of the whole program: typed, checked, kept in the window's settings."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Self, TypeVar, overload

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.profile import (
    ANY_ADDRESS,
    DEFAULT_LISTEN_PORT,
    LOOPBACK,
    Access,
    FlowControl,
    Mode,
    parse_format,
)
from serialbridge_gui.traffic.log import MAX_LOG_BYTES, MAX_LOG_RECORDS

if TYPE_CHECKING:
    from serialbridge_gui.profile import Profile
    from serialbridge_gui.ui.settings_file import SettingsFile

MIB: Final = 1 << 20
MAX_LOG_MIB: Final = 2048
"""Chosen: with a handful of bridges already more than most machines have to spare."""
MIN_RECORDS: Final = 1_000
MAX_RECORDS: Final = 20_000_000
"""Chosen: some 400 MB of columns (20 bytes a record, measured)."""
MIN_POINTS, MAX_POINTS = 5, 48
"""Of the log's font: chosen, what can be read and what leaves room for a row."""
MAX_BAUD_RATE: Final = 2**31 - 1

T = TypeVar("T")


class Language(StrEnum):
    SYSTEM = "system"
    ENGLISH = "en"
    CHINESE = "zh_CN"


class Scheme(StrEnum):
    """The colour scheme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Closing(StrEnum):
    """What closing the window does while a bridge runs."""

    ASK = "ask"
    KEEP = "keep"
    """The window goes to the tray, the bridges go on."""
    STOP = "stop"
    """The bridges are stopped, the program ends."""


class LogFont(NamedTuple):
    """What the log is written in."""

    family: str = ""
    """Empty: the system's fixed-width font."""
    points: int = 0
    """MIN_POINTS to MAX_POINTS; 0: as large as the system's."""


class LogBudget(NamedTuple):
    """The most that one log holds."""

    mib: int = MAX_LOG_BYTES // MIB
    records: int = MAX_LOG_RECORDS


class Preference(Generic[T]):
    """One of them: an attribute of Preferences. What is stored and makes no sense is as if there were nothing."""

    def __init__(
        self, key: str, default: T, read: Callable[[str], T], write: Callable[[T], str] = str
    ) -> None:
        self.key = key
        self.default = default
        self._read = read
        """Raises ValueError for what it does not take."""
        self._write = write

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, preferences: None, owner: type) -> Self: ...
    @overload
    def __get__(self, preferences: Preferences, owner: type) -> T: ...
    def __get__(self, preferences: Preferences | None, owner: type) -> Self | T:
        if preferences is None:
            return self
        stored = preferences.settings.value(self.key)
        if not isinstance(stored, str):
            return self.default
        try:
            return self._read(stored)
        except ValueError:
            return self.default

    def __set__(self, preferences: Preferences, value: T) -> None:
        text = self._write(value)
        self._read(text)  # nothing is stored that is not read again
        if value != self.__get__(preferences, type(preferences)):
            preferences.settings.setValue(self.key, text)
            preferences.changed.emit(self.name)


def _flag(default: bool, key: str) -> Preference[bool]:
    def read(text: str) -> bool:
        return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse(text)

    return Preference(key, default, read, lambda value: "true" if value else "false")


def _number(key: str, default: int, least: int, most: int) -> Preference[int]:
    return Preference(key, default, lambda text: _within(text, least, most))


def _within(text: str, least: int, most: int) -> int:
    number = int(text)
    return number if least <= number <= most else _refuse(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _read_font(text: str) -> LogFont:
    points, _, family = text.partition(" ")
    number = int(points)
    if (number and not MIN_POINTS <= number <= MAX_POINTS) or len(family) > 200 or not family.isprintable():
        raise ValueError(text)
    return LogFont(family, number)


def _read_budget(text: str) -> LogBudget:
    mib, _, records = text.partition(" ")
    return LogBudget(_within(mib, 1, MAX_LOG_MIB), _within(records, MIN_RECORDS, MAX_RECORDS))


def _read_format(text: str) -> str:
    data_bits, parity, stop_bits = parse_format(text)
    return f"{data_bits}{parity.value}{stop_bits:g}"


def _read_host(text: str) -> str:
    return text if text in (LOOPBACK, ANY_ADDRESS) else _refuse(text)


class Preferences(QObject):
    """Of one settings file. GUI thread only."""

    changed = Signal(str)
    """The name of the one that has another value now."""

    language = Preference("preferences/language", Language.SYSTEM, Language)
    color_scheme = Preference("preferences/color_scheme", Scheme.SYSTEM, Scheme)
    log_font = Preference(
        "preferences/log_font", LogFont(), _read_font, lambda font: f"{font.points} {font.family}".strip()
    )
    log_budget = Preference(
        "preferences/log_budget", LogBudget(), _read_budget, lambda budget: f"{budget.mib} {budget.records}"
    )
    closing = Preference("preferences/closing", Closing.ASK, Closing)
    closing_without_tray_told = _flag(False, "preferences/closing_without_tray_told")
    """The user has been told that closing stops the bridges where there is no tray, and agreed."""
    notifications = _flag(True, "preferences/notifications")
    resume = _flag(False, "preferences/resume")
    """Start the bridges that ran when the program ended."""
    new_baud_rate = _number("new_bridge/baud_rate", 115200, 1, MAX_BAUD_RATE)
    new_format = Preference("new_bridge/format", "8N1", _read_format)
    new_flow_control = Preference("new_bridge/flow_control", FlowControl.NONE, FlowControl)
    new_host = Preference("new_bridge/host", LOOPBACK, _read_host)
    new_port = _number("new_bridge/port", DEFAULT_LISTEN_PORT, 1, 65535)
    new_mode = Preference("new_bridge/mode", Mode.RAW, Mode)
    new_access = Preference("new_bridge/access", Access.EXCLUSIVE, Access)

    def __init__(self, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings

    def for_new_bridge(self, profile: Profile) -> Profile:
        """The profile as new bridges are to be; its device, name and port number stay."""
        data_bits, parity, stop_bits = parse_format(self.new_format)
        serial = profile.serial.changed(
            baud_rate=self.new_baud_rate, data_bits=data_bits, parity=parity, stop_bits=stop_bits,
            flow_control=self.new_flow_control,
        )  # fmt: skip
        return profile.changed(
            serial=serial,
            listen=profile.listen.changed(host=self.new_host),
            mode=self.new_mode,
            clients=profile.clients.changed(access=self.new_access),
        )
