"""What macOS reads of SerialBridge.app. From here, so that it can be tested on every system."""

from __future__ import annotations

from typing import Any, Final

from identity import IDENTIFIER, NAME, copyright_line, version

OLDEST_MACOS: Final = "13.0"
"""What Qt 6.11's wheels are built for."""


def info() -> dict[str, Any]:
    """Info.plist."""
    profile = f"{IDENTIFIER}.profile"
    return {
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleExecutable": "serialbridge-gui",
        "CFBundleVersion": version(),
        "CFBundleShortVersionString": version(),
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh-Hans"],
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSBackgroundOnly": False,  # PyInstaller takes it for a console program, since one is in its folder
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": copyright_line(),
        "NSLocalNetworkUsageDescription": "SerialBridge puts serial ports on the network when you choose to.",
        "NSBonjourServices": ["_iostream._tcp"],
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "SerialBridge profile",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [profile],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": profile,
                "UTTypeDescription": "SerialBridge profile",
                "UTTypeConformsTo": ["public.json"],
                "UTTypeTagSpecification": {"public.filename-extension": ["serialbridge"]},
            }
        ],
    }
