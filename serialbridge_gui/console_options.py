"""What `serialbridge run` takes, and how the text of each option is read. Imported once it is that verb's turn.

What the parser needs to know is spelled out here, so that --help and a typing error cost no further imports.
"""

from __future__ import annotations

import argparse
from typing import Any

from serialbridge_gui.words import tr as _tr

FLOWS = ("none", "rtscts", "xonxoff", "dsrdtr")
LINES = ("on", "off", "keep")
ACCESSES = ("exclusive", "replace", "shared", "monitor")
MODES = ("raw", "rfc2217")


def add_run_options(run: argparse.ArgumentParser) -> None:
    """The device and every option but those that all verbs share."""
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
