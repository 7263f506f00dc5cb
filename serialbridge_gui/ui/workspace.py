"""The Workspace: every session of the window, in the order of the sidebar. No widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from serialbridge_gui.engine.addresses import address_taken
from serialbridge_gui.engine.ports import PortInfo
from serialbridge_gui.profile import (
    DEFAULT_LISTEN_PORT,
    DeviceIdentity,
    ListenAddress,
    Profile,
    SerialSettings,
    new_id,
)
from serialbridge_gui.profile_error import ProfileError
from serialbridge_gui.profile_store import ProfileStore, free_name
from serialbridge_gui.ui.arrangement import Arrangement
from serialbridge_gui.ui.file_names import file_name, free_file
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
    forgotten = Signal(str)
    """A deleted profile, by its id, is gone for good."""

    def __init__(self, store: ProfileStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._sessions: list[Session] = []
        self._seen: set[str] = set()
        """Ids of all profiles that were ever here: one that is being deleted does not come back."""
        self._log_budget = LogBudget()
        self._sending: SendMemory | None = None
        self.arrangement = Arrangement(store.directory.parent / "sidebar.json", self)
        """In which order and groups the bridges stand."""
        self.put_away: Profile | None = None
        """What was deleted last, while it can be undone."""
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
        self.arrangement.load()
        self.put_away = self._store.away()
        loaded = self._store.load()
        for profile in loaded.profiles:
            self._add(profile)
        told = [profile_error_sentence(problem) for problem in loaded.problems]
        if self.highlights.problem:
            told.append(rules_unread_sentence(self.highlights.problem))
        return told

    async def take_in_new(self) -> list[str]:
        """Make a session of each profile that another program has added.

        Returns a sentence for each file that was broken and was set aside; what else is wrong was told at the start.
        """
        from asyncio import to_thread

        loaded = await to_thread(self._store.load)
        for profile in loaded.profiles:
            if profile.id not in self._seen:
                self._add(profile)
        return [profile_error_sentence(problem) for problem in loaded.problems if problem.set_aside is not None]

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

    async def add_file(self, file: Path) -> Session:
        """The session of an exported profile: the one there is if nothing differs, else a new, saved one.

        Starts nothing. Raises ProfileError.
        """
        from asyncio import to_thread

        profile = await to_thread(self._store.read_export, file)
        for session in self:
            if session.profile.changed(id=profile.id) == profile:
                return session
        return self.add_profile(profile)

    def add_profile(self, profile: Profile) -> Session:
        """The new, saved session of a profile that nobody has, under a name that nobody has. Starts nothing."""
        taken = {session.profile.name for session in self}
        session = self._add(profile.changed(name=free_name(profile.name, taken)))
        session.save()
        return session

    def duplicate(self, session: Session) -> Session:
        """The same once more, below it, on a listen port that nobody has."""
        profile = session.profile
        listen = profile.listen.changed(port=self.next_free_port(profile.listen.port))
        copy = self.add_profile(profile.changed(id=new_id(), listen=listen))
        here = [each.profile.id for each in self]
        for _, ids in self.arrangement.ordered(here):
            if profile.id in ids:
                following = [each for each in ids[ids.index(profile.id) + 1 :] if each != copy.profile.id]
                group, before = self.arrangement.group_of(profile.id), following[0] if following else None
                self.arrangement.move(copy.profile.id, group, before, here)
        return copy

    async def export(self, profiles: Sequence[Profile], folder: Path) -> list[Path]:
        """Write each to a file of its own in `folder`, under its name; overwrite nothing. Raises ProfileError."""
        from asyncio import to_thread

        written: list[Path] = []
        for profile in profiles:
            file = await to_thread(free_file, folder, file_name(profile.name))
            await to_thread(self._store.export, profile, file)
            written.append(file)
        return written

    async def export_to(self, profile: Profile, file: Path) -> None:
        """Write it to this file. Raises ProfileError."""
        from asyncio import to_thread

        await to_thread(self._store.export, profile, file)

    def demo(self) -> Session:
        """The session on the simulated device: the one there is, else a new one."""
        for session in self:
            if session.profile.serial.device == DEMO_DEVICE:
                return session
        return self.add(self.tr("Demo"), DEMO_DEVICE)

    async def remove(self, session: Session) -> None:
        """Stop the bridge and delete its profile, so that it can be undone; what was deleted before is gone for good.

        Raises ProfileError: it could not be deleted, and stays.
        """
        from asyncio import to_thread

        if session.retired:
            return  # it is being deleted already
        session.retired = True
        try:
            await session.close()
            await session.written()  # or a slow disk would bring the file back
            await to_thread(self._store.put_away, session.profile)
        except BaseException:
            session.retired = False
            session.save()  # what was edited meanwhile
            raise
        gone, self.put_away = self.put_away, session.profile
        if gone is not None:
            self.forgotten.emit(gone.id)
            self.arrangement.forget(gone.id)
        self._sessions.remove(session)
        self.session_removed.emit(session)
        session.deleteLater()

    async def bring_back(self) -> Session | None:
        """Undo the last delete; None: there is none. Raises ProfileError."""
        from asyncio import to_thread

        profile, self.put_away = self.put_away, None
        if profile is None:
            return None
        try:
            await to_thread(self._store.bring_back, profile)
        except ProfileError:
            self.put_away = profile
            raise
        return self._add(profile)

    async def forget_away(self) -> None:
        """What was deleted last is gone for good."""
        from asyncio import to_thread

        gone, self.put_away = self.put_away, None
        if gone is not None:
            await to_thread(self._store.forget_away)
            self.forgotten.emit(gone.id)
            self.arrangement.forget(gone.id)

    async def close(self) -> None:
        """Stop every bridge, all at once; write what is not written yet."""
        from asyncio import gather

        closing = [session.close() for session in self]
        await self.forget_away()
        closing += [self.highlights.finish(), self.arrangement.finish()]
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
        self._seen.add(profile.id)
        self.session_added.emit(session)
        return session


def newest_adapter(ports: tuple[PortInfo, ...]) -> str:
    """The device to offer first: the last USB adapter in the list, else any port, else nothing."""
    usb = [port for port in ports if port.vid is not None]
    if usb:
        return usb[-1].device
    return ports[0].device if ports else ""
