"""Certificates, made and looked at off this thread. No widget."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, QSysInfo, Signal

from serialbridge_gui.engine.addresses import reachable
from serialbridge_gui.profile import LOOPBACK, ListenAddress
from serialbridge_gui.ui.tasks import Tasks


class Certificates(QObject):
    """The certificates of one bridge. Main thread only; `cryptography` is imported at the first use."""

    described = Signal(str, str, float)
    """A certificate's path, its fingerprint, and when it expires, in s since the epoch."""
    not_described = Signal(str, str)
    """A path, and why what is there cannot be read as a certificate."""
    made = Signal(str, str)
    """The paths of the new certificate and of its key."""
    not_made = Signal(str)
    """Why no certificate could be made."""

    def __init__(self, directory: Path, parent: QObject | None = None) -> None:
        """`directory`: where the ones that are made are kept; need not be there yet."""
        super().__init__(parent)
        self._directory = directory
        self._tasks = Tasks()
        self._making = False

    def describe(self, path: str) -> None:
        """Look at a certificate; a signal tells what is in it."""
        self._tasks.start(self._describe(path), "describe certificate")

    def make(self, names: Sequence[str]) -> None:
        """Make a self-signed certificate for these names and addresses, one at a time; a signal tells where it is."""
        if not self._making:
            self._making = True
            self._tasks.start(self._make(tuple(names)), "make certificate")

    async def finish(self) -> None:
        """Wait for what runs, a second at most."""
        await self._tasks.finish()

    async def _describe(self, path: str) -> None:
        from asyncio import to_thread

        try:
            fingerprint, expires_at = await to_thread(_look_at, Path(path))
        except (ImportError, OSError, ValueError) as error:
            self.not_described.emit(path, _reason(error))
        else:
            self.described.emit(path, fingerprint, expires_at)

    async def _make(self, names: Sequence[str]) -> None:
        from asyncio import to_thread

        try:
            certificate, key = await to_thread(_make_in, self._directory, names)
        except (ImportError, OSError, ValueError) as error:
            self.not_made.emit(_reason(error))
        else:
            self.made.emit(str(certificate), str(key))
        finally:
            self._making = False


def certificate_names(listen: ListenAddress) -> list[str]:
    """The names and addresses by which clients may know a bridge that listens there."""
    names = [QSysInfo.machineHostName(), "localhost", LOOPBACK, "::1", listen.host, reachable(listen).host]
    useful = [name for name in names if name and "%" not in name and name not in ("0.0.0.0", "::")]
    return list(dict.fromkeys(useful))


def _look_at(path: Path) -> tuple[str, float]:
    from serialbridge_gui.engine.self_signed import expires_at, fingerprint  # type: ignore[import-untyped,import-not-found]

    return fingerprint(path), expires_at(path)


def _make_in(directory: Path, names: Sequence[str]) -> tuple[Path, Path]:
    from serialbridge_gui.engine.self_signed import make_self_signed

    files = make_self_signed(_new_folder(directory), names)
    return files.certificate, files.key


def _new_folder(directory: Path) -> Path:
    """One of its own for each certificate: none takes the place of one that clients know."""
    for number in count(1):
        folder = directory / str(number)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise AssertionError


def _reason(error: Exception) -> str:
    """In the system's words, without the path: it stands beside them."""
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).rstrip(".")
