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
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from serialbridge_gui import __version__
from serialbridge_gui.parser_words import speak_to
from serialbridge_gui.stop_numbers import stop_numbers
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.profile import Profile, TlsFiles
    from serialbridge_gui.profile_error import ProfileError
    from serialbridge_gui.profile_store import ProfileStore
    from serialbridge_gui.traffic.capture import Capture

# What the parser needs to know is spelled out here, so that --help and a typing error cost no imports.
FLOWS = ("none", "rtscts", "xonxoff", "dsrdtr")
LINES = ("on", "off", "keep")
ACCESSES = ("exclusive", "replace", "shared", "monitor")
MODES = ("raw", "rfc2217")
HYPERVISORS = ("qemu", "libvirt", "xen", "virtualbox", "vmware")
WAYS = ("bridge", "port", "adapter")
LISTENER_OPTIONS = ("max_clients", "allow", "tls_cert", "tls_key", "tls_client_ca", "announce")
"""Of `run`: they say who may connect, so they mean nothing to a bridge that dials out."""


class WrongArguments(Exception):  # noqa: N818 - it is not an error of the program
    """The sentence for standard error; exit 2."""


class Failed(Exception):  # noqa: N818
    """The sentence for standard error; exit 1."""


class _Parser(argparse.ArgumentParser):
    """Reports in one line, without the usage block."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, **kwargs)
        self.begin: Callable[[], None] = lambda: None
        """Called once it is this parser's turn, before it looks at its arguments."""
        self.complete: Callable[[], None] = lambda: None
        """Adds the arguments that cost imports, then; again it adds none. The manual has it done, too."""

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        self.begin()
        self.complete()
        return super().parse_known_args(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        raise WrongArguments(
            _tr("{message}. `{program} --help` shows what there is.").format(message=message, program=self.prog)
        )


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


def _baud(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 2**31:
        raise argparse.ArgumentTypeError(
            _tr("{text!r} is not a baud rate: give a positive whole number").format(text=text)
        )
    return int(text)


def _format(text: str) -> tuple[int, Any, float]:
    from serialbridge_gui.profile import parse_format

    try:
        return parse_format(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _tr(
                "{text!r} is not a format: give data bits 5-8, parity N E O M or S, stop bits 1, 1.5 or 2, as in 8N1"
            ).format(text=text)
        ) from None


def _address(text: str) -> Any:
    from serialbridge_gui.profile import ListenAddress

    try:
        return ListenAddress.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _tr(
                "{text!r} is not an address: give HOST:PORT with a port number from 0 to 65535, IPv6 as [::1]:4001"
            ).format(text=text)
        ) from None


def _peer(text: str) -> Any:
    from serialbridge_gui.profile import PeerAddress

    try:
        return PeerAddress.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _tr(
                "{text!r} is no address to connect to: give HOST:PORT with a port from 1 to 65535, IPv6 as [::1]:4001"
            ).format(text=text)
        ) from None


def _network(text: str) -> str:
    from serialbridge_gui.profile import is_network

    if not is_network(text):
        raise argparse.ArgumentTypeError(
            _tr("{text!r} is no address or network: give one such as 192.168.1.20 or 192.168.1.0/24").format(text=text)
        )
    return text


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(_tr("{text!r} is not a number of clients: give 1 to 500").format(text=text))
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 31_536_000:
        raise argparse.ArgumentTypeError(_tr("{text!r} is not a number of seconds: give 0 or more").format(text=text))
    return seconds


def _files(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 10**6:
        raise argparse.ArgumentTypeError(_tr("{text!r} is not a number of files: give 1 or more").format(text=text))
    return int(text)


def _parser() -> argparse.ArgumentParser:
    shared = _Parser(add_help=False)
    shared.add_argument(
        "--config-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help=_tr("where profiles live (default: the user's own)"),
    )
    parser = _Parser(
        prog="serialbridge", parents=[shared], description=_tr("Puts a serial port on TCP, byte for byte.")
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"SerialBridge {__version__}",
        help=_tr("show program's version number and exit"),
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)

    run = verbs.add_parser("run", parents=[shared], help=_tr("bridge a serial port until stopped"))
    run.set_defaults(verb=_run)
    run.begin = _begin_run
    run.add_argument(
        "device", metavar="DEVICE", nargs="?",
        help=_tr(
            "COM5, /dev/ttyUSB0, any pyserial URL, pty:LINK, sim://talker, sim://echo, or sim://replay?file=FILE"
            " with &speed=2 (0: at once), &wait=1 (answers wait for their requests), &from=tx, &loop=1, &start=client"
        ),
    )  # fmt: skip
    run.add_argument("--profile", metavar="NAME", help=_tr("a saved profile; options given beside it override it"))
    run.add_argument("--baud", type=_baud, metavar="N", help=_tr("baud rate (115200)"))
    run.add_argument("--format", type=_format, metavar="8N1", help=_tr("data bits, parity, stop bits (8N1)"))
    run.add_argument("--flow", choices=FLOWS, help=_tr("flow control (none)"))
    run.add_argument("--dtr", choices=LINES, help=_tr("DTR once the port is open (on)"))
    run.add_argument("--rts", choices=LINES, help=_tr("RTS once the port is open (on)"))
    run.add_argument(
        "--listen", type=_address, metavar="HOST:PORT", help=_tr("where clients connect; port 0 = any (127.0.0.1:4001)")
    )
    run.add_argument(
        "--connect",
        type=_peer,
        metavar="HOST:PORT",
        help=_tr("dial out instead of listening, and redial when it drops"),
    )
    run.add_argument(
        "--mode", choices=MODES, help=_tr("raw: the device's bytes and nothing else; rfc2217: Telnet (raw)")
    )
    run.add_argument("--clients", choices=ACCESSES, help=_tr("who may connect at once (exclusive)"))
    run.add_argument(
        "--max-clients", type=_count, metavar="N", help=_tr("1-500 (1 where exclusive or replace, else 64)")
    )
    run.add_argument(
        "--slow-client", choices=("wait", "drop"), help=_tr("hold the device back, or disconnect the client")
    )
    run.add_argument(
        "--allow", type=_network, action="append", metavar="ADDRESS|CIDR",
        help=_tr("nobody else may connect; repeatable (anyone who reaches the address)"),
    )  # fmt: skip
    run.add_argument("--tls-cert", metavar="FILE", help=_tr("speak TLS with this certificate, PEM; needs --tls-key"))
    run.add_argument("--tls-key", metavar="FILE", help=_tr("the certificate's private key, PEM"))
    run.add_argument("--tls-client-ca", metavar="FILE", help=_tr("clients must show a certificate signed by it, PEM"))
    run.add_argument(
        "--announce",
        action=argparse.BooleanOptionalAction,
        help=_tr("announce the bridge on the network by mDNS (off)"),
    )
    run.add_argument(
        "--while-away", choices=("hold", "discard"), help=_tr("what clients send while the device is gone (hold)")
    )
    run.add_argument(
        "--idle-timeout",
        type=_seconds,
        metavar="S",
        help=_tr("disconnect a client after S silent seconds; 0 = never (0)"),
    )
    run.add_argument(
        "--capture", metavar="FILE", help=_tr("write the traffic to FILE: .pcapng, .csv, .txt or .bin (off)")
    )
    run.add_argument(
        "--capture-rotate", metavar="SIZE|TIME",
        help=_tr("a new file, NAME-0001 and so on, after so much (10M: K, M, G) or so long (1h: s, m, h, d)"),
    )  # fmt: skip
    run.add_argument("--capture-keep", type=_files, metavar="N", help=_tr("of these files the newest N stay (all)"))
    run.add_argument("--show", choices=("none", "hex", "text", "both"), default="none", help=_tr("print the traffic"))
    run.add_argument("--json", action="store_true", help=_tr("one JSON object a line on standard output"))

    ports = verbs.add_parser("ports", parents=[shared], help=_tr("list the serial ports"))
    ports.set_defaults(verb=_ports)
    ports.add_argument("--json", action="store_true", help=_tr("a JSON list of objects"))

    profiles = verbs.add_parser("profiles", parents=[shared], help=_tr("list, show, export, import, delete profiles"))
    actions = profiles.add_subparsers(metavar="ACTION", required=True, parser_class=_Parser)
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


def _add_extcap_arguments(parser: argparse.ArgumentParser) -> None:
    from serialbridge_gui.extcap import add_arguments  # with what it needs: only when it is asked for

    add_arguments(parser)


# ---- ports and profiles


def _store(options: argparse.Namespace) -> ProfileStore:
    from serialbridge_gui.profile_store import ProfileStore, default_config_dir

    directory = getattr(options, "config_dir", None)
    return ProfileStore(Path(directory) if directory else default_config_dir())


def _found(store: ProfileStore, name: str) -> Profile:
    from serialbridge_gui.profile_error import ProfileError, ProfileFault
    from serialbridge_gui.profile_store import find_by_name

    loaded = store.load()
    try:
        return find_by_name(loaded.profiles, name)
    except ProfileError as error:
        # It may be one of those that could not be loaded: say so, too.
        sentence = " ".join(_profile_sentence(problem) for problem in (error, *loaded.problems))
        unknown = error.fault in (ProfileFault.UNKNOWN_NAME, ProfileFault.AMBIGUOUS_NAME)
        raise (WrongArguments(sentence) if unknown else Failed(sentence)) from error


def _profile_sentence(error: ProfileError) -> str:
    from serialbridge_gui.ui.sentences import profile_error_sentence

    return profile_error_sentence(error)


def _profiles(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_lists import PROFILE_ACTIONS
    from serialbridge_gui.profile_error import ProfileError

    store = _store(options)
    subject: dict[str, Any] = {}
    if "name" in options:
        subject["profile"] = _found(store, options.name)
    if "file" in options:
        subject["file"] = Path(options.file)
    try:
        PROFILE_ACTIONS[options.action](store, **subject)
    except ProfileError as error:
        raise Failed(_profile_sentence(error)) from error
    return 0


def _ports(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_lists import list_ports

    list_ports(as_json=options.json)
    return 0


def _vm(options: argparse.Namespace) -> int:
    from serialbridge_gui.console_vm import Wrong, print_vm

    try:
        print_vm(_store(options), options.bridge, options.hypervisor, options.version, options.way)
    except Wrong as wrong:
        raise (WrongArguments if wrong.code == 2 else Failed)(str(wrong)) from wrong
    return 0


def _extcap(options: argparse.Namespace) -> int:
    from serialbridge_gui.extcap import ExtcapFailed, answer

    try:
        for line in answer(options):
            print(line)
    except ExtcapFailed as error:
        raise Failed(str(error)) from error
    return 0


# ---- run


def _run(options: argparse.Namespace) -> int:
    profile = _run_profile(options)
    capture = _capture(options, profile)
    from serialbridge_gui.console_bridge import run

    return run(profile, show=options.show, as_json=options.json, capture=capture)


def _capture(options: argparse.Namespace, profile: Profile) -> Capture | None:
    """The capture that the arguments ask for, its file open. Raises WrongArguments, Failed."""
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


def _begin_run() -> None:
    """Until the bridge has signal handlers and a collector of its own: stopped before it began is stopped as well."""
    gc.disable()  # imports make little garbage, and looking for it takes a twentieth of the start
    for number in stop_numbers():
        signal.signal(number, _leave_at_once)


def _leave_at_once(_number: int, _frame: object) -> None:
    """Nothing is open yet. An exception would end in a traceback where it hits an import (PySide6 6.11)."""
    os._exit(0)


def _run_profile(options: argparse.Namespace) -> Profile:
    """The profile that the arguments describe. Raises WrongArguments, Failed."""
    if (options.device is None) == (options.profile is None):
        raise WrongArguments(_tr("Give a DEVICE or --profile NAME, one of them. `serialbridge run --help` shows more."))
    from serialbridge_gui import profile as settings

    try:
        if options.profile is not None:
            base = _found(_store(options), options.profile)
        else:
            base = settings.Profile(
                name=options.device[:200], serial=settings.SerialSettings(device=options.device)
            )
        serial = _given(
            baud_rate=options.baud,
            flow_control=options.flow and settings.FlowControl(options.flow),
            dtr=options.dtr and settings.LinePolicy(options.dtr),
            rts=options.rts and settings.LinePolicy(options.rts),
        )
        if options.format is not None:
            serial["data_bits"], serial["parity"], serial["stop_bits"] = options.format
        rules = _given(
            max_clients=options.max_clients,
            slow_client=options.slow_client and settings.SlowClient(options.slow_client),
            idle_timeout_s=options.idle_timeout,
            allow=options.allow and tuple(options.allow),
        )
        if options.clients is not None:  # the profile's number was for its own rule
            rules = {"access": settings.Access(options.clients), "max_clients": None, **rules}
        fields = _given(
            mode=options.mode and settings.Mode(options.mode),
            announce=options.announce,
            while_away=options.while_away and settings.WhileAway(options.while_away),
        )
        if _dials(options, base):
            _refuse_listener_options(options)
            fields |= {"connect": options.connect or base.connect, "tls": None}
            rules |= {"allow": ()}
            if not base.clients.single and options.clients is None:
                rules |= {"access": settings.Access.EXCLUSIVE, "max_clients": None}
        else:
            fields |= {"connect": None, "tls": _tls(options, base), **_given(listen=options.listen)}
        return base.changed(serial=base.serial.changed(**serial), clients=base.clients.changed(**rules), **fields)
    except settings.InvalidSetting as error:
        where = error.field.replace("_", "-")
        raise WrongArguments(
            _tr("{where}: {reason}. `serialbridge run --help` shows what there is.").format(
                where=where, reason=error.reason
            )
        ) from error


def _dials(options: argparse.Namespace, base: Profile) -> bool:
    """Whether the bridge connects, instead of listening. Raises WrongArguments."""
    if options.listen is not None and options.connect is not None:
        raise WrongArguments(
            _tr("--listen and --connect contradict each other: a bridge waits or dials out. Give one.")
        )
    return options.connect is not None or (base.connect is not None and options.listen is None)


def _refuse_listener_options(options: argparse.Namespace) -> None:
    given = [name for name in LISTENER_OPTIONS if getattr(options, name) not in (None, False)]
    words = [f"--{name.replace('_', '-')}" for name in given]
    if options.clients in ("shared", "monitor"):
        words.append(f"--clients {options.clients}")
    if words:
        remedy = _tr("Leave out one of them")
        if options.connect is None:
            remedy = _tr("Leave it out, or give --listen HOST:PORT")
        raise WrongArguments(
            _tr("{option} is for a bridge that listens, and this one dials out (--connect). {remedy}.").format(
                option=words[0], remedy=remedy
            )
        )


def _tls(options: argparse.Namespace, base: Profile) -> TlsFiles | None:
    """The TLS files in force where the bridge listens. Raises WrongArguments, InvalidSetting."""
    from serialbridge_gui.profile import TlsFiles

    files = base.tls
    if (options.tls_cert is None) != (options.tls_key is None):
        missing = "--tls-key" if options.tls_key is None else "--tls-cert"
        raise WrongArguments(
            _tr("--tls-cert and --tls-key go together. Give {missing} FILE, too.").format(missing=missing)
        )
    if options.tls_cert is not None:
        files = TlsFiles(options.tls_cert, options.tls_key, None if files is None else files.client_ca)
    if options.tls_client_ca is not None:
        if files is None:
            raise WrongArguments(
                _tr("--tls-client-ca needs a certificate. Give --tls-cert FILE and --tls-key FILE, too.")
            )
        files = files.changed(client_ca=options.tls_client_ca)
    return files


def _given(**options: Any) -> dict[str, Any]:
    """Those that were on the command line."""
    return {name: value for name, value in options.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
