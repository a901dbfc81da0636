"""Marks Chinese sentences for translation without importing a web framework.

The Chinese text is the message id. `zh("办件")` returns its argument; the message extractor collects it
from declarations, permissions and errors, and the page translates it when it is shown.
"""


def zh(text: str) -> str:
    """Return `text` unchanged; its presence tells the extractor to put it into the catalogues."""
    return text
