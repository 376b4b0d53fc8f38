"""Driver, CUDA and architecture rules as tables and values; nothing here touches the machine.

A machine becomes a `Recording` (what each probe was answered), a recording becomes `Facts` (the parsed values),
and everything else judges facts: the gate before a start, the checks of the diagnosis. A snapshot saved on another
machine and a test's fixture are recordings like any other, so they go through the very same code.
"""
