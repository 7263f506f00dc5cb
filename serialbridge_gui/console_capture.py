"""The capture that the arguments of `serialbridge run` ask for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from serialbridge_gui.console_errors import Failed, WrongArguments
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.profile import Profile
    from serialbridge_gui.traffic.capture import Capture


def capture_of(options: argparse.Namespace, profile: Profile) -> Capture | None:
    """The capture, its file open; None where none is asked for. Raises WrongArguments, Failed."""
    if options.capture is None:
        for name in ("capture_rotate", "capture_keep"):
            if getattr(options, name) is not None:
                raise WrongArguments(
                    _tr("--{option} needs a capture. Give --capture FILE, too.").format(option=name.replace("_", "-"))
                )
        return None
    if options.capture_keep is not None and options.capture_rotate is None:
        raise WrongArguments(_tr("--capture-keep is for several files. Give --capture-rotate SIZE|TIME, too."))
    from serialbridge_gui.traffic.capture import Capture
    from serialbridge_gui.traffic.capture_formats import Source, format_of
    from serialbridge_gui.traffic.rotation import Rotation

    path = Path(options.capture)
    if format_of(path) is None:
        raise WrongArguments(
            _tr("--capture {path}: the ending chooses the format. Use .pcapng, .csv, .txt or .bin.").format(path=path)
        )
    rotation = None
    if options.capture_rotate is not None:
        try:
            rotation = Rotation.parse(options.capture_rotate, options.capture_keep)
        except ValueError as error:
            raise WrongArguments(
                _tr("{subject}: {detail}.").format(subject="--capture-rotate", detail=error)
            ) from error
    if rotation is None and profile.serial.device.lower().startswith("sim:"):
        from serialbridge_gui.engine.replayed import plays

        if plays(profile.serial.device, path):
            raise Failed(
                _tr("{path} is what is played, and would be lost. Choose another file for --capture.").format(path=path)
            )
    capture = Capture(path, Source.of(profile), rotation=rotation)
    try:
        capture.open()
    except OSError as error:
        raise Failed(
            _tr("{path} cannot be written: {detail}. Choose another place.").format(
                path=capture.path, detail=error.strerror or error
            )
        ) from error
    return capture
