"""Pictures of every page and dialog, in each language, light and dark, at 100, 150 and 200 % and with larger letters.

    python docs/pictures/all.py FOLDER [SCENE...]        from the checkout, where the tests are

To be looked at one by one. What there is stands in tests/ui/scenes.py. FOLDER gets an index.html beside the pictures;
words that are cut are told of, and make it fail. Needs no display where QT_QPA_PLATFORM is offscreen; `dev.py
screenshots` uses a virtual one where it can.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LANGUAGES: Final = ("en", "zh_CN")
SIZES: Final = {"1x": (1.0, 1.0), "1.5x": (1.5, 1.0), "2x": (2.0, 1.0), "letters": (1.0, 1.5)}
"""By the pictures' name: the display's scale, and how much larger the letters are than the style's."""
SCHEMES: Final = ("light", "dark")
SETTLES_S: Final = 0.25
"""From a change of colours to a painted window (chosen: some frames)."""


def main(arguments: list[str]) -> int:
    from tests.ui.scenes import SCENES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("scenes", metavar="SCENE", nargs="*", help=f"one of: {', '.join(SCENES)}; none: all")
    options = parser.parse_args(arguments)
    folder, chosen = options.folder.resolve(), options.scenes
    for name in chosen:
        if name not in SCENES:
            parser.error(f"there is no scene {name}: there are {', '.join(SCENES)}")
    folder.mkdir(parents=True, exist_ok=True)
    codes = []
    for language in LANGUAGES:
        for size, (scale, _) in SIZES.items():
            environment = {**os.environ, "QT_SCALE_FACTOR": str(scale), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
            command = [sys.executable, __file__, str(folder), "--one", language, size, *chosen]
            codes.append(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
    sheet = folder / "index.html"
    sheet.write_text(contact_sheet(folder), encoding="utf-8")
    print(f"look at {sheet}")
    return max(codes)


def one(folder: Path, language: str, size: str, chosen: list[str]) -> int:
    """All scenes in one language at one size, in this process."""
    import qasync
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from serialbridge_gui import resources_rc  # noqa: F401 - registers icons and words
    from tests.ui.cut_words import cut_words
    from tests.ui.scenes import SCENES, dark_palette, light_palette
    from tests.ui.windows import Lab

    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    app.setQuitOnLastWindowClosed(False)
    font = app.font()
    font.setPointSizeF(font.pointSizeF() * SIZES[size][1])
    app.setFont(font)
    app.styleHints().setColorScheme(Qt.ColorScheme.Light)
    if not speak(app, language):
        print(f"there are no words in {language} yet: nothing to be seen")
        return 0
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    failed = []
    palettes = {"light": light_palette(), "dark": dark_palette()}

    async def pictures(lab: Lab, name: str) -> None:
        shown = await SCENES[name](lab)
        for scheme in SCHEMES:
            app.setPalette(palettes[scheme])
            await asyncio.sleep(SETTLES_S)
            shown.grab().save(str(folder / f"{name}.{language}.{scheme}.{size}.png"))
        app.setPalette(palettes["light"])
        for words in cut_words(shown):
            failed.append(name)
            print(f"{name} in {language}, {size}: cut is {words}", file=sys.stderr)

    with loop:
        for name in chosen or SCENES:
            with tempfile.TemporaryDirectory() as config:
                lab = Lab(loop, Path(config))
                try:
                    lab.run(pictures(lab, name))
                except (AssertionError, TimeoutError) as error:
                    failed.append(name)
                    print(f"{name} in {language}: {error}", file=sys.stderr)
                lab.forget()
    return 1 if failed else 0


def speak(app: object, language: str) -> bool:
    """Have the window speak this language, with Qt's own words; False: there are no words."""
    from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

    from serialbridge_gui.ui import language as words

    assert isinstance(app, QCoreApplication)
    if hasattr(words, "use_language"):
        words.use_language(app, language)
        return True
    ours, qts = QTranslator(app), QTranslator(app)
    if not ours.load(f":/translations/serialbridge_{language}.qm"):
        return False
    if qts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qts)
    app.installTranslator(ours)
    return True


def contact_sheet(folder: Path) -> str:
    """A page with all pictures, a row for each scene."""
    names = sorted({file.name.split(".")[0] for file in folder.glob("*.png")})
    rows = []
    for name in names:
        cells = []
        for file in sorted(folder.glob(f"{name}.*.png")):
            words = html.escape(file.stem.removeprefix(f"{name}."))
            link = html.escape(file.name)
            cells.append(f'<td><a href="{link}"><img src="{link}" width="420"></a><br>{words}</td>')
        rows.append(f"<tr><th>{html.escape(name)}</th>{''.join(cells)}</tr>")
    made = time.strftime("%Y-%m-%d %H:%M")
    return (
        '<!DOCTYPE html><meta charset="utf-8"><title>SerialBridge</title><style>td, th { vertical-align: top; '
        f"font: 14px sans-serif; padding: 6px }}</style><p>{made}</p><table>{''.join(rows)}</table>\n"
    )


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[2] == "--one":
        sys.exit(one(Path(sys.argv[1]), sys.argv[3], sys.argv[4], sys.argv[5:]))
    sys.exit(main(sys.argv[1:]))
