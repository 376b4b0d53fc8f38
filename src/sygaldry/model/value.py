"""Frozen values for the launch path, where dataclasses itself is too expensive.

Importing dataclasses costs 20 ms here (it imports inspect) and each class another 1 to 2 ms (it compiles every
method); a launch may add 40 ms in all. Type checkers see the real dataclasses; what runs behaves the same for the
frozen values we make. Packages outside the launch path use dataclasses. See
docs/explanation/decisions/start-up.md.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass, field, fields, replace
else:
    _MISSING = object()

    class _Field:
        def __init__(self, default, factory, compare, metadata):
            self.name = ""
            self.default, self.factory, self.compare, self.metadata = default, factory, compare, metadata or {}

    def field(*, default=_MISSING, default_factory=None, compare=True, metadata=None):
        """Describe a field as dataclasses.field does."""
        return _Field(default, default_factory, compare, metadata)

    def dataclass(*, frozen):
        """Make a class of frozen values, compared and shown by their fields."""
        if not frozen:
            raise TypeError("a value is frozen; use the standard dataclasses for anything else")
        return _made

    def fields(value_or_class):
        """List the fields in the order they were declared."""
        return tuple(value_or_class._fields.values())

    def replace(value, **changes):
        """Return a copy with some fields changed."""
        return type(value)(**{**{name: value.__dict__[name] for name in value._fields}, **changes})

    def _made(cls):
        found = {}
        for base in reversed(cls.__mro__):
            found.update(base.__dict__.get("_fields", {}))
        for name in cls.__dict__.get("__annotations__", {}):
            default = cls.__dict__.get(name, _MISSING)
            each = default if isinstance(default, _Field) else _Field(default, None, True, None)
            each.name = name
            found[name] = each
            if isinstance(default, _Field):
                delattr(cls, name)
        cls._fields = found
        cls._constants = {name: each.default for name, each in found.items() if each.default is not _MISSING}
        cls.__init__, cls.__repr__, cls.__eq__, cls.__hash__ = _init, _repr, _eq, _hash
        cls.__setattr__ = cls.__delattr__ = _frozen
        cls.__match_args__ = tuple(found)
        return cls

    def _init(self, *given, **named):
        known = self._fields
        if len(given) > len(known):
            raise TypeError(f"{type(self).__name__} has {len(known)} fields, not {len(given)}")
        placed = dict(zip(known, given, strict=False))
        if named.keys() - known.keys() or named.keys() & placed.keys():
            name = next(name for name in named if name not in known or name in placed)
            raise TypeError(f"{type(self).__name__}: unexpected or repeated field {name!r}")
        values = {**self._constants, **placed, **named}
        if len(values) < len(known):
            values.update({name: _made_default(self, each) for name, each in known.items() if name not in values})
        self.__dict__.update(values)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def _made_default(self, each):
        if each.factory is None:
            raise TypeError(f"{type(self).__name__} needs {each.name!r}")
        return each.factory()

    def _compared(self):
        return tuple(self.__dict__[name] for name, each in self._fields.items() if each.compare)

    def _eq(self, other):
        return _compared(self) == _compared(other) if type(other) is type(self) else NotImplemented

    def _hash(self):
        return hash(_compared(self))

    def _repr(self):
        return f"{type(self).__qualname__}({', '.join(f'{name}={self.__dict__[name]!r}' for name in self._fields)})"

    def _frozen(self, name, value=None):
        raise AttributeError(f"cannot change {name!r} of a frozen {type(self).__name__}")


__all__ = ["dataclass", "field", "fields", "replace"]
