"""The program's words and their translations: takes new ones into the .ts files, and tells what is wrong with any.

words.py update   pyside6-lupdate over serialbridge_gui, then serialbridge_gui/words_zh_cn.py
words.py check    what is not translated, stale, or not found by lupdate; exit 1 if anything is

serialbridge_zh_CN.ts holds everything, serialbridge_en.ts the plurals only. A translation is written into the .ts by
hand or with Qt Linguist. No line numbers stand there, and contexts and messages are sorted: branches merge.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from literals import SourceWords, sources_of, words_of_sources

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGE = ROOT / "serialbridge_gui"
CHINESE_TS = HERE / "serialbridge_zh_CN.ts"
ENGLISH_TS = HERE / "serialbridge_en.ts"
CHINESE_PY = PACKAGE / "words_zh_cn.py"
"""What `serialbridge_gui.words.tr` is asked for: the console has no use for a .qm file."""

LUPDATE = [
    *("-extensions", "py", "-locations", "none", "-sort-messages", "-no-obsolete", "-silent"),
    *("-source-language", "en", "-tr-function-alias", "tr+=_tr"),
]
NO_CHINESE = {
    *("Wireshark", "Break", "const unsigned char data[4] = …", "As Python bytes", "As hex", "RFC 2217 (Telnet)"),
}
"""Words whose translation needs none."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%n|%L?\d|%\(\w+\)[sr]|%[sr]")
_MNEMONIC = re.compile(r"&(\w)")
_CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_WORD = re.compile(r"[a-z]{3}")


@dataclass(frozen=True)
class Message:
    """One message of a .ts file."""

    context: str
    source: str
    forms: tuple[str, ...]
    """Several where it counts something."""
    kind: str
    """"" or what lupdate says of it: unfinished, vanished, obsolete."""
    counts: bool

    @property
    def where(self) -> str:
        return f"{self.context or 'no context'}: {self.source!r}"


def messages(ts: Path) -> list[Message]:
    found = []
    for context in ElementTree.parse(ts).getroot().iter("context"):
        for each in context.iter("message"):
            translation = each.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            found.append(
                Message(
                    context.findtext("name") or "",
                    each.findtext("source") or "",
                    tuple(forms),
                    translation.get("type", ""),
                    each.get("numerus") == "yes",
                )
            )
    return found


def lupdate(chinese: Path, english: Path) -> None:
    """Bring both up to date with the sources."""
    program = Path(sys.executable).with_name("pyside6-lupdate" + (".exe" if sys.platform == "win32" else ""))
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder, "sources")
        sources.write_text("\n".join(map(str, sources_of(PACKAGE))), encoding="utf-8")
        for ts, *options in ((chinese, "zh_CN"), (english, "en", "-pluralonly")):
            command = [str(program), *LUPDATE, f"@{sources}", "-target-language", *options, "-ts", str(ts)]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                raise SystemExit(done.stdout.decode(errors="replace"))


def text_of(path: Path) -> str:
    return path.read_bytes().decode().replace("\r\n", "\n") if path.is_file() else ""


def chinese_module(sources: SourceWords) -> str:
    """The text of words_zh_cn.py: what `_tr` is called with, and what it answers."""
    translated = {each.source: each.forms[0] for each in messages(CHINESE_TS) if not each.counts}
    lines = [f"    {text!r}: {translated[text]!r}," for text in sorted(sources.plain) if translated.get(text)]
    head = '"""Made from resources/translations by `python3 dev.py words`."""'
    return "\n".join([head, "", "from typing import Final", "", "WORDS: Final = {", *lines, "}", ""])


# ---- check


def complaints() -> Iterator[str]:
    """What is wrong, a sentence each."""
    sources = words_of_sources(PACKAGE)
    yield from sources.complaints
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(shutil.copy(ts, folder)) for ts in (CHINESE_TS, ENGLISH_TS)]
        lupdate(*copies)
        for ts, copy in zip((CHINESE_TS, ENGLISH_TS), copies, strict=True):
            if text_of(ts) != text_of(copy):
                yield f"{ts.relative_to(ROOT)} is not what the sources say. Please run: python3 dev.py words"
        known = {each.source for each in messages(copies[0])}
    for text in sorted((sources.plain | sources.widgets) - known):
        yield f"lupdate does not find {text!r}: does tr stand there by another name?"
    if text_of(CHINESE_PY) != chinese_module(sources):
        yield f"{CHINESE_PY.relative_to(ROOT)} is not what the .ts says. Please run: python3 dev.py words"
    seen: dict[str, str] = {}
    for each in messages(CHINESE_TS):
        yield from wrong_with(each, chinese=True)
        if each.source in sources.plain and seen.setdefault(each.source, each.forms[0]) != each.forms[0]:
            yield f"zh_CN: {each.where} has two translations, and words_zh_cn.py has room for one"
    for each in messages(ENGLISH_TS):
        yield from wrong_with(each, chinese=False)


def wrong_with(message: Message, *, chinese: bool) -> Iterator[str]:
    """What is wrong with one translation."""
    where = f"{'zh_CN' if chinese else 'en'}: {message.where}"
    if message.kind or not all(message.forms):
        yield f"{where} is {message.kind or 'not translated'}"
        return
    if message.counts and len(message.forms) != (1 if chinese else 2):
        yield f"{where} has {len(message.forms)} plural forms"
    for form in message.forms:
        if set(_PLACEHOLDER.findall(form)) != set(_PLACEHOLDER.findall(message.source)):
            yield f"{where} has other placeholders than {form!r}"
        if message.source.count("\n") != form.count("\n"):
            yield f"{where} has other lines than {form!r}"
        letters, others = (sorted(map(str.upper, _MNEMONIC.findall(text))) for text in (message.source, form))
        if letters != others:
            yield f"{where} has another mnemonic than {form!r}"
        bare = _PLACEHOLDER.sub("", message.source)
        if chinese and _WORD.search(bare) and not _CJK.search(form) and message.source not in NO_CHINESE:
            yield f"{where} is English: {form!r}"


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        lupdate(CHINESE_TS, ENGLISH_TS)
        CHINESE_PY.write_text(chinese_module(words_of_sources(PACKAGE)), encoding="utf-8", newline="\n")
        missing = [each.where for each in messages(CHINESE_TS) if each.kind or not all(each.forms)]
        print("\n".join(["to be translated:", *missing]) if missing else "every word is translated")
        return 0
    if arguments == ["check"]:
        found = list(complaints())
        print("\n".join(found))
        return 1 if found else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
