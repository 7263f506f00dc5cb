"""What was found in other programs' configurations, in words. No Qt: the console program uses them too."""

from __future__ import annotations

from serialbridge_gui.importing.report import Left, Note, Remark
from serialbridge_gui.profile import Access, FlowControl, Mode, Profile
from serialbridge_gui.traffic.text import make_visible
from serialbridge_gui.words import tr as _tr


def bridge_words(profile: Profile) -> str:
    """A profile's settings in one line, as far as another program can have said them."""
    serial = profile.serial
    parts = [f"{serial.device}, {serial.baud_rate} {serial.format}"]
    parts += {
        FlowControl.RTS_CTS: [_tr("RTS/CTS")],
        FlowControl.XON_XOFF: [_tr("XON/XOFF")],
        FlowControl.DSR_DTR: [_tr("DSR/DTR")],
    }.get(serial.flow_control, [])
    if profile.connect is None:
        parts.append(_tr("listens on {address}").format(address=profile.listen))
    else:
        parts.append(_tr("connects to {address}").format(address=profile.connect))
    parts.append(_tr("RFC 2217") if profile.mode is Mode.RFC2217 else _tr("Raw TCP"))
    if profile.tls is not None:
        parts.append(_tr("TLS"))
    if profile.connect is None:
        parts.append(
            {
                Access.EXCLUSIVE: _tr("one client"),
                Access.REPLACE: _tr("one client, a new one takes over"),
                Access.SHARED: _tr("up to {count} clients").format(count=profile.clients.limit),
                Access.MONITOR: _tr("up to {count} clients").format(count=profile.clients.limit),
            }[profile.clients.access]
        )
    if profile.clients.allow:
        parts.append(_tr("only {networks}").format(networks=" ".join(profile.clients.allow)))
    if profile.clients.idle_timeout_s:
        parts.append(_tr("idle for at most {seconds} s").format(seconds=f"{profile.clients.idle_timeout_s:g}"))
    return make_visible(_tr(", ").join(parts))


def note_sentence(note: Note) -> str:
    """A sentence, without the bridge's name."""
    text = {
        Remark.UNKNOWN: _tr("“{subject}” is not known and was left out."),
        Remark.NO_COUNTERPART: _tr("“{subject}” has no counterpart here and was left out."),
        Remark.WRONG_VALUE: _tr("“{subject}” has a value that is not possible here and was left out."),
        Remark.OPEN_TO_NETWORK: _tr("It listens on {subject}: once started, other machines can reach the device."),
        Remark.OFF: _tr("It is switched off in the file. Here nothing starts before you start it."),
        Remark.TELNET: _tr("Telnet comes with RFC 2217 here: a client may also set the baud rate and the lines."),
        Remark.ONE_AFTER_ANOTHER: _tr("socat ends with its first client; here the next one can connect."),
        Remark.SEVERAL_AT_ONCE: _tr("Several clients share the device; each gets every byte: socat divides them."),
        Remark.SPEED_ASSUMED: _tr("The file says no baud rate: {subject} is assumed."),
        Remark.FIRST_ADDRESS: _tr("Of the addresses “{subject}” only the first is taken."),
        Remark.NO_LOGIN: _tr("“{subject}”: clients log in there, but not here. Limit who may connect, or use TLS."),
        Remark.CLIENTS_UNPROVEN: _tr(
            "Clients must show a certificate there. Choose the authority's file under TLS, or anyone may connect."
        ),
        Remark.NO_BRIDGE: _tr("No connection between a serial port and TCP: “{subject}”."),
        Remark.TLS_OUTWARD: _tr("A bridge that dials out speaks no TLS here: “{subject}”."),
        Remark.BROKEN: _tr("From here on the file cannot be read: “{subject}”."),
        Remark.TOO_MANY: _tr("There is more in the file than is read."),
    }[note.remark]
    if note.remark is Remark.NO_BRIDGE and not note.subject:
        text = _tr("Nothing in the file connects a serial port with TCP.")
    return make_visible(text.format(subject=note.subject))


def left_sentence(left: Left) -> str:
    """A sentence about what became no profile, with its place."""
    return _tr("Line {line}: {sentence}").format(line=left.line, sentence=note_sentence(left.note))


def files_sentence(profile: Profile) -> str:
    """Which files a profile names that do not come with it; empty: none."""
    if profile.tls is None:
        return ""
    files = [profile.tls.certificate, profile.tls.key, profile.tls.client_ca or ""]
    named = _tr(", ").join(dict.fromkeys(file for file in files if file))
    return make_visible(
        _tr("“{name}” uses TLS with {files}: these files are not part of a profile and must be on its machine.").format(
            name=profile.name, files=named
        )
    )
