"""The engine moves bytes between one serial port and its TCP clients. QtCore and QtNetwork, never a widget.

One byte's way::

    device ── SerialPort ──┐            ┌── Client ── TCP peer
                           ├── Relay ───┤
    Bridge ── BridgeThread ┘     │      └── Client ── TCP peer
              (one selector)     └── Tap ── whoever watches (window, console)

* `Bridge` lives in the caller's thread (the main one). `await start()` and `await stop()` are all that
  waits; state, counters and clients can be read at any time.
* `BridgeThread` is a QThread with a selector instead of Qt's event loop. Everything that touches the
  device, the listener or a client's socket happens in its `run()`, so there are no locks.
* `Relay` is what happens between the port and the clients: reading, queueing, writing. `Arrivals` makes clients
  of peers, `Departures` knows who has to leave and when, `DeviceOpener` has the device opened again when it is back.
* `SerialPort` is ONE non-blocking descriptor on every system: a POSIX tty's own, or one end of a
  socketpair that two threads keep filled and emptied (Windows, pyserial URLs, simulated devices).
* `PtyPort` is the same for `pty:LINK`, a virtual serial port for the programs of this machine. `Port` says what
  both have in common.
* `Door` decides who comes in, and knows TLS; `Dialer` goes out instead of waiting. `RemoteControl` is RFC 2217.
* `LocalSender` sends what comes from this program itself, by the same ways; its handle is `Bridge.by_hand`.
* `Listener` is a QTcpServer that hands accepted descriptors over; no QTcpSocket is ever made.
* What happened (a client came, the device went) is an `Event`, announced once per batch by a signal.
  What passed is a tuple in the `Tap`. No signal per chunk, no lock, no formatting, no disk.
* What can go wrong is a `Problem`: data. Sentences are made in `ui/sentences.py`.

Every queue is bounded; see the table in docs/behaviour.md.
"""
