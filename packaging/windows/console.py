"""What serialbridge.exe runs."""

import sys

from serialbridge_gui.cli import main

if __name__ == "__main__":
    sys.exit(main())
