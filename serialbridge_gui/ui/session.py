"""A Session: one saved profile with its Bridge, what was seen of it, and the actions a user has. No widget."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.bridge import Bridge, BridgeState
from serialbridge_gui.engine.errors import BridgeError
from serialbridge_gui.profile import Profile
from serialbridge_gui.profile_error import ProfileError
from serialbridge_gui.profile_store import ProfileStore
from serialbridge_gui.traffic.chunk import NO_CLIENT, Direction, Tap, TapEntry
from serialbridge_gui.traffic.log import TrafficLog
from serialbridge_gui.ui.certificates import Certificates
from serialbridge_gui.ui.log_feed import LogFeed
from serialbridge_gui.ui.log_saver import LogSaver
from serialbridge_gui.ui.meter import Meter
from serialbridge_gui.ui.recording import Recording
from serialbridge_gui.ui.sentences import event_sentence, profile_error_sentence
from serialbridge_gui.ui.tasks import Tasks

if TYPE_CHECKING:
    from asyncio import Future, Task

MAX_WAITING_EVENTS: Final = 10_000
"""Bound of event rows between two drains of the feed; the oldest leave."""
LAST_DRAIN_MS: Final = 300
"""How long after a bridge has stopped its feed may end, once it is empty (chosen: some ticks)."""
LAST_SAVE_S: Final = 1.0
"""How long what is being saved to a file goes on when the bridge has stopped; then there is no file (chosen)."""


class Session(QObject):
    """Main thread only."""

    changed = Signal()
    """The state, the clients or the profile are not what they were."""
    save_failed = Signal(str)
    """A sentence: the profile could not be written; what was edited is still in force."""

    def __init__(self, profile: Profile, store: ProfileStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = Bridge(profile, self)
        self.log = TrafficLog()
        self.device_failure = ""
        """Why the device is away, where it was not just unplugged: the system's words."""
        self.device_lost_at = 0.0
        """Monotonic time in s since which the device is away; 0: it is there."""
        self.look_alike = ""
        """A sentence about the adapter that has the device's name while it is away, if one has."""
        self.dial_failure = ""
        """A sentence: why there is no link to where the bridge connects, once a try has failed."""
        self.certificates = Certificates(store.certificates(profile), self)
        self.recording = Recording(self.bridge, self)
        self._store = store
        self._tasks = Tasks()
        self._saved: Profile | None = None
        self._writing: Future[None] | None = None
        self._saving = False
        self._unsaved = False
        """The last save failed."""
        self.retired = False
        """It is being deleted: it neither starts nor is written any more."""
        tap = Tap()
        self.bridge.tap = tap
        self._event_rows: deque[TapEntry] = deque(maxlen=MAX_WAITING_EVENTS)
        self.feed = LogFeed(tap, self.log, self._event_rows, self)
        self.meter = Meter(self.bridge, self.feed, self.log, self)
        self.saver = LogSaver(self)
        self._last_drain = QTimer(self)
        self._last_drain.setSingleShot(True)
        self._last_drain.setInterval(LAST_DRAIN_MS)
        self._last_drain.timeout.connect(self.feed.stop_when_empty)
        self.bridge.event_occurred.connect(self._note_event)
        self.bridge.state_changed.connect(self._note_state)

    @property
    def profile(self) -> Profile:
        """What the bridge runs, or will run."""
        return self.bridge.profile

    @property
    def simulated(self) -> bool:
        """Whether there is no real device behind it."""
        return self.profile.serial.device.lower().startswith("sim://")

    def edit(self, profile: Profile) -> None:
        """Put another version of the profile in force for the next start, and save it soon."""
        if profile != self.bridge.profile:
            self.bridge.profile = profile
            self.changed.emit()
            self.save()

    def save(self) -> None:
        """Write the profile, off this thread; edits made meanwhile are written after it."""
        if not self._saving and not self.retired:
            self._saving = True
            self._tasks.start(self._save(), "save profile")

    def start(self) -> None:
        """Start the bridge; what goes wrong shows in `bridge.problem`."""
        if not self.retired:
            self._tasks.start(self._start(), "start bridge")

    def stop(self) -> None:
        """Stop the bridge, or take back its error."""
        self._tasks.start(self.bridge.stop(), "stop bridge")

    def run(self, work: Coroutine[Any, Any, None], name: str) -> Task[None]:
        """Do something for a dialog of this bridge's; `close` gives it a second, then cancels it."""
        return self._tasks.start(work, name)

    async def close(self) -> None:
        """Stop everything this session runs. Takes up to 2 s, and 1 s more for a file that is being saved; longer only
        while a URL is being opened."""
        await self.bridge.stop()
        await self.saver.finish(LAST_SAVE_S)
        if self._unsaved:
            self.save()  # the reason may have been a passing one
        await self._tasks.finish()
        await self.certificates.finish()
        await self.bridge.stop()  # a start that had not begun the first time
        await self.recording.finish()
        self.feed.stop()
        self._last_drain.stop()
        self.meter.stop()

    async def written(self) -> None:
        """Wait until no thread writes the profile any more, also one that `close` did not wait for."""
        from asyncio import shield

        if self._writing is not None:
            with contextlib.suppress(ProfileError):
                await shield(self._writing)

    async def _start(self) -> None:
        with contextlib.suppress(BridgeError):  # the bridge's state says so, and the page shows why
            await self.bridge.start()

    async def _save(self) -> None:
        from asyncio import get_running_loop, shield

        try:
            while self._saved != self.profile and not self.retired:
                profile = self.profile
                self._writing = get_running_loop().run_in_executor(None, self._store.save, profile)
                await shield(self._writing)  # the thread goes on where this is cancelled
                self._saved = profile
                self._unsaved = False
        except ProfileError as error:
            self._unsaved = True
            self.save_failed.emit(profile_error_sentence(error))
        finally:
            self._saving = False

    def _note_event(self, event: ev.Event) -> None:
        if isinstance(event, ev.DeviceLost):
            self.device_lost_at = time.monotonic()
            self.device_failure = event.detail if event.reason is ev.LossReason.ERROR else ""
        elif isinstance(event, (ev.DeviceBack, ev.Listening, ev.Stopped)):
            self.device_lost_at = 0.0
            self.look_alike = ""
            if isinstance(event, ev.Stopped):
                self.dial_failure = ""
        elif isinstance(event, ev.LookAlikeRefused):
            self.look_alike = event_sentence(event)
        elif isinstance(event, ev.DialFailed):
            self.dial_failure = event_sentence(event)
        elif isinstance(event, ev.ClientConnected):
            self.dial_failure = ""
        elif isinstance(event, ev.DeviceMoved) and self.profile.serial.identity is not None:
            # Picked from the list, the device is what counts: its saved name is only the last one.
            serial = self.profile.serial.changed(device=event.device)
            self.edit(self.profile.changed(serial=serial))
        sentence = event_sentence(event)
        if sentence:
            self._event_rows.append((event.time_ns, Direction.EVENT, NO_CLIENT, sentence.encode()))

    def _note_state(self) -> None:
        if self.bridge.state is not BridgeState.STOPPED and self.bridge.state.active:
            self._last_drain.stop()
            self.feed.start()
        elif not self._last_drain.isActive():
            self._last_drain.start()
        self.changed.emit()
