"""Imports every file of this room, so that every command and form is registered."""

from importlib import import_module
from pkgutil import iter_modules

import handlers

for _module in iter_modules(handlers.__path__):
    if _module.name != "everything":
        import_module(f"handlers.{_module.name}")
