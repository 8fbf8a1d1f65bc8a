"""What a view needs to be a page: this folder's scripts and styles, and `save`, for a page of its own."""

from __future__ import annotations

from functools import cache
from html import escape
from os import PathLike
from pathlib import Path

from course_utils.files import write_atomically

# Views take their colours from JupyterLab's variables: here they get those of a light or a dark page.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --jp-layout-color0: #fff; --jp-content-font-color1: #1a1a1a;
  --jp-border-color1: #bdbdbd; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --jp-layout-color0: #111; --jp-content-font-color1: #f0f0f0; --jp-border-color1: #777; }}
}}
body {{ max-width: 960px; margin: 24px auto; padding: 0 16px; font-family: system-ui, sans-serif;
  background: var(--jp-layout-color0); color: var(--jp-content-font-color1); }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


class Shareable:
    """Something that shows itself as HTML without a kernel, and can be saved as a single page."""

    def _repr_html_(self) -> str:
        raise NotImplementedError

    def _title(self) -> str:
        return repr(self).splitlines()[0].strip("()")

    def save(self, path: str | PathLike[str]) -> None:
        """Write a page to share: one file, which moves in any browser, with no kernel and no network.

        Raises ValueError if the name does not end in ``.html``, OSError if the file can't be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f'browsers open files that end in .html: write save("{path.stem}.html")')
        page = _PAGE.format(title=escape(self._title()), body=self._repr_html_())
        write_atomically(path, page.encode())


@cache
def asset(name: str) -> str:
    """Return a file of this folder without its indentation and its lines of comments."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    lines = map(str.strip, text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
