"""Repair of JSON that CWork writes by hand from strings. Pure, linear in the length of the text.

Eleven bodies in the vendor's own document do not parse; the same faults can
be met live. What is mended, and what each repair is called:

| fault | repair |
|---|---|
| `[1, 2, ]` | `surplus comma` |
| `"Phone": ,` | `empty value` |
| `"Folder": "jobs\\"` and `"a\\sub"` | `lone backslash` |
| line breaks and tabs inside strings | `control character` |
| `{ { ... } }`, `... }}` | `surplus bracket` |
| `// text` | `comment` |
| `"Mode": override`, `NaN`, `007` | `bare word` |
| `true sss}` and letters after the end | `stray text` |

Missing quotes, missing brackets and missing commas are not guessed: such a
text is given back as it is.
"""

import re
from dataclasses import dataclass, field
from typing import Final

import msgspec

from floorgraph.vendors.jsontext import NotJson, strict

_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"//[^\r\n]*")
_WORD = re.compile(r'(?:(?!//)[^\s{}\[\],:"])+')
_TEXT = re.compile(r'(?:(?!//)[^\s{}\[\],:"])+(?:[ \t]+(?:(?!//)[^\s{}\[\],:"])+)*')
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NOTHING: Final = frozenset({"nan", "infinity", "-infinity", "inf", "-inf", "undefined", "none"})
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_ENDS_STRING = re.compile(
    r'"[ \t\r\n]*(?:,[ \t\r\n]*"[^"\\\n]{0,100}"[ \t\r\n]*[:,\]]|[}\]][ \t\r\n]*(?:[,}\]]|$|//))'
    r'|"[ \t]*,[ \t]*[\r\n]'
)
"""What follows a backslash that was meant as a character, not as the escape of the quote after it."""


class _Hopeless(Exception):
    """The text cannot be mended without guessing."""


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    """Mend a text: the JSON and the names of the repairs, each once, in order of their first use.

    A text that is valid JSON, or that cannot be mended, is given back as it is with no names.
    """
    try:
        strict(text)
    except NotJson:
        pass
    else:
        return text, ()
    mender = _Mender(text)
    try:
        mended = mender.run()
    except _Hopeless:
        return text, ()
    return (mended, tuple(mender.repairs)) if mender.repairs else (text, ())


@dataclass(slots=True)
class _Mender:
    """Reads the text token by token and writes valid JSON.

    `awaits` says what may come next: `value`, `key`, `colon`, `comma`, or
    nothing more (`end`). A comma is written only when something follows it.
    """

    text: str
    at: int = 0
    awaits: str = "value"
    comma: bool = False
    """A comma was read and not written yet."""
    fresh: bool = False
    """The innermost bracket holds nothing yet."""
    surplus: int = 0
    """Doubled opening brackets that were left out."""
    open: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    repairs: dict[str, None] = field(default_factory=dict)

    def run(self) -> str:
        """The mended text. Raises `_Hopeless`."""
        while self._skip_blanks():
            mark = self.text[self.at]
            if mark == '"':
                self._string()
            elif mark in "{[":
                self._opening(mark)
            elif mark in "}]":
                self._closing(mark)
            elif mark == ",":
                self._comma()
            elif mark == ":":
                self._colon()
            else:
                self._word()
        if self.awaits != "end":
            raise _Hopeless
        return "".join(self.written)

    def _skip_blanks(self) -> bool:
        while True:
            self.at = _end(_BLANK, self.text, self.at)
            comment = _COMMENT.match(self.text, self.at)
            if comment is None:
                return self.at < len(self.text)
            self._note("comment")
            self.at = comment.end()

    def _string(self) -> None:
        if self.awaits not in ("value", "key"):
            raise _Hopeless
        self._write(self._read_string(), "colon" if self.awaits == "key" else self._after_value())

    def _read_string(self) -> str:
        pieces, self.at = ['"'], self.at + 1
        while True:
            plain = _end(_PLAIN, self.text, self.at)
            pieces.append(self.text[self.at : plain])
            self.at = plain
            mark = self.text[plain : plain + 1]
            if not mark:
                raise _Hopeless
            if mark == '"':
                self.at += 1
                return "".join((*pieces, '"'))
            pieces.append(self._escape() if mark == "\\" else self._control(mark))

    def _escape(self) -> str:
        escape = _ESCAPE.match(self.text, self.at)
        quote = self.text.startswith('\\"', self.at)
        if escape is not None and not (quote and _ENDS_STRING.match(self.text, self.at + 1)):
            self.at = escape.end()
            return escape.group()
        self._note("lone backslash")
        self.at += 1
        return "\\\\"

    def _control(self, mark: str) -> str:
        self._note("control character")
        self.at += 1
        return f"\\u{ord(mark):04x}"

    def _opening(self, mark: str) -> None:
        self.at += 1
        if self.awaits == "key" and mark == "{" and self.fresh:
            self._note("surplus bracket")
            self.surplus += 1
            return
        if self.awaits != "value":
            raise _Hopeless
        self._write(mark, "key" if mark == "{" else "value")
        self.open.append(mark)
        self.fresh = True

    def _closing(self, mark: str) -> None:
        self.at += 1
        if self.awaits == "end":
            self._note("surplus bracket")
            return
        if not self.open or self.open[-1] + mark not in ("{}", "[]"):
            raise _Hopeless
        if self.awaits == "value" and mark == "}":
            self._empty_value()
        if self.awaits == "colon":
            raise _Hopeless
        if self.comma:
            self._note("surplus comma")
            self.comma = False
        self.open.pop()
        self.written.append(mark)
        self.fresh = False
        self.awaits = self._after_value()

    def _comma(self) -> None:
        self.at += 1
        if self.awaits == "value" and self.open and self.open[-1] == "{":
            self._empty_value()
        if self.awaits == "comma":
            self.comma = True
            self.awaits = "key" if self.open[-1] == "{" else "value"
        elif self.awaits in ("key", "value") and self.open:
            self._note("surplus comma")
        else:
            raise _Hopeless

    def _colon(self) -> None:
        if self.awaits != "colon":
            raise _Hopeless
        self.at += 1
        self.written.append(":")
        self.awaits = "value"

    def _word(self) -> None:
        word = _WORD.match(self.text, self.at)
        if word is None:
            raise _Hopeless
        if self.awaits == "value":
            self._bare_value(word)
        elif self.awaits == "key":
            self.at = word.end()
            if not self._next_is(":"):
                raise _Hopeless
            self._note("bare word")
            self._write(_quoted(word.group()), "colon")
        else:
            self._stray(word)

    def _bare_value(self, word: "re.Match[str]") -> None:
        if _LITERAL.fullmatch(word.group()):
            self.at = word.end()
            self._write(word.group(), self._after_value())
            return
        text = _TEXT.match(self.text, self.at)
        if not self.open or text is None:
            raise _Hopeless
        self.at = text.end()
        self._note("bare word")
        nothing = text.group().lower() in _NOTHING
        self._write("null" if nothing else _quoted(text.group()), self._after_value())

    def _stray(self, word: "re.Match[str]") -> None:
        """Letters where nothing may stand are left out only right before a closing bracket or the end."""
        self.at = word.end()
        if self.awaits == "colon" or not (self.awaits == "end" or self._next_is("}", "]")):
            raise _Hopeless
        self._note("stray text")

    def _next_is(self, *marks: str) -> bool:
        self._skip_blanks()
        return self.text.startswith(marks, self.at)

    def _empty_value(self) -> None:
        self._note("empty value")
        self._write("null", self._after_value())

    def _write(self, token: str, awaits: str) -> None:
        if self.comma:
            self.written.append(",")
            self.comma = False
        self.written.append(token)
        self.fresh = False
        self.awaits = awaits

    def _after_value(self) -> str:
        return "comma" if self.open else "end"

    def _note(self, name: str) -> None:
        self.repairs[name] = None


def _end(pattern: "re.Pattern[str]", text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
