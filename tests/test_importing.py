"""Configurations of ser2net and socat, read as profiles; what is not understood is named, and nothing raises."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serialbridge_gui.importing import Report, origin_of, read_foreign
from serialbridge_gui.importing.report import MAX_FOUND, Found, Remark
from serialbridge_gui.importing.ser2net import read_ser2net
from serialbridge_gui.importing.ser2net_conf import read_ser2net_conf
from serialbridge_gui.importing.sniff import Origin
from serialbridge_gui.importing.socat import read_socat
from serialbridge_gui.profile import Access, FlowControl, LinePolicy, Mode, Parity, TlsFiles

BOUND_S = 20.0
"""Of processor time, in which seconds may count that a virtual machine was halted for. The worst megabyte takes one."""


def the_one(report: Report | None) -> Found:
    assert report is not None
    assert report.left == ()
    (found,) = report.found
    return found


def remarks(found: Found) -> set[Remark]:
    return {note.remark for note in found.notes}


def subjects(found: Found, remark: Remark) -> set[str]:
    return {note.subject for note in found.notes if note.remark is remark}


# ---- ser2net 4


YAML = """%YAML 1.1
---
define: &welcome Device \\d on \\p\\r\\n
connection: &scale
  accepter: tcp,3001
  connector: serialdev,/dev/ttyUSB0,115200n81,local
connection: &plc
  accepter: telnet(rfc2217),tcp,localhost,3002
  enable: on
  connector: serialdev,
      /dev/ttyS1,
      19200e72,rtscts
  timeout: 90
  options:
    max-connections: 3
    banner: *welcome
    invented: 7
"""


def test_ser2net_connections_become_profiles_in_their_order() -> None:
    report = read_foreign(YAML.encode())
    assert report is not None
    assert report.left == ()
    scale, plc = report.found
    assert (scale.profile.name, scale.line) == ("scale", 4)
    assert scale.profile.serial.device == "/dev/ttyUSB0"
    assert (scale.profile.serial.baud_rate, scale.profile.serial.format) == (115200, "8N1")
    assert str(scale.profile.listen) == "0.0.0.0:3001"
    assert scale.profile.mode is Mode.RAW
    assert scale.profile.clients.access is Access.EXCLUSIVE
    assert remarks(scale) == {Remark.OPEN_TO_NETWORK}
    assert plc.profile.name == "plc"
    assert (plc.profile.serial.device, plc.profile.serial.baud_rate) == ("/dev/ttyS1", 19200)
    assert plc.profile.serial.format == "7E2"
    assert plc.profile.serial.flow_control is FlowControl.RTS_CTS
    assert str(plc.profile.listen) == "localhost:3002"
    assert plc.profile.mode is Mode.RFC2217
    assert (plc.profile.clients.access, plc.profile.clients.limit) == (Access.SHARED, 3)
    assert plc.profile.clients.idle_timeout_s == 90
    assert remarks(plc) == {Remark.NO_COUNTERPART, Remark.UNKNOWN}
    assert subjects(plc, Remark.UNKNOWN) == {"invented"}
    assert subjects(plc, Remark.NO_COUNTERPART) == {"banner"}


def connection(accepter: str = "tcp,localhost,3001", connector: str = "serialdev,/dev/ttyS0", rest: str = "") -> Report:
    return read_ser2net(f"connection: &a\n  accepter: {accepter}\n  connector: {connector}\n{rest}")


@pytest.mark.parametrize(
    ("accepter", "address"),
    [
        ("tcp,3001", "0.0.0.0:3001"), ("3001", "0.0.0.0:3001"), ("tcp,ipv6,3001", "[::]:3001"),
        ("tcp,ipv4,10.0.0.5,3001", "10.0.0.5:3001"), ("tcp(nodelay,readbuf=512),localhost,3001", "localhost:3001"),
        ("tcp,::1,3001", "[::1]:3001"),
    ],
)  # fmt: skip
def test_ser2net_address(accepter: str, address: str) -> None:
    found = the_one(connection(accepter))
    assert str(found.profile.listen) == address
    assert not remarks(found) - {Remark.OPEN_TO_NETWORK}
    assert (Remark.OPEN_TO_NETWORK in remarks(found)) == (not found.profile.listen.loopback_only)


@pytest.mark.parametrize(
    ("connector", "fields"),
    [
        ("serialdev,/dev/ttyS0", {"baud_rate": 9600, "format": "8N1"}),
        ("serialdev,/dev/ttyS0,57600O71,xonxoff", {"baud_rate": 57600, "format": "7O1",
                                                  "flow_control": FlowControl.XON_XOFF}),
        ("serialdev(rtslo),/dev/ttyS0,1200,dtrlo", {"baud_rate": 1200, "rts": LinePolicy.OFF, "dtr": LinePolicy.OFF}),
        ("serialdev,/dev/serial/by-id/usb-A_B(C),_D-if00,9600n81", {"device": "/dev/serial/by-id/usb-A_B(C)"}),
        ("telnet(rfc2217),tcp,plant,4001", {"device": "rfc2217://plant:4001"}),
        ("tcp,plant,4001", {"device": "socket://plant:4001"}),
        ("echo", {"device": "sim://echo"}),
    ],
)  # fmt: skip
def test_ser2net_device(connector: str, fields: dict[str, Any]) -> None:
    serial = the_one(connection(connector=connector)).profile.serial
    assert {name: getattr(serial, name) for name in fields} == fields


def test_ser2net_defaults_hold_for_what_comes_after_them() -> None:
    report = read_ser2net(
        "connection: &a\n  accepter: tcp,localhost,1\n  connector: serialdev,/dev/a\n"
        "default:\n  name: speed\n  value: 4800e71\n  class: serialdev\n"
        "default: {name: kickolduser, value: true}\n"
        "default: {name: rtscts, value: true}\n"
        "connection: &b\n  accepter: tcp,localhost,2\n  connector: serialdev,/dev/b\n"
        "connection: &c\n  accepter: tcp,localhost,3\n  connector: serialdev,/dev/c,300n81\n"
        "  options: {kickolduser: false}\n"
    )
    a, b, c = (found.profile for found in report.found)
    assert (a.serial.baud_rate, a.clients.access) == (9600, Access.EXCLUSIVE)
    assert (b.serial.baud_rate, b.serial.format, b.clients.access) == (4800, "7E1", Access.REPLACE)
    assert b.serial.flow_control is FlowControl.RTS_CTS
    assert (c.serial.baud_rate, c.clients.access) == (300, Access.EXCLUSIVE)
    assert not any(found.notes for found in report.found)


def test_ser2net_tls_and_what_it_asks_of_clients() -> None:
    found = the_one(connection("ssl(key=/k.pem,cert=/c.pem,CA=/ca.pem,clientauth),tcp,localhost,3001"))
    assert found.profile.tls == TlsFiles("/c.pem", "/k.pem", "/ca.pem")
    found = the_one(connection("ssl(key=/k.pem,cert=/c.pem,clientauth),tcp,localhost,3001"))
    assert remarks(found) == {Remark.CLIENTS_UNPROVEN}
    assert remarks(the_one(connection("certauth(),ssl,tcp,localhost,1"))) == {Remark.NO_LOGIN}


def test_ser2net_keeps_who_may_connect() -> None:
    rest = "  options:\n    remaddr: 10.0.0.5,0;fe80::1,0\n    remaddr: 192.168.1.7,0\n"
    found = the_one(connection(rest=rest))
    assert found.profile.clients.allow == ("10.0.0.5", "fe80::1", "192.168.1.7")
    assert found.notes == ()
    found = the_one(connection(rest="  options:\n    remaddr: \"!10.0.0.5,0\"\n"))
    assert subjects(found, Remark.NO_COUNTERPART) == {"remaddr: !10.0.0.5,0"}


def test_ser2net_aliases_stand_for_their_text() -> None:
    report = read_ser2net(
        "define: &port 3009\ndefine: &how 19200n81 rtscts local\n"
        "connection: &a\n  accepter: tcp,localhost,*(port)\n  connector: serialdev,/dev/a,*(how)\n"
    )
    profile = the_one(report).profile
    assert profile.listen.port == 3009
    assert (profile.serial.baud_rate, profile.serial.flow_control) == (19200, FlowControl.RTS_CTS)


def test_ser2net_telnet_alone_disabled_and_several_addresses_are_told() -> None:
    assert remarks(the_one(connection("telnet,tcp,localhost,3001", rest="  enable: off\n"))) == {
        Remark.TELNET, Remark.OFF
    }  # fmt: skip
    assert Remark.FIRST_ADDRESS in remarks(the_one(connection("tcp,localhost,1;tcp,10.0.0.1,2")))


@pytest.mark.parametrize(
    ("accepter", "connector"),
    [("udp,3001", "serialdev,/dev/a"), ("unix,/run/x", "serialdev,/dev/a"), ("tcp,http", "serialdev,/dev/a"),
     ("tcp,1", "stdio,ls"), ("tcp,1", ""), ("", "serialdev,/dev/a"), ("tcp,70000", "serialdev,/dev/a")],
)  # fmt: skip
def test_ser2net_what_is_no_bridge_is_named_and_the_others_are_read(accepter: str, connector: str) -> None:
    report = connection(accepter, connector, "connection: &ok\n  accepter: tcp,1\n  connector: serialdev,/dev/ok\n")
    assert [found.profile.name for found in report.found] == ["ok"]
    (left,) = report.left
    assert (left.line, left.note.remark) == (1, Remark.NO_BRIDGE)
    assert connector in left.note.subject


def test_ser2net_rotator_and_other_keys_are_named() -> None:
    report = read_ser2net(YAML + "rotator: &any\n  accepter: tcp,99\n  connections: [*scale, *plc]\n")
    assert len(report.found) == 2
    assert [(left.note.remark, left.note.subject) for left in report.left] == [(Remark.NO_COUNTERPART, "rotator any")]


def test_ser2net_file_that_breaks_off_gives_what_stands_before_and_says_where() -> None:
    report = read_ser2net(YAML + "connection: [\n")
    assert len(report.found) == 2
    assert [left.note.remark for left in report.left] == [Remark.BROKEN]
    assert report.left[0].line > 15


# ---- ser2net 3


def test_old_ser2net_lines() -> None:
    report = read_foreign(
        b"BANNER:hello:Welcome\n# 3000:raw:0:/dev/x:\n"
        b"3001:raw:600:/dev/ttyS0:9600 8DATABITS NONE 1STOPBIT\n"
        b"localhost,3002:telnet:0:/dev/ttyUSB0:115200 EVEN 7DATABITS 2STOPBITS RTSCTS remctl kickolduser tr=/x odd\n"
        b"3003:off:0:/dev/ttyS2\n"
    )
    assert report is not None
    first, second, third = report.found
    assert str(first.profile.listen) == "0.0.0.0:3001"
    assert (first.profile.serial.baud_rate, first.profile.clients.idle_timeout_s) == (9600, 600)
    assert first.line == 3
    serial = second.profile.serial
    assert (serial.baud_rate, serial.format, serial.flow_control) == (115200, "7O2", FlowControl.RTS_CTS)
    assert second.profile.mode is Mode.RFC2217
    assert second.profile.clients.access is Access.REPLACE
    assert subjects(second, Remark.NO_COUNTERPART) == {"tr=/x"}
    assert Remark.OFF in remarks(third)
    assert [left.note.subject for left in report.left] == ["BANNER:hello:Welcome"]


# ---- socat


@pytest.mark.parametrize(
    "line",
    [
        "socat TCP-LISTEN:4001,reuseaddr,fork,bind=127.0.0.1 /dev/ttyUSB0,raw,b115200,echo=0",
        "socat /dev/ttyUSB0,b115200,rawer TCP4-LISTEN:4001,fork,bind=127.0.0.1",
        "sudo /usr/bin/socat -d -d OPEN:/dev/ttyUSB0,b115200 tcp-l:4001,bind=127.0.0.1,fork &",
        "ExecStart=/usr/bin/socat FILE:/dev/ttyUSB0,ispeed=115200,ospeed=115200 TCP-L:4001,bind=127.0.0.1,fork=1",
        "while true; do socat GOPEN:/dev/ttyUSB0,b115200 TCP-LISTEN:4001,fork,bind=127.0.0.1; done",
        "nohup socat \\\n  GOPEN:/dev/ttyUSB0,b115200 \\\n TCP-LISTEN:4001,fork,bind=127.0.0.1 >/dev/null 2>&1",
    ],
)
def test_socat_line_in_either_order_and_inside_others(line: str) -> None:
    found = the_one(read_foreign(line.encode()))
    assert found.profile.name == "ttyUSB0"
    assert (found.profile.serial.device, found.profile.serial.baud_rate) == ("/dev/ttyUSB0", 115200)
    assert str(found.profile.listen) == "127.0.0.1:4001"
    assert found.profile.clients.access is Access.SHARED
    assert remarks(found) == {Remark.SEVERAL_AT_ONCE}


def test_socat_serial_options() -> None:
    line = "socat TCP-L:1,bind=localhost /dev/ttyS0,b9600,cs7,parenb=1,parodd=1,cstopb,crtscts,odd=3,icrnl"
    found = the_one(read_socat(line))
    serial = found.profile.serial
    assert (serial.baud_rate, serial.format, serial.flow_control) == (9600, "7O2", FlowControl.RTS_CTS)
    assert subjects(found, Remark.UNKNOWN) == {"odd=3"}
    assert subjects(found, Remark.NO_COUNTERPART) == {"icrnl"}
    assert Remark.ONE_AFTER_ANOTHER in remarks(found)
    line = "socat TCP-L:1,bind=localhost /dev/ttyS0,ixon,ixoff,cs8,parenb=0,cstopb=0,crtscts=0"
    found = the_one(read_socat(line))
    assert found.profile.serial.format == "8N1"
    assert found.profile.serial.parity is Parity.NONE
    assert Remark.SPEED_ASSUMED in remarks(found)


def test_socat_listens_everywhere_unless_it_says_otherwise() -> None:
    assert str(the_one(read_socat("socat TCP-LISTEN:4001 /dev/ttyS0,b9600")).profile.listen) == "0.0.0.0:4001"
    found = the_one(read_socat("socat TCP6-LISTEN:4002,fork,max-children=2,range=10.0.0.0:255.0.0.0 /dev/a,b9600"))
    assert str(found.profile.listen) == "[::]:4002"
    assert found.profile.clients.allow == ("10.0.0.0/8",)
    assert found.profile.clients.limit == 2
    assert Remark.OPEN_TO_NETWORK in remarks(found)


def test_socat_dials_out_speaks_tls_and_makes_ports() -> None:
    found = the_one(read_socat("socat -T60 tcp:[::1]:99,retry=5 FILE:/dev/ttyS2,b9600"))
    assert str(found.profile.connect) == "[::1]:99"
    assert found.profile.clients.idle_timeout_s == 60
    assert remarks(found) == set()
    found = the_one(read_socat("socat OPENSSL-LISTEN:443,bind=localhost,fork,cert=/a,cafile=/ca /dev/a,b9600"))
    assert found.profile.tls == TlsFiles("/a", "/a", "/ca")
    found = the_one(read_socat("socat PTY,link=/tmp/vcom,raw TCP-LISTEN:5000,bind=localhost,fork"))
    assert found.profile.serial.device == "pty:/tmp/vcom"


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("socat - TCP:host:1", Remark.NO_BRIDGE), ("socat TCP-L:1 TCP:host:2", Remark.NO_BRIDGE),
        ("socat TCP-L:$PORT /dev/a", Remark.NO_BRIDGE), ("socat UDP-L:1 /dev/a", Remark.NO_BRIDGE),
        ("socat TCP-L:http /dev/a", Remark.NO_BRIDGE), ("socat /dev/a", Remark.NO_BRIDGE),
        ("socat TCP-L:1 EXEC:/bin/sh", Remark.NO_BRIDGE), ("socat OPENSSL:h:1 /dev/a", Remark.TLS_OUTWARD),
        ("socat TCP-L:1 /dev/a,b99999999999", Remark.UNKNOWN),
    ],
)  # fmt: skip
def test_socat_line_that_is_no_bridge_is_named(line: str, remark: Remark) -> None:
    report = read_socat(line)
    if remark is Remark.UNKNOWN:
        assert remark in remarks(the_one(report))
        return
    assert report.found == ()
    assert [left.note.remark for left in report.left] == [remark]


# ---- hostile


def test_names_of_the_file_hold_no_control_characters() -> None:
    name = r'"a\x1b\u2028b"'
    found = read_ser2net(f"connection:\n  name: {name}\n  accepter: tcp,1\n  connector: 'serialdev,/dev/a'\n")
    assert [each.profile.name for each in found.found] == ["a b"]


@pytest.mark.parametrize(
    "content",
    [
        b"connection: &a [" + b"&b [" * 60_000,
        b"connection: " + b"[" * 500_000,
        b"connection: " + b"{" * 500_000,
        b"connection: " + b"- " * 500_000,
        b"connection:\n" + b"".join(b"a%d: &a%d [*a%d,*a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 30_000)),
        b"connection: '" + b"x" * 1_000_000,
        b"connection: \"" + b"\\u0041" * 150_000 + b"\"",
        b"connection: {a: 1}\n" * 50_000,
        b"connection: " + b"x: " * 300_000,
        b"connection: {accepter: 'tcp," + b"(" * 900_000 + b"', connector: x}",
        b"define: &a " + b"x" * 4000 + b"\nconnection: {" + b"*(a): *(a)*(a)*(a), \n" * 9_000,
        b"3001:raw:0:/dev/x\n" * 50_000,
        b"3001:raw:0:/dev/x:" + b"a=1 " * 250_000,
        b"1" * 500_000 + b":raw" * 100_000,
        b"socat " * 150_000,
        b"socat TCP-L:1 /dev/a\n" * 40_000,
        b"socat TCP-L:1 /dev/a," + b"'" * 900_000,
        b"socat TCP-L:1 /dev/a," + b"x," * 450_000,
        b"socat " + b"\\" * 900_000,
        b"socat \\\n" * 120_000,
    ],
)
def test_a_megabyte_of_anything_is_read_in_bounded_time_and_memory(content: bytes) -> None:
    began = time.process_time()
    report = read_foreign(content)
    assert time.process_time() - began < BOUND_S
    assert report is not None
    assert len(report.found) <= MAX_FOUND
    assert len(report.left) <= 64
    assert all(len(note.subject) <= 120 for found in report.found for note in found.notes)


WORDS = st.sampled_from([
    "connection:", "&a", "*a", "\n", "  ", "accepter: ", "connector: ", "tcp", ",", "serialdev", "/dev/a", "3001",
    "(", ")", "rfc2217", "telnet", "ssl", "cert=", "options:", "{", "}", "[", "]", "max-connections: ", "\x1b",
    "\u2028", ":raw:",
    "socat ", "TCP-LISTEN:", " TCP:", "OPENSSL-LISTEN:", "b9600", "=", "'", '"', "\\", "%YAML 1.1", "---",
    "range=", "bind=", "\ud800", "9600n81", "default:", "name: ", "value: ", "speed", "timeout: ", "link=", "PTY", "-T",
])  # fmt: skip


@settings(max_examples=150)
@given(st.lists(WORDS | st.text(max_size=5), max_size=40).map("".join), st.sampled_from(list(Origin)))
def test_no_text_raises(text: str, origin: Origin) -> None:
    origin_of(text)
    reader = {Origin.SER2NET: read_ser2net, Origin.SER2NET_CONF: read_ser2net_conf, Origin.SOCAT: read_socat}
    if origin in reader:
        reader[origin](text)
    else:
        read_foreign(text.encode(errors="replace"))


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    for begin in (b"", b"connection: ", b"socat ", b"1:raw:0:/dev/a:"):
        read_foreign(begin + content)


@pytest.mark.parametrize("content", [b"", b"{}", b"hello", b"{ connection: 1", b"\xff\xfe", b"socat " * 200_000])
def test_what_is_nobodys_is_left_to_the_profiles(content: bytes) -> None:
    assert read_foreign(content) is None
