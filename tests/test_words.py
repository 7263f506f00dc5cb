"""Which language the console programs speak, and that argparse speaks it, too."""

from __future__ import annotations

import argparse
import inspect
import io
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from serialbridge_gui import words
from serialbridge_gui.importing.report import Left, Note, Remark
from serialbridge_gui.parser_words import words_of_argparse
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.ui.import_words import left_sentence
from serialbridge_gui.ui.sentences import profile_error_sentence
from serialbridge_gui.words import best_language, system_language, tr, use_words, use_words_for
from tests.processes import ConsoleBridge, console_command, console_environment

CHINESE = {"LC_ALL": "zh_CN.UTF-8"}
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the system, not variables")


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use_words("en")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (["zh-Hans-CN", "en"], "zh_CN"),
        (["zh_TW"], "zh_CN"),
        (["zh"], "zh_CN"),
        (["en-GB", "zh-CN"], "en"),
        (["de-DE", "zh-CN", "en"], "zh_CN"),
        (["de_DE.UTF-8"], "en"),
        (["zhx"], "en"),
        ([], "en"),
    ],
)
def test_first_language_that_there_is_wins(wanted: list[str], language: str) -> None:
    assert best_language(wanted) == language


@on_posix
@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANGUAGE": "zh_CN"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh_CN"),
        ({"LANG": ""}, "en"),
        ({}, "en"),
    ],
)
def test_variables_of_the_system_choose(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_language() == language


@pytest.mark.parametrize(
    ("encoding", "answer"), [("utf-8", "已停止"), ("gb18030", "已停止"), ("cp936", "已停止"), ("cp437", "Stopped")]
)
def test_stream_that_cannot_show_chinese_gets_english(
    encoding: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "system_language", lambda: "zh_CN")
    use_words_for(io.TextIOWrapper(io.BytesIO(), encoding), None)
    assert tr("Stopped") == answer


def test_argparse_says_each_of_its_words_somewhere() -> None:
    source = re.sub(r"'\s*\n\s*'", "", inspect.getsource(argparse))
    missing = [text for text in words_of_argparse() if repr(text) not in source and text not in source]
    assert missing == []


def console(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        console_command(*arguments), env=console_environment() | variables, stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


@on_posix
class TestProcess:
    def test_help_is_chinese_but_for_the_names(self) -> None:
        done = console("run", "--help", **CHINESE)
        assert done.returncode == 0
        assert "用法：serialbridge run" in done.stdout
        assert "波特率 (115200)" in done.stdout
        assert "{exclusive,replace,shared,monitor}" in done.stdout
        assert re.findall(r"(?<![-\w./:&=?])[a-z]{4,} [a-z]{3,}", done.stdout) == ["serialbridge run"]

    @pytest.mark.parametrize(
        ("arguments", "code", "sentence"),
        [
            (("run", "x", "--baud", "a"), 2, "参数 --baud：'a' 不是波特率：请给出正整数。"),
            (("run",), 2, "请指定 DEVICE 或 --profile NAME 其中之一。"),
            (("run", "x", "--dtr"), 2, "参数 --dtr：需要一个参数值。"),
            (("run", "/dev/ttyNONE", "--listen", "127.0.0.1:0"), 1, "没有串口 /dev/ttyNONE。"),
        ],
    )
    def test_mistake_is_one_chinese_line(self, arguments: tuple[str, ...], code: int, sentence: str) -> None:
        done = console(*arguments, **CHINESE)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.startswith(f"serialbridge: {sentence}")
        assert done.stderr.count("\n") == 1

    def test_terminal_without_chinese_gets_readable_english(self) -> None:
        done = console("run", **CHINESE, PYTHONUTF8="0", PYTHONIOENCODING="cp437")
        assert done.stderr.startswith("serialbridge: Give a DEVICE")

    def test_window_program_has_chinese_help(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "serialbridge_gui.app", "--help"], env=console_environment() | CHINESE,
            capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
        assert "启动选中的连接配置" in done.stdout

    def test_what_scripts_read_stays_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEST_LANGUAGE", CHINESE["LC_ALL"])
        with ConsoleBridge("run", "sim://echo", "--listen", "127.0.0.1:0") as bridge:
            bridge.wait_listening()  # "listening on …"
            assert bridge.stop() == 0
            assert all(line.isascii() for line in bridge.stdout_lines)

    @pytest.mark.parametrize("arguments", [["--help"], ["run", "x", "--baud", "a"]])
    def test_chinese_words_cost_english_nothing(self, arguments: list[str]) -> None:
        script = (
            "import sys\nfrom serialbridge_gui import cli\n"
            f"try: cli.main({arguments!r})\nexcept SystemExit: pass\n"
            "print('found', [name for name in sys.modules if 'PySide6' in name or 'words_zh' in name])"
        )
        environment = console_environment()
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.endswith("found []\n")


def test_sentence_in_a_sentence_ends_once() -> None:
    use_words("zh_CN")
    left = left_sentence(Left(1, Note(Remark.NO_BRIDGE, "udp")))
    sentence = profile_error_sentence(ProfileError(ProfileFault.NO_BRIDGE, "a.yaml", left))
    assert sentence.endswith("“udp”。")
