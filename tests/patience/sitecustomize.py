"""Patience for the programs that tests start: where the product gives up waiting for others, it waits for long.

Python imports this by itself where the folder is on its path (`console_environment` in tests/processes.py puts it
there). A machine that stands still for seconds then makes no program give up what it has only just asked for; a program
that nothing holds up waits no longer than before. Where a bound is what is tested, TEST_HASTY names its module.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from os import environ
from os.path import dirname

TYPE_CHECKING = False  # typing would take most of the time of all this
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

PACKAGE = "serialbridge_gui."
BOUNDS: dict[str, dict[str, float]] = {
    "console_bridge": {"STOP_MS": 60_000, "WRITE_OUT_S": 30.0},
    "engine.bridge": {"STOP_S": 60.0},
    "engine.bridge_thread": {"DRAIN_S": 30.0, "LEAVE_S": 15.0},
    "engine.control_server": {"STOP_S": 15.0},
    "engine.departures": {"SLOW_CLIENT_S": 20.0, "SEE_OFF_S": 20.0},
    "engine.live_capture": {"EXIT_S": 15.0},
    "engine.pipes": {"READER_S": 60.0},
    "engine.port_threads": {"JOIN_S": 15.0},
    "engine.relay": {"PORT_DRAIN_S": 15.0},
    "engine.running_programs": {"ASK_S": 20.0},
    "engine.tls": {"HANDSHAKE_S": 60.0},
    "handover": {"WAIT_MS": 30_000},
    "one_instance": {"WAIT_S": 90.0},
    "profile_store": {"LOCK_MS": 30_000},
    "program_log": {"ENDS_WITHIN_S": 30.0},
    "ui.recording": {"FINISH_S": 30.0},
    "ui.session": {"LAST_SAVE_S": 30.0},
    "vm.versions": {"ASK_S": 60.0},
}
"""By module; each takes the place of the module's own once it is imported, so that nothing is imported for it."""


class Patience:
    """Finds those modules as Python itself does."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        bounds = BOUNDS.get(name.removeprefix(PACKAGE)) if name.startswith(PACKAGE) else None
        spec = PathFinder.find_spec(name, path, target) if bounds else None
        if spec is None or spec.loader is None or bounds is None:
            return None
        run = spec.loader.exec_module

        def run_and_be_patient(module: ModuleType) -> None:
            run(module)
            for bound, patient in bounds.items():
                getattr(module, bound)  # there must be such a one
                setattr(module, bound, patient)

        spec.loader.exec_module = run_and_be_patient  # type: ignore[method-assign]
        return spec


def let_others_customize() -> None:
    """Another module of this name on the path, such as Debian's, has its turn."""
    others = [folder for folder in sys.path if folder != dirname(__file__)]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(type(sys)("sitecustomize"))


for hasty in environ.get("TEST_HASTY", "").split():
    del BOUNDS[hasty]
sys.meta_path.insert(0, Patience)
let_others_customize()
