"""What TLS costs: 100 MB from the device to a client through our listener and through socat's, every byte checked.

    python -m bench.secured [--rounds 4] [--size-mb 100]
"""

from __future__ import annotations

import argparse
import socket
import ssl
import statistics
import sys
import tempfile
from pathlib import Path

from bench import ends
from bench.bridges import HOST, Kind, Running, running
from serialbridge_gui.engine.self_signed import CertificateFiles, make_self_signed


def kinds(files: CertificateFiles) -> tuple[Kind, Kind]:
    """Our listener and socat's, with the same certificate."""
    both = files.certificate.with_name("both.pem")
    both.write_bytes(files.certificate.read_bytes() + files.key.read_bytes())

    def ours(tty: str, port: int, _clients: int, _folder: Path) -> list[str]:
        tls = ["--tls-cert", str(files.certificate), "--tls-key", str(files.key)]
        return [sys.executable, "-m", "serialbridge_gui.cli", "run", tty, "--listen", f"{HOST}:{port}", *tls]

    def socat(tty: str, port: int, _clients: int, _folder: Path) -> list[str]:
        listen = f"OPENSSL-LISTEN:{port},bind={HOST},reuseaddr,nodelay,cert={both},verify=0"
        return ["socat", "-b", "65536", listen, f"{tty},raw,echo=0"]

    return Kind("SerialBridge", ours), Kind("socat", socat)


class Secured(Running):
    """A bridge whose clients speak TLS."""

    def connect(self) -> socket.socket:
        """As Running's, its handshake done."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # that is not what is measured
        return context.wrap_socket(super().connect())


def throughput(master: int, bridge: Running, size: int) -> float:
    """MB/s to one client."""
    secured = Secured(bridge.process, bridge.port)
    return ends.throughput(master, secured, size, down=True, up=False)["MB/s serial→TCP"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--size-mb", type=int, default=100)
    options = parser.parse_args()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        both = kinds(make_self_signed(Path(folder), [HOST]))
        for number in range(options.rounds):
            for kind in both[number % 2 :] + both[: number % 2]:
                with ends.device() as (master, tty), running(kind, tty) as bridge:
                    found.setdefault(kind.name, []).append(throughput(master, bridge, options.size_mb * 1_000_000))
    medians = {name: statistics.median(values) for name, values in found.items()}
    print(", ".join(f"{name} {value:.1f} MB/s" for name, value in medians.items()))
    print(f"ratio to socat {medians['SerialBridge'] / medians['socat']:.2f} (bar 0.7)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
