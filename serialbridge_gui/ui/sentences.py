"""The sentences for what the engine reports as data. No Qt: the console program uses them too.

Each says what happened, to what, and what to do about it; what others wrote stands in it as plain text, nothing
invisible. Any thread.
"""

from __future__ import annotations

import errno

from serialbridge_gui.engine import events as ev
from serialbridge_gui.engine.errors import MODEM_MANAGER, Cause, Problem
from serialbridge_gui.profile import DeviceIdentity
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.traffic.chunk import NO_CLIENT
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.words import tr as _tr


def problem_sentence(problem: Problem) -> str:
    """Why a bridge could not start, in one line."""
    text = {
        Cause.DEVICE_MISSING: _tr("There is no serial port {subject}. Plug in the adapter, or choose another port."),
        Cause.DEVICE_DIFFERENT: _tr(
            "{subject} is another adapter ({difference}). Plug in the right one, or choose a port again."
        ),
        Cause.DEVICE_NO_PERMISSION: _tr(
            "Your account may not open {subject}. Run `sudo usermod -aG {hint} $USER`, then log out and in."
        ),
        Cause.DEVICE_BUSY: _tr("{subject} is in use by another program. Close it, then start again."),
        Cause.DEVICE_URL: _tr(
            "{subject} is not a port this program knows: {detail}. Correct it, or choose another port."
        ),
        Cause.DEVICE_NOT_SERIAL: _tr("{subject} is not a serial port. Choose a port such as COM5 or /dev/ttyUSB0."),
        Cause.DEVICE_FAILED: _tr("{subject} cannot be opened: {detail}. Check the device, or choose another port."),
        Cause.CAPTURE_UNREADABLE: _tr("The capture {subject} cannot be read: {detail}. Choose another file."),
        Cause.CAPTURE_UNKNOWN: _tr(
            "{subject} is no capture that can be played. Choose a pcapng or pcap of a serial line, or a csv made here."
        ),
        Cause.CAPTURE_NO_SERIAL: _tr(
            "{subject} is a capture of something else than a serial line (link type RTAC serial). Choose another file."
        ),
        Cause.CAPTURE_SILENT: _tr(
            "Nothing in {subject} went that way. Play what was sent to the device (from=tx), or choose another file."
        ),
        Cause.CAPTURE_BROKEN: _tr("The capture {subject} is broken: {detail}. Choose another file."),
        Cause.BAUD_RATE_REFUSED: _tr("The device refuses {subject} baud. Try {hint}."),
        Cause.PTY_UNKNOWN: _tr(
            "{subject}: virtual ports of this kind need Linux or macOS. On Windows, com0com makes pairs of them."
        ),
        Cause.LINK_TAKEN: _tr("{subject} is there already and was not made by a bridge. Remove it, or choose another."),
        Cause.LINK_FAILED: _tr("The link {subject} cannot be made: {detail}. Choose a folder that you may write to."),
        Cause.ADDRESS_IN_USE: _tr("Another program listens on {subject} already. Choose another port number."),
        Cause.ADDRESS_NOT_OURS: _tr("{subject} is not an address of this computer. Choose one of its own."),
        Cause.ADDRESS_NO_PERMISSION: _tr(
            "The system keeps {subject} for itself. Choose a port number of 1024 or above."
        ),
        Cause.ADDRESS_UNKNOWN_NAME: _tr("The listen address {subject} is not known here. Use an IP address."),
        Cause.ADDRESS_FAILED: _tr("Cannot listen on {subject}: {detail}. Choose another address."),
        Cause.TLS_FILE: _tr(
            "{subject} is needed for TLS and cannot be read: {detail}. Choose a file that your account may read."
        ),
        Cause.TLS_CERTIFICATE: _tr("{subject} is no certificate that TLS can use: {detail}. Choose a PEM file."),
        Cause.TLS_KEY: _tr("{subject} holds no private key that TLS can use: {detail}. Choose a PEM file."),
        Cause.TLS_KEY_DIFFERENT: _tr("{subject} is not the private key of {hint}. Choose two that belong together."),
        Cause.TLS_KEY_PASSWORD: _tr(
            "The private key {subject} has a password. Save it without: `openssl pkey -in KEY -out NEW_KEY`."
        ),
        Cause.TLS_CLIENT_CA: _tr("{subject} holds no CA certificate: {detail}. Choose a PEM file."),
        Cause.STOPPED: _tr("{subject} was stopped before it had started."),
        Cause.INTERNAL: _tr("{subject} failed because of a mistake in this program: {detail}."),
    }[problem.cause]
    if problem.cause is Cause.DEVICE_BUSY and problem.hint:
        text = _tr("{subject} is in use by {hint}. Close it, then start again.")
        if problem.hint == MODEM_MANAGER:
            text = _tr(
                "{subject} is in use by another program, perhaps by {hint}, which tries new adapters for being modems. "
                "Wait half a minute, or close the other program, then start again."
            )
        elif problem.hint.startswith(MODEM_MANAGER):
            text = _tr(
                "{subject} is in use by {hint}, which tries new adapters for being modems. "
                "Wait half a minute, then start again."
            )
    if problem.cause is Cause.DEVICE_NO_PERMISSION and not problem.hint:
        text = _tr(
            "Only root may open {subject}. Run `sudo chown $USER {subject}`, which holds until it is unplugged; "
            "a udev rule would do it each time."
        )
    detail = " ".join(problem.detail.split()).rstrip(".。")
    difference = _difference(problem.expected, problem.found)
    return make_visible(
        text.format(subject=problem.subject, detail=detail, hint=problem.hint, difference=difference)
    )


def profile_error_sentence(error: ProfileError) -> str:
    """What is wrong with a profile's file, in one line."""
    text = {
        ProfileFault.BROKEN: (
            _tr("The profile {subject} is broken ({detail}). Choose another file, or export it again.")
            if error.set_aside is None
            else _tr("The profile {subject} is broken ({detail}).")
        ),
        ProfileFault.NEWER: _tr("The profile {subject} was made by a newer version of SerialBridge. Update to use it."),
        ProfileFault.TOO_LARGE: _tr("{subject} is larger than 1 MiB: that is not a profile. Choose another file."),
        ProfileFault.NOT_READABLE: _tr(
            "The profile {subject} cannot be read: {detail}. Choose a file that your account may read."
        ),
        ProfileFault.NOT_WRITABLE: _tr(
            "The profile {subject} cannot be written: {detail}. Make room, or choose a folder that you may write to."
        ),
        ProfileFault.UNKNOWN_NAME: _tr("There is no profile named {subject}. `serialbridge profiles list` shows all."),
        ProfileFault.AMBIGUOUS_NAME: _tr("More than one profile is named {subject}. Use its id: {detail}."),
        ProfileFault.NO_BRIDGE: _tr("No bridge was found in {subject}. {detail}."),
    }[error.fault]
    sentence = text.format(subject=error.subject, detail=" ".join(error.detail.split()).rstrip(".。"))
    if error.set_aside is not None:
        sentence += " " + _tr("It was set aside as {file}; the others are loaded.").format(file=error.set_aside.name)
    return make_visible(sentence)


def save_failed_sentence(name: str, error: OSError) -> str:
    """Why the log could not be saved to the file `name`, in one line."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        text = _tr("{name} was not saved: its disk is full. Make room, or save it elsewhere.")
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        text = _tr("{name} was not saved: you may not write there. Save it elsewhere.")
    else:
        text = _tr("{name} was not saved: {detail}. Save it elsewhere.")
    return make_visible(text.format(name=name, detail=error.strerror or str(error)))


def event_sentence(event: ev.Event) -> str:
    """What happened, in one line for the log; empty for events nobody needs to read."""
    return make_visible(_event_words(event))


def _event_words(event: ev.Event) -> str:
    match event:
        case ev.Listening(host=host, port=port):
            return _tr("Listening on {host} port {port}").format(host=host, port=port)
        case ev.SettingsRefused(device=device, refused=refused):
            names = _tr(", ").join(setting_name(name) for name in refused)
            return _tr("{device} does not support these settings and runs without them: {names}").format(
                device=device, names=names
            )
        case ev.Failed(problem=problem):
            return problem_sentence(problem)
        case ev.ClientConnected(client=client, address=address):
            return _tr("Client #{client} connected from {address}").format(client=client, address=address)
        case ev.ClientNamed(client=client, program=program):
            if not program.hypervisor:
                return ""  # the list of clients has it
            return _tr("Client #{client} is {guest}").format(client=client, guest=program_words(program))
        case ev.ClientDisconnected(client=client, address=address, reason=reason, program=program):
            if program is not None and program.hypervisor:
                address = f"{address}, {program_words(program)}"
            return _tr("Client #{client} ({address}) is gone: {reason}").format(
                client=client, address=address, reason=leave_reason(reason)
            )
        case ev.ClientRefused(address=address, reason=reason):
            why = {
                ev.RefuseReason.IN_USE: _tr("another client is connected"),
                ev.RefuseReason.FULL: _tr("no place is free"),
                ev.RefuseReason.NOT_ALLOWED: _tr("it is not on the list of allowed addresses"),
                ev.RefuseReason.TLS: _tr("the TLS handshake failed"),
                ev.RefuseReason.HTTP: _tr("it sent an HTTP request, as a web page would"),
            }[reason]
            if event.detail:
                why = f"{why} ({event.detail})"
            elif event.holder is not None:
                who = program_words(event.holder)
                guest = _tr("{guest} is connected").format(guest=who)
                why = guest if event.holder.hypervisor else f"{why} ({who})"
            return _tr("Client {address} was refused: {reason}").format(address=address, reason=why)
        case ev.RefusalsUntold(count=count):
            return _tr("{count} more clients were refused").format(count=count)
        case ev.Dialing(host=host, port=port):
            return _tr("Connecting to {host} port {port}").format(host=host, port=port)
        case ev.DialFailed(host=host, port=port, detail=detail, retry_s=retry_s):
            return _tr("{host} port {port} does not answer ({detail}); the next try is in {seconds} s").format(
                host=host, port=port, detail=detail, seconds=f"{retry_s:g}"
            )
        case ev.LooksLikeTelnet(client=client):
            return _tr(
                "Client #{client} speaks Telnet, and this bridge is raw: the device gets it. Use mode RFC 2217, or "
                "have the client speak raw TCP."
            ).format(client=client)
        case ev.LooksRaw(client=client):
            return _tr(
                "Client #{client} does not speak Telnet, and this bridge does: bytes FF will not arrive as they "
                "were. Use mode raw."
            ).format(client=client)
        case ev.SettingChanged(client=client, setting=setting, value=value):
            return _tr("Client #{client} has set {setting} to {value}").format(
                client=client, setting=setting_name(setting), value=value
            )
        case ev.TlsFilesRefused(problem=problem):
            return problem_sentence(problem) + " " + _tr("The certificate files before stay in force")
        case ev.AnnounceFailed(detail=detail):
            return _tr("The bridge is not announced on the network ({detail}); it can be reached all the same").format(
                detail=detail
            )
        case ev.WriterChanged(client=client):
            return _tr("Client #{client} may write now").format(client=client)
        case ev.DeviceLost(device=device, reason=ev.LossReason.UNPLUGGED):
            return _tr("{device} is unplugged; waiting for it to come back").format(device=device)
        case ev.DeviceLost(device=device, detail=detail):
            return _tr("{device} failed ({detail}); waiting for it to come back").format(device=device, detail=detail)
        case ev.DeviceBack(device=device):
            return _tr("{device} is back").format(device=device)
        case ev.DeviceMoved(device=device, was=was):
            return _tr("The device has another name now: {device}, no longer {was}").format(device=device, was=was)
        case ev.LookAlikeRefused(device=device, expected=expected, found=found):
            return _tr("{device} is another adapter ({difference}); it is not used").format(
                device=device, difference=_difference(expected, found)
            )
        case ev.BreakSent(duration_s=duration_s):
            return _tr("Break of {seconds} s sent").format(seconds=f"{duration_s:g}")
        case ev.ControlRefused(device=device, control="break", detail=detail):
            return _tr("{device} cannot send a break ({detail})").format(device=device, detail=detail)
        case ev.ControlRefused(device=device, control=control, detail=detail):
            return _tr("{device} cannot set {line} ({detail})").format(
                device=device, line=control.upper(), detail=detail
            )
        case ev.NotSent(client=client, count=count):
            if client == NO_CLIENT:
                return _tr("Not sent to all clients ({count} B): none is connected").format(count=count)
            return _tr("Not sent to client #{client} ({count} B): it is not connected").format(
                client=client, count=count
            )
        case ev.FileSent(name=name, count=count):
            return _tr("File {name} sent ({count} B)").format(name=name, count=count)
        case ev.FileNotSent(name=name, count=count, size=size, reason=reason, detail=detail):
            return _tr("File {name} not sent as a whole ({count} of {size} B): {reason}").format(
                name=name, reason=not_sent_reason(reason, detail), count=count, size=size
            )
        case ev.Stopped():
            return _tr("Stopped")
        case _:
            return ""


def program_words(program: ev.ClientProgram) -> str:
    """Who a client is: `guest "win10" (QEMU)`, or the name of another program."""
    if not program.hypervisor:
        return make_visible(program.name)
    if not program.name:
        return _tr("a guest of {hypervisor}").format(hypervisor=program.hypervisor)
    return _tr('guest "{name}" ({hypervisor})').format(name=make_visible(program.name), hypervisor=program.hypervisor)


def _difference(expected: DeviceIdentity | None, found: DeviceIdentity | None) -> str:
    """In what two devices differ, the first thing that tells them apart."""
    if expected is None or found is None:
        return _tr("it does not say which")
    if (expected.vid, expected.pid) != (found.vid, found.pid):
        return _tr("{found}, expected {expected}").format(
            found=f"{found.vid:04X}:{found.pid:04X}", expected=f"{expected.vid:04X}:{expected.pid:04X}"
        )
    nothing = _tr("none")
    for field, words in (
        ("serial_number", _tr("serial number {found}, expected {expected}")),
        ("interface", _tr("interface {found}, expected {expected}")),
    ):
        one, other = getattr(expected, field), getattr(found, field)
        if one != other:
            return words.format(found=other or nothing, expected=one or nothing)
    return _tr("in USB socket {found}, expected in {expected}").format(
        found=found.location or nothing, expected=expected.location or nothing
    )


def leave_reason(reason: ev.LeaveReason) -> str:
    """Why a client left, in words."""
    return {
        ev.LeaveReason.CLOSED: _tr("closed by the client"),
        ev.LeaveReason.RESET: _tr("reset by the client"),
        ev.LeaveReason.VANISHED: _tr("vanished without a word"),
        ev.LeaveReason.IDLE: _tr("idle too long"),
        ev.LeaveReason.SLOW: _tr("too slow"),
        ev.LeaveReason.REPLACED: _tr("replaced by a new client"),
        ev.LeaveReason.KICKED: _tr("disconnected here"),
        ev.LeaveReason.DEVICE_LOST: _tr("the device is gone"),
        ev.LeaveReason.STOPPED: _tr("the bridge stopped"),
    }[reason]


def not_sent_reason(reason: ev.NotSentReason, detail: str) -> str:
    """Why a file was not sent as a whole, in words."""
    return {
        ev.NotSentReason.CANCELLED: _tr("cancelled"),
        ev.NotSentReason.STOPPED: _tr("the bridge stopped"),
        ev.NotSentReason.TARGET_GONE: _tr("the client is gone"),
        ev.NotSentReason.SESSION_BEGAN: _tr("a client connected, and its session began anew"),
        ev.NotSentReason.PURGED: _tr("a client had what waits for the device thrown away"),
        ev.NotSentReason.DEVICE_LOST: _tr("the device is gone"),
        ev.NotSentReason.UNREADABLE: _tr("it cannot be read ({detail})").format(detail=detail),
    }[reason]


def setting_name(field: str) -> str:
    """The name a person knows for a field of SerialSettings."""
    return {
        "baud_rate": _tr("baud rate"),
        "flow_control": _tr("flow control"),
        "data_bits": _tr("data bits"),
        "parity": _tr("parity"),
        "stop_bits": _tr("stop bits"),
    }.get(field, field)
