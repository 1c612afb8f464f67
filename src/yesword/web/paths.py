"""Where the web's own files lie."""

from pathlib import Path
from typing import Final

WEB_FOLDER: Final = Path(__file__).parent
STATIC_FOLDER: Final = WEB_FOLDER / "static"  # granian mounts it at /static
TEMPLATE_FOLDER: Final = WEB_FOLDER / "templates"
LOCALE_FOLDER: Final = WEB_FOLDER / "locale"
