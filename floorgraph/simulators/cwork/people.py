"""Users, groups and what they may do."""

from dataclasses import dataclass

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.options import CWorkOptions, GroupOptions, UserOptions
from floorgraph.simulators.cwork.request import Ask, Endpoint

RIGHTS = [
    "CanManageTransfertHistory",
    "CanCreateDoc",
    "CanEditDoc",
    "CanModifyProperty",
    "CanProtectDoc",
    "CanArchiveDoc",
    "CanDelDoc",
    "CanDelVersion",
    "CanRenameDoc",
    "CanChangeIndexVer",
    "CanChangeComVer",
    "CanChangeStatusVer",
    "CanCertificatDoc",
    "CanImportDoc",
    "CanExportDoc",
    "CanCreateFolder",
    "CanDeleteFolder",
    "CanRenameFolder",
    "CanCreateAliasFolder",
    "CanModifColName",
    "CanSendDoc",
    "CanCustomSendDoc",
    "CanCopyDoc",
    "CanAliasDoc",
    "CanFusionDoc",
    "CanReceiveDoc",
    "CanCompareDoc",
    "CanChangeCncOpt",
    "CanChangeMainOpt",
    "CanChangePass",
    "CanShowHisto",
    "DoNotShowVer",
    "CanAddDoc",
    "CanShowMaintenance",
    "CanActivDeactivCom",
    "CanChangLang",
    "CanShowTrace",
    "CanRestrictDoc",
    "CanQuitMoteur",
    "CanQuickSave",
    "ReOpenVer",
    "CanManageMoteur",
    "CanRestartMoteur",
    "CanShowSpeChar",
    "CanShowCumul",
    "CanAddHisto",
    "CanDelHisto",
    "CanChangeHisto",
    "CanRedimHisto",
    "CanExportHisto",
    "CanChangeState",
    "CanForceAutoState",
    "CanShowOfOp",
    "CanEditOf",
    "CanAddOf",
    "CanDeleteOf",
    "CanEditOp",
    "CanAddOp",
    "CanDeleteOp",
    "CanAddOpPeriod",
    "CanEditOpPeriod",
    "CanDeleteOpPeriod",
    "CanShowPeriod",
    "CanShowProdOf",
    "CanShowCal",
    "CanEditCal",
    "CanShowReport",
    "CanEditReport",
]
"""The rights of a group in the order of the vendor's document."""

OFF_BY_DEFAULT = {"DoNotShowVer", "CanQuickSave", "ReOpenVer"}


@dataclass(frozen=True, slots=True)
class User:
    """The CWork user on whose behalf a request comes."""

    options: UserOptions
    group: GroupOptions

    def may(self, right: str) -> bool:
        """Whether the group has the right."""
        return right not in self.group.denied

    def sees(self, station: int) -> bool:
        """Whether the group may use the station."""
        return not self.group.stations or station in self.group.stations


class People:
    """The users and groups of the installation."""

    def __init__(self, options: CWorkOptions) -> None:
        self.groups = {group.id: group for group in options.groups}
        self.users = [User(user, self.groups[user.group]) for user in options.users]
        self._by_key = {user.options.api_key: user for user in self.users if user.options.api_key}
        if options.api_key and self.users:
            named = [user for user in self.users if user.options.name == "APIUser"]
            self._by_key[options.api_key] = (named or self.users)[0]

    def with_key(self, key: str) -> User | None:
        """The user this API key belongs to."""
        return self._by_key.get(key)


def list_users(ask: Ask) -> Reply:
    """GET /users: in the document's example without `Login`."""
    without = ("Login",) if "users-without-login" in ask.desk.options.oddities else ()
    return Reply(data=[_user(user, without) for user in ask.desk.people.users])


def get_user(ask: Ask) -> Reply:
    """GET /users/{id}."""
    wanted = ask.handle()
    for user in ask.desk.people.users:
        if user.options.handle == wanted:
            return Reply(data=_user(user))
    raise VendorError(2004)


def list_groups(ask: Ask) -> Reply:
    """GET /groups."""
    return Reply(data={"Groups": [_group(group) for group in ask.desk.people.groups.values()]})


def get_group(ask: Ask) -> Reply:
    """GET /groups/{id}: the list's envelope, with one group."""
    group = ask.desk.people.groups.get(ask.handle())
    if group is None:
        raise VendorError(2004)
    return Reply(data={"Groups": [_group(group)]})


def _user(user: User, without: tuple[str, ...] = ()) -> dict[str, object]:
    options = user.options
    payload = {
        "Handle": options.handle,
        "Login": options.login or options.name,
        "Name": options.name,
        "Mail": options.mail,
        "Phone": options.phone,
        "Group": user.group.name,
        "GroupID": user.group.id,
        "Visible": options.visible,
    }
    return {name: value for name, value in payload.items() if name not in without}


def _group(group: GroupOptions) -> dict[str, str]:
    """All values are strings; the form of the lists inside is not documented."""
    rights = {right: "0" if right in group.denied or right in OFF_BY_DEFAULT else "1" for right in RIGHTS}
    return {
        "GroupId": str(group.id),
        "GroupName": group.name,
        **rights,
        "ScenarioName": group.scenario,
        "StatusFilter": "",
        "StatusCanChange": ";".join(group.statuses),
        "StationAllow": ";".join(map(str, group.stations)),
        "StatusNotCertif": "",
        "UseCwo": "1",
        "UseCti": "1",
    }


ENDPOINTS = (
    Endpoint("GET", "/users", 10, "any", list_users),
    Endpoint("GET", "/users/{id}", 10, "any", get_user),
    Endpoint("GET", "/groups", 10, "any", list_groups),
    Endpoint("GET", "/groups/{id}", 10, "any", get_group),
)
