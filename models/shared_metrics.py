"""Where the workers of a server count together."""

import contextlib
import os
import tempfile
from pathlib import Path

from models.private_files import make_folder
from models.settings import ConfigurationError, load_settings
from watching.sharing import keep_sharing, share


def share_metrics() -> None:
    """Have several workers count together. Faults of the settings are reported later."""
    if keep_sharing():
        return
    with contextlib.suppress(ConfigurationError):
        settings = load_settings()
        if settings.workers > 1:
            try:
                make_folder(settings.data_dir / "metrics")  # the first that is made in DATA_DIR, and private like all
                share(settings.data_dir / "metrics")
            except OSError:
                share(Path(tempfile.gettempdir()) / f"careergraph-metrics-{os.getuid()}")
