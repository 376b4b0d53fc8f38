"""Every verb with the words that are typed for it: for the reference pages and the contract tests."""

from types import ModuleType

from sygaldry import cli, discovery
from sygaldry.model.verb import Verb


def every_verb(package: ModuleType = cli, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Verb]:
    """Map the words of each verb to the verb; imports all of them."""
    verbs: dict[tuple[str, ...], Verb] = {}
    for name in discovery.names(package):
        module = discovery.load(package, name)
        words = (*path, name)
        verbs |= every_verb(module, words) if hasattr(module, "__path__") else {words: module.VERB}
    return verbs


def every_group(package: ModuleType = cli, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], ModuleType]:
    """Map the words of each group of verbs to its package; the command line itself has no words."""
    groups = {path: package}
    for name in discovery.names(package):
        module = discovery.load(package, name)
        if hasattr(module, "__path__"):
            groups |= every_group(module, (*path, name))
    return groups
