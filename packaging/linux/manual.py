"""Man pages of both programs, made from what their parsers know: --help and manual can't differ."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from identity import NAME, SUMMARY, version

CONSOLE_TEXT: Final = """
.SH EXIT STATUS
.TP
.B 0
Done, or stopped by Ctrl+C, SIGTERM or SIGHUP.
.TP
.B 1
The device, the address or a file cannot be had.
.TP
.B 2
The arguments are wrong.
.PP
With 1 and 2 standard output stays empty and standard error has one line.
.SH EXAMPLES
.TP
.B serialbridge run /dev/ttyUSB0 \\-\\-baud 9600
Whoever connects to 127.0.0.1:4001 talks to the device.
.TP
.B serialbridge run sim://echo
The same with a simulated device that sends back what it gets.
.TP
.B serialbridge run pty:/tmp/ttyBridge \\-\\-connect plant.example:4001
A serial port on another machine becomes one of this machine.
""".strip()

DEVICES_TEXT: Final = """
.SH DEVICES
To open a serial port your account must be in the group that owns it, on Debian
.BR dialout :
.PP
.RS
sudo usermod \\-aG dialout $USER
.RE
.PP
That holds from the next login on. An adapter that does not appear may have been taken by
.BR brltty (8),
which believes some to be Braille displays; one that is busy just after it was plugged in is being tried by
.BR ModemManager (8)
for being a modem. This package changes nothing of either.
.SH FILES
.TP
.I ~/.config/SerialBridge
The profiles, one JSON file each.
""".strip()


def page(parser: argparse.ArgumentParser, *, date: str, other: str, text: str = "") -> str:
    """The man page of a program, section 1, as roff. `date` as 2026-01-31, `other`: the program to see also."""
    lines = [
        f'.TH {parser.prog.upper()} 1 "{date}" "{NAME} {version()}" "User Commands"',
        ".SH NAME",
        rf"{parser.prog} \- {escaped(SUMMARY[0].lower() + SUMMARY[1:])}",
        ".SH SYNOPSIS",
        *synopsis(parser),
        ".SH DESCRIPTION",
        escaped(parser.description or ""),
        *options(parser),
    ]
    for words, sub, help_text in commands(parser):
        lines += [f".SH {words.upper()}", f".B {parser.prog} {words}", *usage(sub), ".PP", escaped(help_text) + "."]
        lines += options(sub, heading=False)
    lines += [*filter(None, [text]), DEVICES_TEXT, ".SH SEE ALSO", f".BR {escaped(other)} (1)"]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def synopsis(parser: argparse.ArgumentParser) -> Iterator[str]:
    found = list(commands(parser))
    if not found:
        yield f".B {escaped(parser.prog)}"
        yield from usage(parser)
    for number, (words, sub, _help) in enumerate(found):
        if number:
            yield ".br"
        yield f".B {escaped(parser.prog)} {words}"
        yield from usage(sub)


def usage(parser: argparse.ArgumentParser) -> Iterator[str]:
    if any(action.option_strings for action in parser._actions):
        yield ".RI [ option ...]"
    for action in parser._actions:
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            name = escaped(str(action.metavar or action.dest))
            yield f".RI [ {name} ]" if action.nargs == "?" else f".I {name}"


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Each command, down to the last word: `profiles list`, not `profiles`; with its parser and its help."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, sub in action.choices.items():
                deeper = list(commands(sub))
                yield from ((f"{name} {words}", below, text) for words, below, text in deeper)
                if not deeper:
                    getattr(sub, "complete", lambda: None)()
                    yield name, sub, helps.get(name, "")


def options(parser: argparse.ArgumentParser, *, heading: bool = True) -> Iterator[str]:
    actions = [action for action in parser._actions if action.help and action.help != argparse.SUPPRESS]
    actions = [action for action in actions if not isinstance(action, argparse._SubParsersAction)]
    if heading and actions:
        yield ".SH OPTIONS"
    for action in actions:
        yield ".TP"
        yield entry(action)
        yield escaped((action.help or "").replace("%%", "%"))


def entry(action: argparse.Action) -> str:
    if not action.option_strings:
        return rf"\fI{escaped(str(action.metavar or action.dest))}\fR"
    names = ", ".join(rf"\fB{escaped(name)}\fR" for name in action.option_strings)
    if action.nargs == 0:
        return names
    value = str(action.metavar) if action.metavar else "|".join(map(str, action.choices or [action.dest.upper()]))
    return rf"{names} \fI{escaped(value)}\fR"
