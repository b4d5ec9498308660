"""The Markdown of blogs becomes the blocks of a story: `body.read` is the way in. Pure.

What a mail cannot show (shortcodes, comments, raw HTML, pictures of this machine) is rewritten or
left out, and named.
"""
