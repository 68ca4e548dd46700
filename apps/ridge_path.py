"""One scene by itself, for ``panel serve apps/ridge_path.py``."""

import explorer

explorer.page("ridge/path").servable()
