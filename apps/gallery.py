"""The gallery, for ``panel serve apps/*.py``: every scene has a file beside this one."""

from explorer.dashboard import gallery

gallery.build(address=lambda name: "./" + name.replace("/", "_")).servable()
