"""HoloViews numbers the options of elements in one register for the whole process: one thread draws at a time."""

import threading

DRAWING = threading.RLock()
