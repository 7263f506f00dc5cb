"""What `dev.py words` and `dev.py check` know of the sources and the translations."""

from __future__ import annotations

from pathlib import Path

import pytest

from literals import SourceWords, words_of_sources
from words import CHINESE_TS, Message, messages, wrong_with


def read(folder: Path, text: str, module: str = "ui/window.py") -> SourceWords:
    path = folder / "package" / module
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return words_of_sources(folder / "package")


def test_words_are_found_in_both_forms(tmp_path: Path) -> None:
    text = 'self.tr("Stop"); translate("Offer", "Try again"); _tr("Stopped"); self.tr("%n rows", "", 2)'
    found = read(tmp_path, text)
    assert found.widgets == {"Stop", "Try again", "%n rows"}
    assert found.plain == {"Stopped"}
    assert found.complaints == []


@pytest.mark.parametrize(
    "text",
    [
        'self.tr(f"Stop {name}")',
        "self.tr(words)",
        '_tr("a" if so else "b")',
        'other.tr("Stop")',
        'label.setText("Stopped")',
        'label.setText(f"Stopped {name}")',
        'label.setToolTip("Stopped" if so else "")',
        'QLabel("Client " + name, self)',
        'menu.addAction("Stopped", self.stop)',
        'table.setHorizontalHeaderLabels(["Client", ""])',
        'label.setText("Client {name}".format(name=name))',
    ],
)
def test_what_nobody_can_translate_is_told(text: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, text).complaints) == 1


@pytest.mark.parametrize(
    "text",
    [
        'label.setText("●"); label.setText(""); label.setText(f"{name} ({keys})"); label.setText("CRC-16/Modbus")',
        'self.setObjectName("messageBar"); label.setText(make_visible("Stopped"))',
        'self.setWindowTitle("SerialBridge"); combo.addItem("UTF-8", "utf-8")',
        'painter.translate(3, 4); text.translate(TABLE)',
    ],
)
def test_what_needs_no_translation_is_not(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, text).complaints == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('raise WrongArguments("Give one.")', 1),
        ('run.add_argument("--baud", metavar="N", help="baud rate")', 1),
        ('run.add_argument("--baud", metavar="N", help=_tr("baud rate"))', 0),
        ('raise InvalidSetting("baud_rate", "must be one")', 1),
        ('label.setText("Stopped")', 0),
    ],
)
def test_console_has_its_own_calls(text: str, told: int, tmp_path: Path) -> None:
    assert len(read(tmp_path, text, "cli.py").complaints) == told


def message(source: str, *forms: str, kind: str = "", counts: bool = False) -> Message:
    return Message("Window", source, forms, kind, counts)


@pytest.mark.parametrize(
    "good",
    [
        message("Stop {name}", "停止 {name}"),
        message("&File", "文件(&F)"),
        message("%n rows", "%n 行", counts=True),
        message("XON/XOFF", "XON/XOFF"),
        message("argument %(name)s: %s", "参数 %(name)s：%s"),
        message("sent, {percent} %", "已发送 {percent}%"),
    ],
)
def test_good_translation_passes(good: Message) -> None:
    assert list(wrong_with(good, chinese=True)) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (message("Stop {name}", "停止 {names}"), "placeholders"),
        (message("Stop {name}", "停止"), "placeholders"),
        (message("%n rows", "行", counts=True), "placeholders"),
        (message("%n rows", "%n 行", "%n 行", counts=True), "plural"),
        (message("&File", "文件"), "mnemonic"),
        (message("&File", "文件(&W)"), "mnemonic"),
        (message("One\nTwo", "一二"), "lines"),
        (message("Stop now", "Stop now"), "English"),
        (message("Stop", ""), "not translated"),
        (message("Stop", "停止", kind="unfinished"), "unfinished"),
        (message("Stop", "停止", kind="vanished"), "vanished"),
    ],
)
def test_bad_translation_is_told(bad: Message, said: str) -> None:
    assert said in next(wrong_with(bad, chinese=True))


def test_catalogue_is_whole_and_has_no_line_numbers() -> None:
    assert [complaint for each in messages(CHINESE_TS) for complaint in wrong_with(each, chinese=True)] == []
    assert "<location" not in CHINESE_TS.read_text(encoding="utf-8")
