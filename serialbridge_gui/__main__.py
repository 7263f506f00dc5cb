"""`python -m serialbridge_gui`: the window."""

import sys

from serialbridge_gui.app import main

if __name__ == "__main__":
    sys.exit(main())
