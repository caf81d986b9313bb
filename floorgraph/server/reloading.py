"""Takes up a changed configuration while the server runs: nobody who is not concerned notices.

All or nothing up to the point where the first source is touched: a
configuration that is wrong, or a source that cannot be made of it, leaves
everything as it is. Should anything go wrong later, then the next time does
what is left to do.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from floorgraph.logs import configure_logs
from floorgraph.server import service
from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.door import Door
from floorgraph.server.metrics.meter import Meter
from floorgraph.settings import ConfigurationError, Settings
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.source_settings import SourceSettings
from subscriptions.engine import Engine

log = structlog.get_logger("floorgraph.server")

TAKEN_UP: Final = frozenset({"anonymous_role", "introspection", "log_format", "log_level"})
"""Keys of `[server]` that take effect at once; changes of others wait for a restart."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be done to the sources. Pure."""

    removed: tuple[str, ...] = ()
    changed: tuple[SourceSettings, ...] = ()
    added: tuple[SourceSettings, ...] = ()
    """New ones, and those whose key now stands for another vendor's server; these are among `removed` too."""
    waiting: tuple[str, ...] = ()
    """Keys of the configuration whose change waits for a restart."""


def difference(before: Settings, after: Settings) -> Difference:
    """What has to be done so that the server runs by another configuration."""
    old = {source.key: source for source in before.sources}
    new = {source.key: source for source in after.sources}
    other = {key for key in old.keys() & new.keys() if old[key].vendor != new[key].vendor}
    return Difference(
        removed=tuple(key for key in old if key not in new or key in other),
        changed=tuple(new[key] for key in new if key in old and key not in other and new[key] != old[key]),
        added=tuple(new[key] for key in new if key not in old or key in other),
        waiting=tuple(_waiting(before, after)),
    )


def _waiting(before: Settings, after: Settings) -> list[str]:
    server = type(before.server).model_fields.keys() - TAKEN_UP
    changed = {
        f"server.{name}" for name in server if getattr(before.server, name) != getattr(after.server, name)
    }
    changed |= {name for name in ("limits", "telemetry") if getattr(before, name) != getattr(after, name)}
    return sorted(changed)


@dataclass(slots=True)
class Reloader:
    """Reads the configuration again when asked to. `run` is owned by the app."""

    settings: Settings
    """The configuration in use."""
    floor: Floor
    engine: Engine
    door: Door
    documents: TrustedDocuments
    meter: Meter
    read: Callable[[], Settings] | None = None
    """Reads the configuration; raises `ConfigurationError`. None where there is nothing to read again."""
    verbose: bool = False
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self) -> None:
        """Read the configuration again, soon; may be called by a handler of signals in the event loop."""
        self._asked.set()

    async def run(self) -> None:
        """Reload whenever asked, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            service.reloading()
            taken_up = await self.reload()
            self.meter.reloads.labels("taken_up" if taken_up else "refused").inc()
            service.ready()

    async def reload(self) -> bool:
        """Read the configuration and go by it; False, and nothing is changed, when it cannot be."""
        if self.read is None:
            log.warning("configuration not read again", reason="the server was started without a file")
            return False
        try:
            settings = await asyncio.to_thread(self.read)
            return await self._take_up(settings)
        except ConfigurationError as wrong:
            # What is wrong is in the file, so a traceback would only hide it.
            log.error("configuration refused; the former one stays", problems=wrong.problems)  # noqa: TRY400
        except Exception:
            log.exception("configuration not taken up")
        return False

    async def _take_up(self, settings: Settings) -> bool:
        found = difference(self.settings, settings)
        made: list[Source] = []
        try:
            made += (settings.source(one) for one in (*found.changed, *found.added))
            documents = await asyncio.to_thread(TrustedDocuments, settings.documents)
            await self.door.renew(settings)
        except (ConfigurationError, ValueError) as error:
            await asyncio.gather(*(source.close() for source in made))
            problems = getattr(error, "problems", [str(error)])
            raise ConfigurationError(problems) from error
        self.documents.become(documents)
        await self._exchange(found.removed, made, settings)
        self.settings = settings
        self.floor.arrange([source.key for source in settings.sources])
        server = settings.server
        configure_logs(verbose=self.verbose, form=server.log_format, level=server.log_level)
        self.meter.loaded.set_to_current_time()
        _tell(found)
        return True

    async def _exchange(self, removed: Sequence[str], made: Sequence[Source], settings: Settings) -> None:
        """Go by the sources of other settings. Wherever that ends, it is known which ones go by which."""
        wanted = {source.key: source for source in settings.sources}
        in_use = {source.key: source for source in self.settings.sources}
        try:
            for key in removed:
                await self.engine.remove_source(key)
                in_use.pop(key)
            for source in made:
                in_use.pop(source.key, None)
                if self.floor.get(source.key) is None:
                    self.engine.add_source(source)
                else:
                    await self.engine.replace_source(source)
                in_use[source.key] = wanted[source.key]
        finally:
            there = (one for key, one in in_use.items() if self.floor.get(key) is not None)
            self.settings = replace(settings, sources=tuple(there))
            left_over = (source for source in made if self.floor.get(source.key) is not source)
            await asyncio.gather(*(source.close() for source in left_over), return_exceptions=True)


def _tell(found: Difference) -> None:
    log.info(
        "configuration taken up",
        added=[source.key for source in found.added],
        changed=[source.key for source in found.changed],
        removed=list(found.removed),
    )
    if found.waiting:
        log.warning("changes wait for a restart", keys=list(found.waiting))
