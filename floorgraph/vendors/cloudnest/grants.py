"""Grants: which endpoints can be asked, and why the others cannot. Pure; time is passed in."""

from dataclasses import dataclass, field

from floorgraph.vendors.cloudnest.endpoints import ENDPOINTS, Api
from floorgraph.vendors.cloudnest.failures import NoSuchPath, NotGranted, OrganisationRefused
from floorgraph.vendors.cloudnest.settings import CloudNestSettings
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported

PAUSE = 3600.0
"""Seconds after which a refused endpoint is asked again: permissions are granted by hand, while we run."""
NO_ORGANISATION = (
    "org_code is not configured: CloudNest answers for one team, whose code stands behind its name in "
    'CloudNest\'s "Switch to Team"; set cloudnest = false when only machines are wanted'
)


@dataclass(frozen=True, slots=True)
class _Refusal:
    failure: SourceFailure
    until: float


@dataclass(slots=True)
class Grants:
    """What the configuration allows, less what the gateway refused lately."""

    settings: CloudNestSettings
    _refusals: dict[str, _Refusal] = field(default_factory=dict)

    def lacking(self, name: str) -> str | None:
        """Why an endpoint cannot be asked; None when it can, as far as is known."""
        missing = self._unconfigured(name)
        if missing is not None:
            return missing
        refusal = self._refusals.get(name)
        return None if refusal is None else refusal.failure.detail

    def has(self, name: str) -> bool:
        """Whether an endpoint can be asked, as far as is known."""
        return self.lacking(name) is None

    def may_ask(self, name: str, now: float) -> bool:
        """Whether an endpoint can be asked, or was refused long enough ago to be tried again."""
        refusal = self._refusals.get(name)
        return self._unconfigured(name) is None and (refusal is None or now >= refusal.until)

    def require(self, name: str, now: float) -> None:
        """Raise the failure of an endpoint that cannot be asked now."""
        missing = self._unconfigured(name)
        if missing is not None:
            raise Unsupported(source=self.settings.key, endpoint=name, detail=missing)
        refusal = self._refusals.get(name)
        if refusal is not None and now < refusal.until:
            raise refusal.failure.with_traceback(None)

    def learn(self, name: str, failure: SourceFailure | None, now: float) -> bool:
        """Take note of how a call ended; whether that changed what can be asked."""
        before = self._refusals.get(name)
        if failure is None:
            # Who may call one endpoint of the team has the right team.
            if before is not None:
                del self._refusals[name]
            return before is not None
        if not isinstance(failure, NotGranted | OrganisationRefused | NoSuchPath):
            return False
        self._refusals[name] = _Refusal(failure, now + PAUSE)
        return before is None

    def trouble(self) -> SourceFailure | None:
        """What keeps the source from all that is configured; None when nothing does."""
        if self.settings.cloudnest and self.settings.org_code is None:
            return Forbidden(source=self.settings.key, endpoint="cloudnest", detail=NO_ORGANISATION)
        return next((refusal.failure for refusal in self._refusals.values()), None)

    def _unconfigured(self, name: str) -> str | None:
        endpoint, settings = ENDPOINTS[name], self.settings
        if endpoint.api is Api.IOT and not settings.iot:
            return "iot = false in the configuration"
        if endpoint.api is Api.CLOUDNEST and not settings.cloudnest:
            return "cloudnest = false in the configuration"
        if endpoint.api is Api.CLOUDNEST and settings.org_code is None:
            return NO_ORGANISATION
        if settings.path(name) is None:
            own = settings.endpoints.get(name)
            if own is not None and own.path == "":
                return f"endpoints.{name}.path is empty in the configuration"
            return (
                "its path is not in the vendor's public documentation; set "
                f"endpoints.{name}.path to switch it on"
            )
        return None
