"""The profile that the arguments of `serialbridge run` describe, beside a saved one or without."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from serialbridge_gui.console_errors import WrongArguments
from serialbridge_gui.words import tr as _tr

if TYPE_CHECKING:
    from serialbridge_gui.profile import Profile, TlsFiles

LISTENER_OPTIONS = ("max_clients", "allow", "tls_cert", "tls_key", "tls_client_ca", "announce")
"""They say who may connect, so they mean nothing to a bridge that dials out."""


def profile_of(options: argparse.Namespace) -> Profile:
    """The profile, checked. Raises WrongArguments, Failed."""
    if (options.device is None) == (options.profile is None):
        raise WrongArguments(_tr("Give a DEVICE or --profile NAME, one of them. `serialbridge run --help` shows more."))
    from serialbridge_gui import profile as settings  # now: a typing error costs no imports

    try:
        if options.profile is not None:
            from serialbridge_gui.console_store import found, store_of

            base = found(store_of(options), options.profile)
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
