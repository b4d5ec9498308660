"""HTML of strangers, read as a browser reads it: a tree, its blocks of text, and a page's story."""

from newsletter.content.html.blocks import Block, Kind
from newsletter.content.html.text import Text, read

__all__ = ["Block", "Kind", "Text", "read"]
