"""The Workspace: every session of the window, in the order of the sidebar. No widget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.engine.addresses import address_taken
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import DEFAULT_LISTEN_PORT, DeviceIdentity, ListenAddress, Profile, SerialSettings
from serialbridge_gui.profile_store import ProfileStore, free_name
from serialbridge_gui.ui.highlight_rules import HighlightRules
from serialbridge_gui.ui.pattern_words import rules_unread_sentence
from serialbridge_gui.ui.preferences import MIB, LogBudget, Preferences
from serialbridge_gui.ui.sentences import profile_error_sentence
from serialbridge_gui.ui.session import Session

if TYPE_CHECKING:
    from serialbridge_gui.ui.send_memory import SendMemory

DEMO_DEVICE = "sim://talker"


class Workspace(QObject):
    """Main thread only."""

    session_added = Signal(object)
    session_removed = Signal(object)

    def __init__(self, store: ProfileStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._sessions: list[Session] = []
        self._log_budget = LogBudget()
        self._sending: SendMemory | None = None
        self.highlights = HighlightRules(store.directory.parent / "highlights.json", self)
        """The rules by which rows of every session's log get a colour."""

    def set_log_budget(self, budget: LogBudget) -> None:
        """How much each log holds, of the bridges there are and of those to come; more than that leaves at once."""
        self._log_budget = budget
        for session in self:
            session.log.set_budget(budget.mib * MIB, budget.records)

    @property
    def sending(self) -> SendMemory:
        """What the send panels remember; read from its file when it is asked for first."""
        if self._sending is None:
            from serialbridge_gui.ui.send_memory import SendMemory  # the window is there before it is needed

            self._sending = SendMemory(self._store.directory.parent / "sending.json", self)
        return self._sending

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions)

    def __len__(self) -> int:
        return len(self._sessions)

    def load(self) -> list[str]:
        """Make a session of each saved profile; returns a sentence for each thing that could not be loaded."""
        self.highlights.load()
        loaded = self._store.load()
        for profile in loaded.profiles:
            self._add(profile)
        told = [profile_error_sentence(problem) for problem in loaded.problems]
        if self.highlights.problem:
            told.append(rules_unread_sentence(self.highlights.problem))
        return told

    def add(
        self, name: str, device: str, identity: DeviceIdentity | None = None, preferences: Preferences | None = None
    ) -> Session:
        """A new, saved profile under a name and on a listen port that nobody has yet; the rest as preferred."""
        taken = {session.profile.name for session in self}
        profile = Profile(
            name=free_name(name, taken),
            serial=SerialSettings(device=device, identity=identity),
            listen=ListenAddress(
                port=self.next_free_port(DEFAULT_LISTEN_PORT if preferences is None else preferences.new_port)
            ),
        )
        if preferences is not None:
            profile = preferences.for_new_bridge(profile)
        session = self._add(profile)
        session.save()
        return session

    def add_file(self, file: Path) -> Session:
        """The session of an exported profile: the one there is if nothing differs, else a new, saved one.

        Starts nothing. Raises ProfileError.
        """
        profile = self._store.read_export(file)
        for session in self:
            if session.profile.changed(id=profile.id) == profile:
                return session
        taken = {session.profile.name for session in self}
        session = self._add(profile.changed(name=free_name(profile.name, taken)))
        session.save()
        return session

    def demo(self) -> Session:
        """The session on the simulated device: the one there is, else a new one."""
        for session in self:
            if session.profile.serial.device == DEMO_DEVICE:
                return session
        return self.add(self.tr("Demo"), DEMO_DEVICE)

    async def remove(self, session: Session) -> None:
        """Stop the bridge and delete its profile. Raises ProfileError: it could not be deleted, and stays."""
        from asyncio import to_thread

        await session.close()
        await to_thread(self._store.delete, session.profile)
        self._sessions.remove(session)
        self.session_removed.emit(session)
        session.deleteLater()

    async def close(self) -> None:
        """Stop every bridge, all at once; write what is not written yet."""
        from asyncio import gather

        closing = [session.close() for session in self]
        closing.append(self.highlights.finish())
        if self._sending is not None:
            closing.append(self._sending.finish())
        await gather(*closing, return_exceptions=True)

    def listening_on(self, address: ListenAddress) -> Session | None:
        """Which running bridge of ours has this port number, if one has."""
        for session in self:
            bound = session.bridge.address
            if bound is not None and bound.port == address.port and session.profile.connect is None:
                return session
        return None

    def next_free_port(self, first: int) -> int:
        """The first port number from `first` on that no profile names and nobody listens on."""
        named = {session.profile.listen.port for session in self}
        for port in range(max(first, 1024), 65536):
            if port not in named and not address_taken(ListenAddress(port=port)):
                return port
        return first

    def _add(self, profile: Profile) -> Session:
        session = Session(profile, self._store, self)
        session.log.set_budget(self._log_budget.mib * MIB, self._log_budget.records)
        self._sessions.append(session)
        self.session_added.emit(session)
        return session


def newest_adapter(ports: tuple[PortInfo, ...]) -> str:
    """The device to offer first: the last USB adapter in the list, else any port, else nothing."""
    usb = [port for port in ports if port.vid is not None]
    if usb:
        return usb[-1].device
    return ports[0].device if ports else ""
