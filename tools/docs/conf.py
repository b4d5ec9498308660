"""How Sphinx builds the pages of `docs/`; `tools/docs/site.py` prepares them and calls it."""

project = "A daily news brief"
author = "The people who make it"
root_doc = "index"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 6
myst_links_external_new_tab = False
nitpicky = True
highlight_language = "none"
html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#9b2420",
        "color-brand-content": "#9b2420",
        "color-brand-visited": "#6d2a27",
        "color-background-primary": "#fffefb",
        "color-background-secondary": "#f5f2eb",
        "color-foreground-primary": "#1b1a17",
        "color-foreground-secondary": "#605b51",
        "color-sidebar-link-text--top-level": "#1b1a17",
        "color-highlight-on-target": "#f6e9c9",
        "color-highlighted-background": "#f6e9c9",
    },
    "dark_css_variables": {
        "color-brand-primary": "#ff9f8f",
        "color-brand-content": "#ff9f8f",
        "color-brand-visited": "#dfa9a1",
        "color-background-primary": "#1c1b18",
        "color-background-secondary": "#131210",
        "color-foreground-primary": "#f4f0e7",
        "color-foreground-secondary": "#ada79a",
        "color-sidebar-link-text--top-level": "#f4f0e7",
        "color-highlight-on-target": "#3b2f1c",
        "color-highlighted-background": "#57431f",
    },
}
