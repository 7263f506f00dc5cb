"""SerialBridge puts a serial port on TCP, byte for byte, and shows what passes."""

__version__ = "0.1.0"

HOMEPAGE = "https://github.com/serialbridge/serialbridge"
