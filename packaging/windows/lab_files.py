"""What the lab's Windows is told: its fonts and screen, its COM ports, and a library that Wine 10 lacks."""

from __future__ import annotations

import struct
from typing import Final

ICU_STUB: Final = "\n".join(
    [
        "/* Qt6Core wants Windows' icuuc.dll, which Wine 10 lacks. Every converter fails (16: U_UNSUPPORTED_ERROR),",
        "   so Qt does without old text encodings. Never to be shipped: Windows has the real one. */",
        "#define E __declspec(dllexport)",
        *(
            f"E void *{name}(void *a, int *e) {{ if (e) *e = 16; return 0; }}"
            for name in ("ucnv_open", "ucnv_getName")
        ),
        *(
            f"E void *{name}(void *a, void *b, int *e) {{ if (e) *e = 16; return 0; }}"
            for name in ("ucnv_getStandardName", "ucnv_toUCountPending", "ucnv_fromUCountPending")
        ),
        *(
            f"E void *{name}(void) {{ return 0; }}"
            for name in (
                *("ucnv_close", "ucnv_reset", "ucnv_getMaxCharSize", "ucnv_getAvailableName", "ucnv_countAvailable"),
                *("ucnv_getToUCallBack", "ucnv_getFromUCallBack", "ucnv_setToUCallBack", "ucnv_setFromUCallBack"),
                *("ucnv_cbToUWriteUChars", "ucnv_cbFromUWriteUChars", "ucnv_toUnicode", "ucnv_fromUnicode"),
                *("UCNV_FROM_U_CALLBACK_SUBSTITUTE", "UCNV_TO_U_CALLBACK_SUBSTITUTE"),
            )
        ),
        "",
    ]
)

FONTS: Final = {
    "Segoe UI": "Open Sans",
    "Segoe UI Symbol": "DejaVu Sans",
    "Consolas": "DejaVu Sans Mono",
    "Courier New": "DejaVu Sans Mono",
    "Microsoft YaHei": "WenQuanYi Micro Hei",
    "Microsoft YaHei UI": "WenQuanYi Micro Hei",
    "SimSun": "WenQuanYi Micro Hei",
}
"""Stand-ins for what Windows 10 has."""


def desktop(screen: str) -> str:
    """Smooth Segoe UI in 9 points for the user interface, and a desktop, which gives windows their title bars."""
    fonts = "\n".join(f'"{name}"="{instead}"' for name, instead in FONTS.items())
    face = "Segoe UI".encode("utf-16-le").ljust(64, b"\0")
    logfont = struct.pack("<5i8B", -12, 0, 0, 0, 400, 0, 0, 0, 1, 0, 0, 0, 0) + face
    message = ",".join(f"{byte:02x}" for byte in logfont)
    names = ("CaptionFont", "SmCaptionFont", "MenuFont", "StatusFont", "MessageFont", "IconFont")
    metrics = "\n".join(f'"{name}"=hex:{message}' for name in names)
    return f"""Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\\Control Panel\\Desktop]
"FontSmoothing"="2"
"FontSmoothingType"=dword:00000002
"FontSmoothingOrientation"=dword:00000001

[HKEY_CURRENT_USER\\Control Panel\\Desktop\\WindowMetrics]
{metrics}

[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\FontSubstitutes]
{fonts}

[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\FontLink\\SystemLink]
"Open Sans"=hex(7):{_multi("wqy-microhei.ttc,WenQuanYi Micro Hei")}

[HKEY_CURRENT_USER\\Software\\Wine\\Explorer]
"Desktop"="Default"

[HKEY_CURRENT_USER\\Software\\Wine\\Explorer\\Desktops]
"Default"="{screen}"
"""


def com_port(com: str) -> str:
    """A COM port on /com/COMn, and what the list of ports shows for it: a USB serial adapter."""
    identity = r"VID_0403&PID_6001"
    return f"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\Software\\Wine\\Ports]
"{com}"="/com/{com}"

[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Enum\\USB\\{identity}\\LAB{com}]
"ClassGUID"="{{4d36e978-e325-11ce-bfc1-08002be10318}}"
"Class"="Ports"
"FriendlyName"="USB Serial Port ({com})"
"DeviceDesc"="USB Serial Port"
"Mfg"="FTDI"
"HardwareID"=hex(7):{_multi("USB" + chr(92) + identity)}

[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Enum\\USB\\{identity}\\LAB{com}\\Device Parameters]
"PortName"="{com}"
"""


def _multi(text: str) -> str:
    """A REG_MULTI_SZ of one string."""
    return ",".join(f"{byte:02x}" for byte in (text + "\0\0").encode("utf-16-le"))
