"""The window: widgets over the engine. It never imports serial, socket or selectors.

* `MainWindow` holds the sidebar and one `BridgePage` a bridge.
* `Workspace` is the list of `Session`s; a `Session` is a saved profile with its Bridge, its TrafficLog and
  the feed between them. These two are no widgets: everything the window can do, they can.
* What happened becomes a sentence in `sentences.py`, nowhere else.
"""
