"""The dialog that edits the highlight rules. What is edited shows in the log at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from serialbridge_gui.engine.bridge import BridgeState
from serialbridge_gui.traffic.chunk import Direction
from serialbridge_gui.traffic.pattern import MAX_TYPED_CHARACTERS, PatternError, PatternKind
from serialbridge_gui.traffic.text import make_visible

from .highlight_rules import MAX_RULES, HighlightRule, HighlightRules
from .note import Note
from .pattern_words import pattern_sentence, too_slow_sentence
from .row_colors import RULE_COLORS, rule_color

_DIRECTIONS = (None, Direction.SERIAL_TO_TCP, Direction.TCP_TO_SERIAL, Direction.EVENT)
_SWATCH = 14


class HighlightDialog(QDialog):
    """Not modal: the log beside it is its preview. GUI thread only."""

    def __init__(self, rules: HighlightRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        self._filling = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget(self)
        self.add, self.remove = QPushButton(self), QPushButton(self)
        self.up, self.down = QPushButton(self), QPushButton(self)
        self.close_button = QPushButton(self)
        self.pattern = QLineEdit(self)
        self.kind, self.direction, self.color = QComboBox(self), QComboBox(self), QComboBox(self)
        self.match_case = QCheckBox(self)
        self.note = Note(self)
        self._labels = [QLabel(self) for _ in range(4)]
        self._hint = QLabel(self)
        self._lay_out()
        self._connect()
        self.retranslate()
        self._fill(0)
        self.resize(560, 420)

    def _lay_out(self) -> None:
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pattern.setMaxLength(MAX_TYPED_CHARACTERS)
        for kind in PatternKind:
            self.kind.addItem("", kind)
        for direction in _DIRECTIONS:
            self.direction.addItem("", direction)
        for name in RULE_COLORS:
            self.color.addItem("", name)
        for label in (*self._labels, self._hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        buttons = QVBoxLayout()
        for button in (self.add, self.remove, self.up, self.down):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        top = QHBoxLayout()
        top.addWidget(self.list, 1)
        top.addLayout(buttons)
        form = QFormLayout()
        for label, field in zip(self._labels, (self.pattern, self.kind, self.direction, self.color), strict=True):
            label.setBuddy(field)
            form.addRow(label, field)
        form.addRow("", self.match_case)
        layout = QVBoxLayout(self)
        layout.addWidget(self._hint)
        layout.addLayout(top, 1)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.close_button.setAutoDefault(False)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.close)
        self.list.currentRowChanged.connect(self._show_rule)
        self.list.itemChanged.connect(self._toggle)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.pattern.textEdited.connect(lambda text: self._edit(pattern=text))
        self.kind.activated.connect(lambda: self._edit(kind=self.kind.currentData()))
        self.direction.activated.connect(lambda: self._edit(direction=_plain(self.direction.currentData())))
        self.color.activated.connect(lambda: self._edit(color=self.color.currentData()))
        self.match_case.clicked.connect(lambda checked: self._edit(match_case=checked))

    # ---- what the user does

    def _add(self) -> None:
        rules = self._rules.rules
        names = list(RULE_COLORS)
        color = names[(names.index("yellow") + len(rules)) % len(names)]
        self._put((*rules, HighlightRule(color=color)), len(rules))
        self.pattern.setFocus()

    def _remove(self) -> None:
        at = self.list.currentRow()
        rules = list(self._rules.rules)
        if 0 <= at < len(rules):
            del rules[at]
            self._put(tuple(rules), min(at, len(rules) - 1))

    def _move(self, by: int) -> None:
        at, rules = self.list.currentRow(), list(self._rules.rules)
        if 0 <= at < len(rules) and 0 <= at + by < len(rules):
            rules[at], rules[at + by] = rules[at + by], rules[at]
            self._put(tuple(rules), at + by)

    def _toggle(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self._change(self.list.row(item), enabled=item.checkState() == Qt.CheckState.Checked)

    def _edit(self, **fields: Any) -> None:
        self._change(self.list.currentRow(), **fields)

    def _change(self, at: int, **fields: Any) -> None:
        rules = list(self._rules.rules)
        if 0 <= at < len(rules):
            rules[at] = rules[at].changed(**fields)
            self._rules.set_rules(tuple(rules))
            self._show_item(self.list.item(at), rules[at])
            self._show_rule(self.list.currentRow())

    def _put(self, rules: tuple[HighlightRule, ...], current: int) -> None:
        self._rules.set_rules(rules)
        self._fill(current)

    # ---- what is shown

    def _fill(self, current: int) -> None:
        self._filling = True
        self.list.clear()
        for rule in self._rules.rules:
            item = QListWidgetItem(self.list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self._show_item(item, rule)
        self.list.setCurrentRow(current)
        self._filling = False
        self._show_rule(self.list.currentRow())

    def _show_item(self, item: QListWidgetItem, rule: HighlightRule) -> None:
        was_filling, self._filling = self._filling, True
        item.setText(make_visible(rule.pattern) or self.tr("(nothing yet)"))
        item.setCheckState(Qt.CheckState.Checked if rule.enabled else Qt.CheckState.Unchecked)
        item.setIcon(self._swatch(rule.color))
        item.setBackground(QBrush(rule_color(rule.color, self._base())) if rule.enabled else QBrush())
        self._filling = was_filling

    def _show_rule(self, at: int) -> None:
        rules = self._rules.rules
        rule = rules[at] if 0 <= at < len(rules) else None
        for widget in (self.pattern, self.kind, self.direction, self.color, self.remove):
            widget.setEnabled(rule is not None)
        self.match_case.setEnabled(rule is not None and rule.kind is not PatternKind.HEX)
        self.up.setEnabled(at > 0)
        self.down.setEnabled(0 <= at < len(rules) - 1)
        self.add.setEnabled(len(rules) < MAX_RULES)
        sentence = ""
        rule = rule or HighlightRule()
        if self.pattern.text() != rule.pattern:
            self.pattern.setText(rule.pattern)
        self.kind.setCurrentIndex(list(PatternKind).index(rule.kind))
        self.direction.setCurrentIndex(_DIRECTIONS.index(None if rule.direction is None else Direction(rule.direction)))
        self.color.setCurrentIndex(list(RULE_COLORS).index(rule.color))
        self.match_case.setChecked(rule.match_case)
        try:
            rule.parse()
            if rule in self._rules.matcher.too_slow:
                sentence = too_slow_sentence()
        except PatternError as error:
            sentence = pattern_sentence(error)
        self.note.say(sentence, BridgeState.ERROR if sentence else None)

    def _base(self) -> QColor:
        return self.palette().base().color()  # the list has the same, but learns of a change later

    def _swatch(self, name: str) -> QIcon:
        pixmap = QPixmap(_SWATCH, _SWATCH)
        pixmap.fill(rule_color(name, self._base()))
        return QIcon(pixmap)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange and hasattr(self, "_hint"):
            self._show_colors()

    def _show_colors(self) -> None:
        for index, name in enumerate(RULE_COLORS):
            self.color.setItemIcon(index, self._swatch(name))
        for index, rule in enumerate(self._rules.rules[: self.list.count()]):
            self._show_item(self.list.item(index), rule)

    def retranslate(self) -> None:
        """Make the words again."""
        self.setWindowTitle(self.tr("Highlight rules"))
        self._hint.setText(
            self.tr("The first rule that matches colours the row. Rules apply to the logs of all bridges.")
        )
        self.list.setAccessibleName(self.tr("Highlight rules"))
        for button, text, tip in (
            (self.add, self.tr("Add"), self.tr("Add a rule at the end")),
            (self.remove, self.tr("Remove"), self.tr("Remove the chosen rule")),
            (self.up, self.tr("Up"), self.tr("Let the chosen rule come before the one above it")),
            (self.down, self.tr("Down"), self.tr("Let the chosen rule come after the one below it")),
            (self.close_button, self.tr("Close"), self.tr("Close (Esc)")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(text)
        names = (self.tr("Find"), self.tr("Read as"), self.tr("Direction"), self.tr("Colour"))
        fields = (self.pattern, self.kind, self.direction, self.color)
        for label, field, name in zip(self._labels, fields, names, strict=True):
            label.setText(name)
            field.setAccessibleName(name)
        self.match_case.setText(self.tr("Match case"))
        kinds = (self.tr("Text"), self.tr("Hex"), self.tr("Regex"))
        directions = (self.tr("Any"), self.tr("Serial→Net"), self.tr("Net→Serial"), self.tr("Events"))
        colors = (
            self.tr("Red"), self.tr("Orange"), self.tr("Yellow"), self.tr("Green"),
            self.tr("Teal"), self.tr("Blue"), self.tr("Purple"), self.tr("Grey"),
        )  # fmt: skip
        for box, texts in ((self.kind, kinds), (self.direction, directions), (self.color, colors)):
            for index, text in enumerate(texts):
                box.setItemText(index, text)
        self._show_colors()


def _plain(direction: Direction | None) -> int | None:
    return None if direction is None else int(direction)
