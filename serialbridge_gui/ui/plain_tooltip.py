"""Tooltips with words of others in them."""

from __future__ import annotations

from serialbridge_gui.traffic.text import make_visible


def plain_tooltip(*lines: str) -> str:
    """A tooltip that shows these lines as they are, invisible characters made visible.

    Qt takes a tooltip for HTML when it looks like it; as HTML in full it is sure to read as typed.
    """
    from html import escape  # with its table of all names a millisecond of the window's start

    return "<p style='white-space: pre'>" + "<br>".join(escape(make_visible(line)) for line in lines) + "</p>"
