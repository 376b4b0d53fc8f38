"""Push each package as soon as it is built, beside the build: a cache that breaks costs nothing that was built.

Spack's own autopush is part of an install: where it fails, the package fails, and the hours that it took are lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Thread

from sygaldry.flows.env.cache.mirrors import mirrors_of
from sygaldry.flows.env.environment import Environment
from sygaldry.flows.env.gpg_agent import stop_gpg_agent
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.flows.env.spack import without_aws_cli
from sygaldry.flows.env.store import install_tree, load_database
from sygaldry.host import files
from sygaldry.host.process_group import StopSignal
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import SygaldryError
from sygaldry.model.json_text import parse_json
from sygaldry.spack import commands
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.database import PATH, Installed
from sygaldry.spack.mirrors import Mirror

_PERIOD_S = 1.0
_PATIENCE_S = 8.0  # what an engine leaves us before it kills


@dataclass
class Pusher:
    """What is pushed where; `work` runs in a thread of its own."""

    context: BuildContext
    spack: commands.Spack
    mirror: Mirror
    run: Callable[[Command], Completed]
    report_progress: Callable[[str], None]
    pushed: set[str] = field(default_factory=set)
    failed: str = ""
    ending: Event = field(default_factory=Event)
    stamp: tuple[int, int] = (0, 0)

    def work(self) -> None:
        """Look every second for what was built."""
        while not self.ending.wait(_PERIOD_S):
            if self._is_changed():
                self.push_new()

    def push_new(self) -> None:
        """Push what is installed, was built here and is not in the cache; a failure is reported once and retried."""
        try:
            keys = self._new()
        except SygaldryError:  # Spack writes its database at this moment
            return
        if not keys:
            return
        done = self.run(self._push(keys))
        if done.ok:
            self._publish_keys()
            self.pushed |= set(keys)
            self.failed = ""
        else:
            if not self.failed:
                self.report_progress(
                    f"{self.mirror.name}: {len(keys)} packages could not be pushed; they are tried again"
                )
            self.failed = commands.failure(done, f"not pushed to {self.mirror.name}").problem

    def finish(self) -> None:
        """Push the rest, update the index, and report what could not be pushed."""
        self.push_new()
        if self.pushed or self._query_result.unindexed:
            done = self.run(commands.update_index(self.spack, str(self.context.environment.folder), self.mirror.name))
            if not done.ok:
                self.report_progress(f"the index of {self.mirror.name} could not be updated: {done.last_line}")
        if self.failed:
            self.report_progress(
                f"{self.failed}; the next build tries again, or type: "
                f"sygaldry env cache push {self.context.environment.argument} --to {self.mirror.name}"
            )

    @property
    def _query_result(self) -> Hits:
        """What the mirror had before the build; empty where it was not queried."""
        found = (each for each in self.context.caches if each.mirror == self.mirror)
        return next(found, Hits(self.mirror))

    def _push(self, keys: list[str]) -> Command:
        folder, signed = str(self.context.environment.folder), self.mirror.checks_signatures
        return commands.push(self.spack, folder, self.mirror.name, keys, signed=signed, index=False)

    def _publish_keys(self) -> None:
        if self.mirror.checks_signatures and not self.pushed:
            self.run(commands.publish_keys(self.spack, str(self.context.environment.folder), self.mirror.name))

    def _new(self) -> list[str]:
        has = self._query_result.hashes
        database = load_database(self.context.environment, self.context.store)
        left = [node.hash for node in self.context.environment.lock.to_install if node.hash in database]
        return [key for key in left if key not in self.pushed | has and self._was_built(database[key])]

    def _was_built(self, installed: Installed) -> bool:
        """Whether it was built here, now or by an earlier build that could not push it."""
        path = self.context.store.locate(installed.path) / ".spack" / "install_times.json"
        try:
            return not parse_json(files.read_if_there(path) or "{}").get("cache", True)
        except (ValueError, SygaldryError):
            return False

    def _is_changed(self) -> bool:
        try:
            status = (install_tree(self.context.environment, self.context.store) / PATH).stat()
        except OSError:
            return False
        before, self.stamp = self.stamp, (status.st_mtime_ns, status.st_size)
        return before != self.stamp


def without_autopush(environment: Environment, spack: commands.Spack) -> commands.Spack:
    """Disable Spack's own autopush: packages are pushed beside the build."""
    pushed_to = (each for each in mirrors_of(environment) if each.autopush and each.name not in spack.without)
    return replace(spack, quiet={each.name: each.top_url for each in pushed_to})


@contextmanager
def push_during_build(
    context: BuildContext,
    spack: commands.Spack,
    run: Callable[[Command], Completed],
    report_progress: Callable[[str], None],
) -> Iterator[None]:
    """Push during the build and the rest at its end, unless the build is stopped."""
    wanted = [each for each in mirrors_of(context.environment) if each.autopush and each.binary]
    wanted = [each for each in wanted if each.name not in spack.without]
    pushers = [
        Pusher(context, without_aws_cli(spack, each, context.store), each, run, report_progress) for each in wanted
    ]
    threads = [Thread(target=each.work, daemon=True) for each in pushers]
    for thread in threads:
        thread.start()
    is_stopped = False
    try:
        yield
    except (StopSignal, KeyboardInterrupt):
        is_stopped = True
        raise
    finally:
        for pusher, thread in zip(pushers, threads, strict=True):
            pusher.ending.set()
            thread.join(_PATIENCE_S if is_stopped else None)
            if not is_stopped:
                pusher.finish()
        if any(each.checks_signatures for each in wanted):
            stop_gpg_agent(spack, run)
