"""What serialbridge-gui.exe runs."""

import sys

from serialbridge_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
