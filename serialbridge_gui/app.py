"""The window program: wiring, event loop, shutdown; nothing else.

The window is shown before asyncio is there, which takes a tenth of the start: until then nothing waits for anything.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from serialbridge_gui import __version__
from serialbridge_gui.parser_words import speak_to
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.program_log import ProgramLog
    from serialbridge_gui.ui.main_window import MainWindow

APP_USER_MODEL_ID: Final = "SerialBridge.SerialBridge"
"""The installer gives it to the Start menu's entry."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the window program; returns its exit code."""
    speak_to(sys.stdout, sys.stderr)
    options = _options(arguments)
    gc.disable()  # until MainThreadGarbage: looking for garbage takes a sixth of the start, and there is little
    from PySide6.QtCore import QEventLoop

    from serialbridge_gui import resources_rc  # noqa: F401 - registers the icons
    from serialbridge_gui.one_instance import claim
    from serialbridge_gui.profile_store import default_config_dir
    from serialbridge_gui.request import Request
    from serialbridge_gui.ui.application import Application
    from serialbridge_gui.ui.selection_color import keep_selection_readable

    config_dir = options.config_dir = Path(options.config_dir) if options.config_dir else default_config_dir()
    instance = claim(Request.of(options), config_dir)
    if instance is None:
        return 0
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s", handlers=[terminal])
    log = _begin_log(config_dir)
    _name_to_windows()
    app = Application(sys.argv[:1])
    app.setApplicationName("SerialBridge")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("serialbridge")
    app.setQuitOnLastWindowClosed(False)
    if app.style().objectName().lower() in ("", "windowsvista"):
        app.setStyle("Fusion")  # the old Windows style has no dark scheme
    keep_selection_readable(app)
    window, complaints = _open(config_dir)
    if options.minimized:
        window.begin_minimized()
    else:
        window.show()
        app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)  # painted: nobody sees an empty frame

    import asyncio

    import qasync

    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    instance.succeed()
    with loop:
        code = int(loop.run_until_complete(_run(options, window, complaints, log, beside=instance.beside_another)))
    log.close()
    instance.close()
    return code


def _begin_log(config_dir: Path) -> ProgramLog:
    """From here on what goes wrong is on record."""
    import PySide6

    from serialbridge_gui.program_log import ProgramLog

    python = sys.version.split()[0]
    versions = f"SerialBridge {__version__}, Python {python}, PySide6 {PySide6.__version__}, {sys.platform}"
    log = ProgramLog(config_dir / "log", versions)
    log.begin()
    return log


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.file is not None and (options.start or options.demo or options.profile or options.resume):
        parser.error(_tr("a file is shown and never started; leave out the other options, or the file"))
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "serialbridge-gui", description=_tr("The window of SerialBridge."), allow_abbrev=False
    )
    parser.add_argument("--profile", metavar="NAME", help=_tr("choose this profile"))
    parser.add_argument("--start", action="store_true", help=_tr("start the chosen profile"))
    parser.add_argument(
        "--resume", action="store_true", help=_tr("start the bridges that ran when the window was closed")
    )
    parser.add_argument("--minimized", action="store_true", help=_tr("start minimized"))
    parser.add_argument("--demo", action="store_true", help=_tr("open a profile on sim://talker and start it"))
    parser.add_argument("--config-dir", metavar="DIR", help=_tr("where profiles live (default: the user's own)"))
    parser.add_argument(
        "file", metavar="FILE.serialbridge", nargs="?", type=Path,
        help=_tr("an exported profile to show, in the window that is open if one is; it is not started"),
    )  # fmt: skip
    parser.add_argument(
        "--version",
        action="version",
        version=f"SerialBridge {__version__}",
        help=_tr("show program's version number and exit"),
    )
    return parser


def _name_to_windows() -> None:
    """Windows puts the window and the Start menu's entry under one button if both have this name."""
    if sys.platform == "win32":
        import ctypes

        ctypes.WinDLL("shell32").SetCurrentProcessExplicitAppUserModelID(APP_USER_MODEL_ID)


def _open(config_dir: Path) -> tuple[MainWindow, list[str]]:
    """The window with the profiles there are, and a sentence for each that could not be loaded."""
    from PySide6.QtCore import QCoreApplication

    from serialbridge_gui.profile_store import ProfileStore
    from serialbridge_gui.ui.language import use_language
    from serialbridge_gui.ui.main_window import MainWindow
    from serialbridge_gui.ui.port_watcher import PortWatcher
    from serialbridge_gui.ui.preferences import Preferences
    from serialbridge_gui.ui.settings_file import NAME, SettingsFile
    from serialbridge_gui.ui.workspace import Workspace

    settings = SettingsFile(config_dir / NAME)
    app = QCoreApplication.instance()
    assert app is not None
    use_language(app, Preferences(settings).language)  # before there is a word
    workspace = Workspace(ProfileStore(config_dir))
    complaints = workspace.load()
    if settings.problem:
        complaints.append(settings.problem)
    window = MainWindow(workspace, PortWatcher(), settings)
    settings.failed.connect(window.say)
    return window, complaints


async def _run(
    options: argparse.Namespace,
    window: MainWindow,
    complaints: list[str],
    log: ProgramLog | None = None,
    *,
    beside: bool = False,
) -> int:
    """Until the window is closed. `beside`: another program, which does not answer, has these profiles, too."""
    import asyncio

    from serialbridge_gui.garbage import MainThreadGarbage
    from serialbridge_gui.handover import Handover
    from serialbridge_gui.request import Request
    from serialbridge_gui.stop_signals import StopSignals
    from serialbridge_gui.ui.application import ends_with_the_session
    from serialbridge_gui.ui.bridge_sharing import BridgeSharing
    from serialbridge_gui.ui.requests import carry_out, second_window_sentence

    stop = asyncio.Event()
    window.close_requested.connect(stop.set)
    signals = StopSignals(stop.set)
    ends_with_the_session(stop.set, window.save_state)
    window.open_tray()
    sharing = BridgeSharing(window.workspace)
    watching = asyncio.ensure_future(window.ports.run())
    if beside:
        complaints.append(second_window_sentence())
    options.resume |= window.preferences.resume and not beside  # there they run
    complaints += carry_out(Request.of(options), window)
    if complaints:
        window.say(" ".join(complaints))
    if log is not None:
        window.help_menu.begin(log)
    handover = Handover(
        options.config_dir, window.take_request, takes_over=beside, is_ending=lambda: stop.is_set() or signals.pending()
    )
    garbage = MainThreadGarbage()
    try:
        await stop.wait()
        handover.close()  # who starts now waits for the end of this one
        await window.finish()
    finally:
        handover.close()
        sharing.close()
        garbage.close()
        signals.close()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        window.deleteLater()
    return 0


if __name__ == "__main__":
    sys.exit(main())
