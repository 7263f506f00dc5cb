"""Where pyserial looks for `sim://`: a module of this name in a package of its handler list."""

from serialbridge_gui.engine.simulated import SimulatedSerial as Serial

__all__ = ["Serial"]
