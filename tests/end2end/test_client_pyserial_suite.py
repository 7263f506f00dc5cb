"""pyserial 3.5's own tests, over a bridge and an echoing device: what its two schemes can, they can through us.

Not all can pass, with any server. Some want modem lines, which a pty has not; some want a read without a time-out to
find at once what was just written, or a write to time out, which pyserial's network ports do not do.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.devices import EchoDevice
from tests.figures import tell
from tests.processes import ConsoleBridge

pytestmark = pytest.mark.soak

SUITE_S = 200
"""How long it may run (chosen: four times what it takes). One test that hangs takes longer."""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tests, from pyserial's source archive; the wheel has none."""
    folder = tmp_path_factory.mktemp("pyserial")
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    done = subprocess.run(
        [*fetch, "--no-binary", ":all:", "--dest", str(folder), "pyserial==3.5"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"pip cannot fetch pyserial's source: {done.stdout[-300:]}")
    with tarfile.open(folder / "pyserial-3.5.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "pyserial-3.5" / "test"


@pytest.mark.parametrize(("mode", "scheme", "at_least"), [("rfc2217", "rfc2217", 46), ("raw", "socket", 45)])
def test_pyserials_own_tests_pass_and_none_hangs(suite: Path, mode: str, scheme: str, at_least: int) -> None:
    rules = ("--clients", "replace", "--listen", "127.0.0.1:0")  # a test begins before the last one's client is gone
    with EchoDevice() as device, ConsoleBridge("run", device.path, *rules, "--mode", mode) as bridge:
        host, port = bridge.wait_listening()
        command = [sys.executable, "-W", "ignore", "run_all_tests.py", f"{scheme}://{host}:{port}", "-v"]
        done = subprocess.run(
            command, cwd=suite, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            timeout=SUITE_S,
        )  # fmt: skip
        assert bridge.stop() == 0
    ran = re.search(r"^Ran (\d+) tests", done.stdout, re.MULTILINE)
    assert ran is not None, done.stdout[-4000:]
    others = sum(map(int, re.findall(r"(?:failures|errors|skipped)=(\d+)", done.stdout.splitlines()[-1])))
    passed = int(ran[1]) - others
    tell(f"{scheme}: {passed} of {ran[1]} pass; {done.stdout.splitlines()[-1]}")
    assert passed >= at_least, done.stdout[-8000:]
