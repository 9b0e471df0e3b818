"""Sub-commands of ``python -m training``, a module a subject; what they do is in the modules that they call."""
