"""The console program. Its words and exit codes are a contract: other people's scripts depend on them.

Exit 0: done, or stopped by Ctrl+C, SIGTERM, SIGHUP. 1: the device or the address can't be had, or a file
can't. 2: the arguments are wrong. With 1 and 2 standard output stays empty and standard error has one line.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from serialbridge_gui import __version__
from serialbridge_gui.console_errors import Failed, WrongArguments
from serialbridge_gui.console_parser import Parser
from serialbridge_gui.parser_words import speak_to
from serialbridge_gui.stop_numbers import stop_numbers
from serialbridge_gui.words import tr as _tr

# What the parser needs to know is spelled out here, so that --help and a typing error cost no imports.
HYPERVISORS = ("qemu", "libvirt", "xen", "virtualbox", "vmware")
WAYS = ("bridge", "port", "adapter")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console program; returns its exit code."""
    _fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console that has no arrows must not end a bridge
    speak_to(sys.stdout, sys.stderr)
    try:
        options = _parser().parse_args(arguments)
        code = int(options.verb(options))
        if options.verb is not _run:  # a bridge goes on, and ends as it should, where nobody reads what it prints
            sys.stdout.flush()  # now, while what goes wrong can be told
        return code
    except WrongArguments as error:
        return _complain(str(error), 2)
    except Failed as error:
        return _complain(str(error), 1)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells have it
    except BrokenPipeError:
        _forget_output()  # nobody reads what we print, and nobody has to be told
        return 1
    except OSError as error:  # a full disk, mostly
        _forget_output()
        subject = error.filename or _tr("Standard output")
        return _complain(
            _tr("{subject} cannot be used: {detail}. Choose another.").format(
                subject=subject, detail=error.strerror or error
            ),
            1,
        )


def _fill_closed_streams() -> None:
    """Standard streams that were closed (`2>&-`) go nowhere.

    Else the first sockets would get their numbers, with whatever a library writes there; and Python prints what is
    meant for a standard error that is not there to standard output.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the program


def _forget_output() -> None:
    """What standard output still holds is not tried again at the exit, where Python would complain of it."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _complain(sentence: str, code: int) -> int:
    print("serialbridge:", " ".join(sentence.split()), file=sys.stderr)
    return code


# ---- arguments


def _parser() -> argparse.ArgumentParser:
    shared = Parser(add_help=False)
    shared.add_argument(
        "--config-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help=_tr("where profiles live (default: the user's own)"),
    )
    parser = Parser(
        prog="serialbridge", parents=[shared], description=_tr("Puts a serial port on TCP, byte for byte.")
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"SerialBridge {__version__}",
        help=_tr("show program's version number and exit"),
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)

    run = verbs.add_parser("run", parents=[shared], help=_tr("bridge a serial port until stopped"))
    run.set_defaults(verb=_run)
    run.begin = _begin_run
    run.complete = cache(lambda: _add_run_options(run))

    ports = verbs.add_parser("ports", parents=[shared], help=_tr("list the serial ports"))
    ports.set_defaults(verb=_ports)
    ports.add_argument("--json", action="store_true", help=_tr("a JSON list of objects"))

    profiles = verbs.add_parser("profiles", parents=[shared], help=_tr("list, show, export, import, delete profiles"))
    actions = profiles.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    for name, words, help_text in (
        ("list", (), _tr("names of all profiles")),
        ("show", ("name",), _tr("one profile as JSON")),
        ("export", ("name", "file"), _tr("write a profile to a file")),
        ("import", ("file",), _tr("add a profile from a file, or what a file of ser2net or socat has")),
        ("delete", ("name",), _tr("remove a profile")),
    ):
        action = actions.add_parser(name, parents=[shared], help=help_text)
        action.set_defaults(verb=_profiles, action=name)
        for word in words:
            action.add_argument(word, metavar=word.upper())

    vm = verbs.add_parser("vm", parents=[shared], help=_tr("what to give a hypervisor for a guest's COM port"))
    vm.set_defaults(verb=_vm)
    vm.add_argument("bridge", metavar="PROFILE|HOST:PORT", help=_tr("a saved profile, or where a bridge listens"))
    vm.add_argument("--for", dest="hypervisor", choices=HYPERVISORS, required=True, help=_tr("the hypervisor"))
    vm.add_argument("--version", metavar="X", help=_tr("its version, such as 9.2 (the one installed here)"))
    vm.add_argument(
        "--way", choices=WAYS, default="bridge", help=_tr("through the bridge, the port directly, the adapter itself")
    )

    extcap = verbs.add_parser("extcap", help=_tr("let Wireshark list the running bridges: extcap --register"))
    extcap.set_defaults(verb=_extcap)
    extcap.complete = cache(lambda: _add_extcap_arguments(extcap))
    return parser


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    from serialbridge_gui.console_options import add_run_options

    add_run_options(parser)


def _add_extcap_arguments(parser: argparse.ArgumentParser) -> None:
    from serialbridge_gui.extcap import add_arguments  # with what it needs: only when it is asked for

    add_arguments(parser)


# ---- verbs


def _profiles(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_lists import PROFILE_ACTIONS
    from serialbridge_gui.console_store import found, store_of
    from serialbridge_gui.profile_error import ProfileError
    from serialbridge_gui.ui.sentences import profile_error_sentence

    store = store_of(options)
    subject: dict[str, Any] = {}
    if "name" in options:
        subject["profile"] = found(store, options.name)
    if "file" in options:
        subject["file"] = Path(options.file)
    try:
        PROFILE_ACTIONS[options.action](store, **subject)
    except ProfileError as error:
        raise Failed(profile_error_sentence(error)) from error
    return 0


def _ports(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_lists import list_ports

    list_ports(as_json=options.json)
    return 0


def _vm(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_store import store_of
    from serialbridge_gui.console_vm import print_vm

    print_vm(store_of(options), options.bridge, options.hypervisor, options.version, options.way)
    return 0


def _extcap(options: argparse.Namespace) -> int:
    from serialbridge_gui.extcap import answer

    for line in answer(options):
        print(line)
    return 0


# ---- the start of a bridge


def _run(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_capture import capture_of
    from serialbridge_gui.console_profile import profile_of

    profile = profile_of(options)
    capture = capture_of(options, profile)
    from serialbridge_gui.console_bridge import run

    return run(profile, show=options.show, as_json=options.json, capture=capture)


def _begin_run() -> None:
    """Until the bridge has signal handlers and a collector of its own: stopped before it began is stopped as well."""
    gc.disable()  # imports make little garbage, and looking for it takes a twentieth of the start
    for number in stop_numbers():
        signal.signal(number, _leave_at_once)


def _leave_at_once(_number: int, _frame: object) -> None:
    """Nothing is open yet. An exception would end in a traceback where it hits an import (PySide6 6.11)."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
