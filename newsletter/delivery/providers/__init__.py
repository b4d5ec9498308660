"""Who takes the mail: one module or package per provider, found by its name.

Modules that begin with an underscore hold what several providers share.
"""
