"""What to give a hypervisor, so that a guest gets the bridged serial device as a port of its own.

`recipes.make` is the door: a hypervisor, a way (through the bridge, the host's port, the adapter itself) and what to
reach go in, a Recipe comes out, or Refused. One module a hypervisor; each knows its versions and its escapes. All of
that is text made from data. What must be asked of this machine has modules of its own: `versions` (which hypervisor
is installed), `host_port` (which adapter a port belongs to), `virsh` (libvirt's guests). Those block: never in the
GUI's thread.

No Qt, no sentence: notes, refusals and checks are data, and `ui/vm_words.py` makes the words. The facts come from the
hypervisors' documentation and were tried with QEMU 7.2 and libvirt 9.0.
"""
