"""The language of the terminal that a command runs in."""

from __future__ import annotations

import os
from typing import Literal


def terminal_language() -> Literal["zh", "en"]:
    """As the usual variables say it."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"
