"""The gallery, for ``panel serve apps/gallery.py``."""

from explorer.dashboard import gallery

gallery.build().servable()
