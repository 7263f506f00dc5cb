"""Programs at the far end of `--connect`: two serial devices that a bridge and socat, or ser2net, join by TCP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.devices import PtyDevice
from tests.end2end.peers import digest, every_byte
from tests.end2end.programs import in_background, needs, path_of
from tests.processes import ConsoleBridge, free_port

SIZE = 1 << 20

Command = Callable[[str, int, Path], list[str]]
"""What puts a device on a port of this machine; the folder is for its configuration."""


def socat(device: str, port: int, _folder: Path) -> list[str]:
    # flock-ex: the number of a pty that is gone is given again, and who still waits for that one is kept out.
    return [str(path_of("socat")), f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr", f"{device},raw,echo=0,flock-ex"]


def ser2net(device: str, port: int, folder: Path) -> list[str]:
    config = folder / "ser2net.yaml"
    config.write_text(
        f"connection: &far\n  accepter: tcp,127.0.0.1,{port}\n  connector: serialdev,{device},115200n81,local\n"
    )
    return [str(path_of("ser2net")), "-n", "-u", "-c", str(config)]


@pytest.mark.parametrize(
    "far_end", [pytest.param(socat, marks=needs("socat")), pytest.param(ser2net, marks=needs("ser2net"))]
)
def test_two_devices_are_joined_and_joined_again_when_the_far_end_was_away(far_end: Command, tmp_path: Path) -> None:
    port = free_port()
    with (
        PtyDevice() as near,
        PtyDevice() as far,
        ConsoleBridge("run", near.path, "--connect", f"127.0.0.1:{port}", "--json") as bridge,
    ):
        bridge.wait_event("dialing")  # nobody is there yet
        for turn in (1, 2):
            with in_background(*far_end(far.path, port, tmp_path)):
                bridge.wait_event("client_connected", turn)
                far.wait_opened()
                for sender, receiver, seed in ((near, far, turn), (far, near, turn + 2)):
                    data = every_byte(SIZE, seed)
                    sender.pump([data])
                    assert digest(receiver.read(SIZE, deadline_s=120)) == digest(data)
                    sender.wait_pumped()
            bridge.wait_event("client_disconnected", turn)
            far.wait_closed()
        assert bridge.stop() == 0
    assert bridge.events("stats")[-1]["lost"] == 0
