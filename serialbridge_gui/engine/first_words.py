"""What the first bytes of a client on a raw port look like."""

from __future__ import annotations

import re
from typing import Final

_HTTP: Final = re.compile(rb"[A-Z]{3,20} [^ \r\n]{1,8000} HTTP/[0-9]\.[0-9]\r?\n")
"""A request line (RFC 9112, section 3). Browsers send it in one piece."""


def looks_like_http(data: bytes) -> bool:
    """Whether this is an HTTP request, such as a web page can have a browser send to any port of this machine."""
    return data[:1].isupper() and _HTTP.match(data) is not None


def looks_like_telnet(data: bytes) -> bool:
    """Whether this begins with a Telnet negotiation: IAC, then WILL, WON'T, DO or DON'T (RFC 854)."""
    return len(data) >= 3 and data[0] == 255 and 251 <= data[1] <= 254
