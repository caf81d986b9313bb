"""Who asks: API tokens, sessions and their ends."""

import base64
import binascii
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

from floorgraph.simulators.authentise.errors import CHALLENGE, VendorError
from floorgraph.simulators.authentise.options import AuthentiseOptions, UserOptions
from floorgraph.simulators.dice import Dice


class Session:
    """A login by password."""

    __slots__ = ("seen", "user")

    def __init__(self, user: UserOptions, seen: float) -> None:
        self.user = user
        self.seen = seen


class Access:
    """Tokens and sessions; outlives what is founded anew."""

    def __init__(self, options: AuthentiseOptions) -> None:
        self._options = options
        self._dice = Dice("access", options.seed)
        self.sessions: dict[str, Session] = {}
        self.tokens: dict[str, tuple[str, UserOptions]] = {
            str(token.uuid): (token.secret, user) for user in options.users for token in user.tokens
        }

    def identify(self, headers: Headers, now: float) -> UserOptions:
        """The user behind a request.

        Raises:
            VendorError: none, with the code that says what is wrong with the credentials.
        """
        authorization = headers.get("authorization")
        if authorization is not None:
            return self._by_token(authorization)
        cookie = session_cookie(headers)
        if cookie is None:
            raise _login_needed(403, "no-credentials-provided", "A session or an API token is needed")
        if not cookie:
            raise _login_needed(403, "empty-session-provided", "The session is empty")
        session = self.sessions.get(cookie)
        if session is None or now - session.seen > self._options.session_minutes * 60:
            self.sessions.pop(cookie, None)
            raise _login_needed(
                self._options.expired_status, "invalid-session-provided", "The session is not valid any more"
            )
        session.seen = now
        return session.user

    def login(self, username: object, password: object, now: float) -> str:
        """The key of a new session.

        Raises:
            VendorError: no such user, or another password.
        """
        for user in self._options.users:
            if user.username == username and user.password == password:
                key = f"{self._number():016x}{self._number():016x}"
                self.sessions[key] = Session(user, now)
                return key
        raise _login_needed(self._options.refused_login, "invalid-credentials", "Wrong user name or password")

    def add_token(self, uuid: str, user: UserOptions) -> str:
        """A new token of a user; returns its secret."""
        secret = f"{self._number():016x}{self._number():016x}"
        self.tokens[uuid] = (secret, user)
        return secret

    def _number(self) -> int:
        return int(self._dice.roll() * (1 << 53))

    def _by_token(self, authorization: str) -> UserOptions:
        scheme, _, encoded = authorization.partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            scheme, pair = "", ""
        if scheme.lower() != "basic" or ":" not in pair:
            raise _login_needed(
                400, "not-well-formed-authorization-header", "The Authorization header is not well formed"
            )
        uuid, _, secret = pair.partition(":")
        known = self.tokens.get(uuid)
        if known is None or known[0] != secret:
            raise _login_needed(403, "invalid-credentials", "The API token is not known")
        return known[1]


def session_cookie(headers: Headers) -> str | None:
    """The session a request names."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    morsel = cookies.get("session")
    return morsel.value if morsel else None


def _login_needed(status: int, code: str, title: str) -> VendorError:
    return VendorError(status, code, title, headers=CHALLENGE)
