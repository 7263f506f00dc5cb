"""Profiles on disk: one JSON file each, written whole, versioned; a broken file never takes others along."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from serialbridge_gui.profile import (
    FORMAT_VERSION,
    ClientRules,
    DeviceIdentity,
    ListenAddress,
    PeerAddress,
    Profile,
    SerialSettings,
    TlsFiles,
)
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.whole_file import read_bounded, remove_left, set_aside, write_whole
from serialbridge_gui.words import tr as _tr

MAX_PROFILE_BYTES: Final = 1 << 20
"""Bound of a profile's file (chosen: a thousand times what one needs)."""

LOCK_MS: Final = 2000
"""How long one import waits for another (chosen: it takes some ms; a name that two have is no loss)."""

Part = TypeVar(
    "Part", Profile, SerialSettings, ListenAddress, PeerAddress, TlsFiles, ClientRules, DeviceIdentity
)

Converter = Callable[[dict[str, Any]], dict[str, Any]]
CONVERTERS: Final[Mapping[int, Converter]] = {}
"""From the version that is the key to the next one. Version 1 is the first: none yet."""


@dataclass(frozen=True)
class Loaded:
    """What `ProfileStore.load` found: the profiles by name, and what was wrong with the others."""

    profiles: tuple[Profile, ...]
    problems: tuple[ProfileError, ...]


def default_config_dir() -> Path:
    """Where the program keeps its settings: `SerialBridge` in the system's own place for them."""
    from PySide6.QtCore import QStandardPaths

    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(base) / "SerialBridge"


class ProfileStore:
    """The profiles in `config_dir/profiles`. Blocking file calls of a few ms: any one thread at a time."""

    def __init__(self, config_dir: Path, converters: Mapping[int, Converter] = CONVERTERS,
                 version: int = FORMAT_VERSION) -> None:
        self.directory = config_dir / "profiles"
        self._converters = converters
        self._version = version

    def certificates(self, profile: Profile) -> Path:
        """The folder for certificates made for this profile; need not be there yet."""
        return self.directory.parent / "certificates" / profile.id

    def load(self) -> Loaded:
        """Every profile that can be read. A broken file is renamed `….broken` and reported; never raises."""
        profiles: list[Profile] = []
        problems: list[ProfileError] = []
        remove_left(self.directory)
        for path in sorted(self.directory.glob("*.json")):
            try:
                profiles.append(self._load_file(path))
            except ProfileError as error:
                if isinstance(error.__cause__, FileNotFoundError) and not path.is_symlink():
                    continue  # another program deletes it just now
                problems.append(self._set_aside(path, error) if error.fault is ProfileFault.BROKEN else error)
        profiles.sort(key=lambda profile: (profile.name.casefold(), profile.id))
        return Loaded(tuple(profiles), tuple(problems))

    def save(self, profile: Profile) -> None:
        """Write the profile whole or not at all. Raises ProfileError (not writable)."""
        self._write(self._path(profile), self._document(profile))

    def delete(self, profile: Profile) -> None:
        """Remove the profile's file; nothing happens if it is gone. Raises ProfileError (not writable)."""
        try:
            self._path(profile).unlink(missing_ok=True)
        except OSError as error:
            raise ProfileError(ProfileFault.NOT_WRITABLE, str(self._path(profile)), _reason(error)) from error

    # ---- a delete that can be undone

    def put_away(self, profile: Profile) -> None:
        """Delete the profile, and keep it aside as `ID.deleted`; what was put away before it is gone for good.

        Killed in between, there is the one or the other, or both. Raises ProfileError (not writable).
        """
        self._write(self._away(profile), self._document(profile))
        self.delete(profile)
        self.forget_away(but=profile)

    def away(self) -> Profile | None:
        """What a program that was killed has put away; None: nothing that can be read. Never raises."""
        for path in sorted(self.directory.glob("*.deleted")):
            try:
                profile = self._validated(path, self._converted(path, self._read(path), back_up=False))
            except ProfileError:
                continue
            if self._away(profile) == path and not self._path(profile).exists():
                return profile
        return None

    def bring_back(self, profile: Profile) -> None:
        """Save what was put away. Raises ProfileError (not writable)."""
        self.save(profile)
        self.forget_away()

    def forget_away(self, but: Profile | None = None) -> None:
        """Delete for good what was put away. Never raises."""
        for path in self.directory.glob("*.deleted"):
            if but is None or path != self._away(but):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _away(self, profile: Profile) -> Path:
        return self.directory / f"{profile.id}.deleted"

    # ---- files for others

    def export(self, profile: Profile, file: Path) -> None:
        """Write the profile to a file for another machine. Raises ProfileError (not writable)."""
        document = self._document(profile)
        del document["id"]
        self._write(file, document)

    def import_file(self, file: Path) -> Profile:
        """Add the profile from an exported file under a new id and a name nobody has; returns it.

        The file is only read, checked against the schema and copied: importing starts nothing.
        Raises ProfileError (not readable, too large, broken, newer, not writable).
        """
        (profile,) = self.add_new((self.read_export(file),))
        return profile

    def add_new(self, profiles: Sequence[Profile]) -> list[Profile]:
        """Save profiles that nobody has yet, each under a name that nobody has; returns them as they are now.

        Two programs that do so at once do not choose the same name. Raises ProfileError (not writable).
        """
        added = []
        with self._alone():
            taken = {other.name for other in self.load().profiles}
            for profile in profiles:
                profile = profile.changed(name=free_name(profile.name, taken))
                taken.add(profile.name)
                self.save(profile)
                added.append(profile)
        return added

    def read_export(self, file: Path) -> Profile:
        """The profile in an exported file, under a new id; keeps nothing. Raises ProfileError as `import_file` does."""
        document = self._converted(file, self._read(file), back_up=False)
        document.pop("id", None)
        return self._validated(file, document)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While other programs of these profiles wait; after LOCK_MS without them."""
        from PySide6.QtCore import QLockFile

        lock = QLockFile(str(self.directory / ".lock"))
        with contextlib.suppress(OSError):
            self.directory.mkdir(parents=True, exist_ok=True)
        lock.tryLock(LOCK_MS)
        try:
            yield
        finally:
            lock.unlock()

    # ---- one file

    def _path(self, profile: Profile) -> Path:
        return self.directory / f"{profile.id}.json"

    def _document(self, profile: Profile) -> dict[str, Any]:
        return {"format_version": self._version, **asdict(profile)}

    def _load_file(self, path: Path) -> Profile:
        profile = self._validated(path, self._converted(path, self._read(path), back_up=True))
        if self._path(profile) != path:
            raise ProfileError(ProfileFault.BROKEN, str(path), _tr("it holds the profile {id}").format(id=profile.id))
        return profile

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            raw = read_bounded(path, MAX_PROFILE_BYTES)
        except OSError as error:
            raise ProfileError(ProfileFault.NOT_READABLE, str(path), _reason(error)) from error
        if len(raw) > MAX_PROFILE_BYTES:
            raise ProfileError(ProfileFault.TOO_LARGE, str(path))
        try:
            document = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ProfileError(ProfileFault.BROKEN, str(path), str(error)) from error
        if not isinstance(document, dict):
            raise ProfileError(ProfileFault.BROKEN, str(path), _tr("not a JSON object"))
        return document

    def _converted(self, path: Path, document: dict[str, Any], *, back_up: bool) -> dict[str, Any]:
        """The document in today's format, its version taken out; an older file is kept beside it first."""
        version = document.pop("format_version", None)
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise ProfileError(ProfileFault.BROKEN, str(path), _tr("no format_version"))
        if version > self._version:
            raise ProfileError(ProfileFault.NEWER, str(path), str(version))
        if version == self._version:
            return document
        if back_up:
            self._back_up(path, version)
        for step in range(version, self._version):
            try:
                document = self._converters[step](document)
            except (LookupError, TypeError, ValueError, AttributeError) as error:  # what garbage makes of a conversion
                detail = _tr("version {step}: {error!r}").format(step=step, error=error)
                raise ProfileError(ProfileFault.BROKEN, str(path), detail) from error
        if back_up:
            self._write(path, {"format_version": self._version, **document})
        return document

    @staticmethod
    def _back_up(path: Path, version: int) -> None:
        try:
            shutil.copy2(path, path.with_suffix(f".v{version}.bak"))
        except OSError as error:
            raise ProfileError(ProfileFault.NOT_WRITABLE, str(path), _reason(error)) from error

    @staticmethod
    def _validated(path: Path, document: dict[str, Any]) -> Profile:
        try:
            return from_plain(Profile, document)
        except ValueError as error:
            raise ProfileError(ProfileFault.BROKEN, str(path), str(error)) from error

    @staticmethod
    def _set_aside(path: Path, error: ProfileError) -> ProfileError:
        target = set_aside(path)
        if target is None:
            return error  # it stays where it is, and is reported again next time
        return ProfileError(error.fault, error.subject, error.detail, set_aside=target)

    @staticmethod
    def _write(path: Path, document: dict[str, Any]) -> None:
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        try:
            write_whole(path, text)
        except OSError as error:
            raise ProfileError(ProfileFault.NOT_WRITABLE, str(path), _reason(error)) from error


def find_by_name(profiles: tuple[Profile, ...], name: str) -> Profile:
    """The one profile with this name, or this id. Raises ProfileError (unknown, ambiguous)."""
    found = [profile for profile in profiles if name in (profile.name, profile.id)]
    if not found:
        raise ProfileError(ProfileFault.UNKNOWN_NAME, name)
    if len(found) > 1:
        raise ProfileError(ProfileFault.AMBIGUOUS_NAME, name, ", ".join(profile.id for profile in found))
    return found[0]


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, or `wanted (2)` and so on, whichever nobody has."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted[:190]} ({number})"
    return name


def from_plain(kind: type[Part], fields: Mapping[str, Any]) -> Part:
    """A Profile, or a part of one, from what JSON can hold. Raises ValueError, which says where in `fields`."""
    import msgspec  # 6 ms that a start without profiles does not need

    part = msgspec.convert(fields, kind)
    if unknown := _unknown_field(fields, asdict(part)):
        raise ValueError(_tr("no such field: {unknown}").format(unknown=unknown))
    return part


def _unknown_field(document: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """The first field, such as `serial.colour`, that is in no profile; empty if there is none."""
    for name, value in document.items():
        if name not in known:
            return name
        if isinstance(value, dict) and (inner := _unknown_field(value, known[name])):
            return f"{name}.{inner}"
    return ""


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
