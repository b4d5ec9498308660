"""Turn an edition into a message: Jinja2, MJML, inlined CSS, wrapped lines, merge tags.

Start at `message.render`. Everything below it takes text and gives text; only `templates` reads
files.
"""
