"""What `serialbridge extcap` does: Wireshark asks it which bridges run, and has it bring their traffic.

The protocol: https://www.wireshark.org/docs/man-pages/extcap.html and
https://www.wireshark.org/docs/wsdg_html_chunked/ChCaptureExtcap.html. Wireshark starts this program for each
question, so nothing of weight is imported. The traffic itself goes from the bridge's program into Wireshark's pipe.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import signal
import stat
import sys
from pathlib import Path
from typing import Final

from serialbridge_gui import __version__
from serialbridge_gui.console_errors import Failed
from serialbridge_gui.engine import wireshark
from serialbridge_gui.engine.running_programs import Conversation, HungUp, NotTold, RunningBridge, running_bridges
from serialbridge_gui.words import tr as _tr

LINKTYPE: Final = "dlt {number=250}{name=RTAC_SERIAL}{display=Serial line (RTAC serial)}"
LAUNCHER: Final = "serialbridge.bat" if sys.platform == "win32" else "serialbridge"
MARK: Final = "SerialBridge extcap launcher"
"""Stands in each launcher: a file without it is not ours."""

_WORD: Final = re.compile(r"[^A-Za-z0-9.]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of Wireshark's protocol, and ours to get into its list."""
    parser.add_argument("--register", action="store_true", help=_tr("let Wireshark list the running bridges"))
    parser.add_argument("--unregister", action="store_true", help=_tr("undo that"))
    asked = parser.add_argument_group(_tr("Wireshark's own questions"))
    asked.add_argument("--extcap-interfaces", action="store_true", help=_tr("the running bridges"))
    asked.add_argument("--extcap-version", metavar="N", nargs="?", help=argparse.SUPPRESS)
    asked.add_argument("--extcap-interface", metavar="NAME", help=_tr("the one that is meant"))
    asked.add_argument("--extcap-dlts", action="store_true", help=_tr("its link type"))
    asked.add_argument("--extcap-config", action="store_true", help=_tr("its options: there are none"))
    asked.add_argument("--extcap-reload-option", metavar="NAME", help=argparse.SUPPRESS)
    asked.add_argument(
        "--extcap-capture-filter", metavar="FILTER", help=_tr("refused: there are none for serial lines")
    )
    asked.add_argument("--capture", action="store_true", help=_tr("bring its traffic"))
    asked.add_argument("--fifo", metavar="PIPE", help=_tr("where to"))


def answer(options: argparse.Namespace) -> list[str]:
    """The lines for standard output. Returns from `--capture` once that is over. Raises Failed."""
    if options.register:
        return [register()]
    if options.unregister:
        return [unregister()]
    if options.extcap_interfaces:
        return list_interfaces(running_bridges())
    if options.extcap_interface is None:
        raise Failed(_tr("Give --register to let Wireshark list the running bridges; the rest is for Wireshark."))
    if options.extcap_dlts:
        return [LINKTYPE]
    if options.capture:
        if options.extcap_capture_filter:
            raise Failed(_tr("There are no capture filters for serial lines. Use a display filter."))
        capture(options.extcap_interface, options.fifo or "")
        return []
    if options.extcap_capture_filter:
        return [_tr("There are no capture filters for serial lines. Use a display filter.")]
    return []


def list_interfaces(bridges: list[RunningBridge]) -> list[str]:
    """The answer to `--extcap-interfaces`."""
    lines = [f"extcap {{version={__version__}}}{{display=SerialBridge}}"]
    for name, bridge in named(bridges).items():
        what = f"SerialBridge: {bridge.name}"
        details = [each for each in (bridge.device, bridge.address) if each and each != bridge.name]
        if details:
            what += f" ({', '.join(details)})"
        lines.append(f"interface {{value={name}}}{{display={_display(what)}}}")
    return lines


def named(bridges: list[RunningBridge]) -> dict[str, RunningBridge]:
    """Each under a name for Wireshark, which remembers it: the bridge's own as far as others do not have it, too."""
    names: dict[str, RunningBridge] = {}
    words = [_WORD.sub("-", bridge.name).strip("-")[:60] for bridge in bridges]
    for word, bridge in zip(words, bridges, strict=True):
        parts = ["serialbridge"]
        if word:
            parts.append(word)
        if not word or words.count(word) > 1:
            parts.append(_WORD.sub("-", bridge.address.rpartition(":")[2]))
        name = "-".join(filter(None, parts))
        names[f"{name}-{bridge.id[:8]}" if name in names else name] = bridge
    return names


def capture(interface: str, pipe: str) -> None:
    """Have the bridge's program write into Wireshark's pipe, until one of the two, or the bridge, is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # Wireshark's way to end it; hanging up does the rest
        signal.signal(number, signal.SIG_DFL)
    bridge = named(running_bridges()).get(interface)
    if bridge is None:
        raise Failed(
            _tr("The bridge {interface} does not run. Start it, then refresh Wireshark's interfaces.").format(
                interface=interface
            )
        )
    try:
        with Conversation(bridge.server) as conversation:
            conversation.ask({"ask": "capture", "bridge": bridge.id, "pipe": os.path.abspath(pipe)})
            conversation.be_patient()
            with contextlib.suppress(HungUp):  # the bridge's program ends
                conversation.listen()
    except (NotTold, OSError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Failed(
            _tr("The traffic of {name} does not come: {why}.").format(name=bridge.name, why=why)
        ) from error


# ---- Wireshark's folder


def register(command: list[str] | None = None) -> str:
    """Put a launcher where Wireshark looks; returns what was done. Raises Failed. Again does no harm.

    `command` starts this verb of the program; by default, this Python's.
    """
    folder = _folder()
    launcher = folder / LAUNCHER
    text = launcher_text(command or own_command())
    try:
        if launcher.exists() and MARK not in launcher.read_text(errors="replace"):
            raise Failed(
                _tr("{launcher} is there and not ours. Remove it, then register again.").format(launcher=launcher)
            )
        folder.mkdir(parents=True, exist_ok=True)
        launcher.write_text(text, encoding="utf-8", newline="")
        launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | (stat.S_IXGRP | stat.S_IXOTH) & _readers(launcher))
    except OSError as error:
        remedy = _tr("This Wireshark looks in no folder of yours: run this as who may write to {folder}").format(
            folder=folder
        )
        raise Failed(
            _tr("{launcher} cannot be written: {detail}. {remedy}.").format(
                launcher=launcher, detail=error.strerror, remedy=remedy
            )
        ) from error
    said = _tr("Wireshark lists the running bridges from its next start on: {launcher} was written.").format(
        launcher=launcher
    )
    if not (wireshark.find_tshark() or wireshark.find_wireshark()):
        said += " " + _tr("Wireshark itself was not found here.")
    return said


def unregister() -> str:
    """Remove the launchers that are ours; returns what was done. Raises Failed."""
    told = wireshark.ask_for_folders()
    removed = []
    for folder in dict.fromkeys((told.personal, told.common, wireshark.usual_personal_folder())):
        if folder is None:
            continue
        launcher = folder / LAUNCHER
        try:
            if launcher.is_file() and MARK in launcher.read_text(errors="replace"):
                launcher.unlink()
                removed.append(str(launcher))
        except OSError as error:
            raise Failed(
                _tr("{launcher} cannot be removed: {detail}.").format(launcher=launcher, detail=error.strerror)
            ) from error
    if not removed:
        return _tr("Wireshark had no launcher of ours: nothing was removed.")
    return _tr("Removed {launchers}.").format(launchers=_tr(", ").join(removed))


def own_command() -> list[str]:
    """What starts `serialbridge extcap` from anywhere."""
    if getattr(sys, "frozen", False):
        beside = "serialbridge.exe" if sys.platform == "win32" else "serialbridge"  # of the window's program, too
        return [str(Path(sys.executable).with_name(beside)), "extcap"]
    if sys.flags.no_site:  # as the Debian package starts us: by itself Python would not find us there
        return [str(Path(sys.argv[0]).with_name("serialbridge")), "extcap"]
    return [sys.executable, "-m", "serialbridge_gui.cli", "extcap"]


def launcher_text(command: list[str]) -> str:
    """A script that becomes `command`, with the arguments that Wireshark gives."""
    if sys.platform == "win32":
        words = " ".join(f'"{_batch_word(word)}"' for word in command)
        utf_8 = "" if words.isascii() else "chcp 65001 >nul\r\n"
        return f"@echo off\r\nrem {MARK}\r\n{utf_8}{words} %*\r\n"
    return f"#!/bin/sh\n# {MARK}\nexec {shlex.join(command)} \"$@\"\n"


def _batch_word(word: str) -> str:
    """Cmd.exe reads batch files in its console's code page, where 张三 may be anything: so a user's folder is
    written as its variable, which makes most launchers ASCII."""
    if not word.isascii():
        for name in ("LOCALAPPDATA", "USERPROFILE"):
            folder = os.environ.get(name, "")
            if folder and word.lower().startswith(f"{folder.lower()}\\"):
                return f"%{name}%" + word[len(folder) :].replace("%", "%%")
    return word.replace("%", "%%")


def _folder() -> Path:
    """Where Wireshark looks: in the user's own folder where it has one, else in everybody's."""
    told = wireshark.ask_for_folders()
    if told.personal is None and told.common is not None:
        return told.common
    return told.personal or wireshark.usual_personal_folder()


def _readers(file: Path) -> int:
    """The execute bits of those who may read it."""
    return (file.stat().st_mode & 0o444) >> 2


def _display(text: str) -> str:
    """Fit to stand between Wireshark's braces."""
    from serialbridge_gui.traffic.text import make_visible

    return make_visible(text).replace("{", "(").replace("}", ")")
