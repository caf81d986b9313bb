"""The reference of the command line, from the commands' own help."""

import click

from floorgraph.cli import main
from floorgraph.simulators.__main__ import main as simulate
from scripts.docs.blocks import on_one_line, table


def commands() -> dict[str, click.Command]:
    """Every command that does something, by its whole name."""
    found: dict[str, click.Command] = {}

    def walk(name: str, command: click.Command) -> None:
        if isinstance(command, click.Group):
            for word, inner in command.commands.items():
                walk(f"{name} {word}", inner)
        else:
            # `simulate` hands everything on to a program of its own.
            found[name] = simulate if name == "floorgraph simulate" else command

    walk("floorgraph", main)
    return found


def overview(page: str) -> str:
    """One line per command; `page` is where the reference stands, when not on the same page."""
    rows = [
        (f"[`{name}`]({page}#{anchor(name)})", on_one_line(command.get_short_help_str(200)))
        for name, command in commands().items()
    ]
    return table(("command", "what it does"), rows)


def reference(_words: str) -> str:
    """A section per command."""
    return "\n\n".join(section(name, command) for name, command in commands().items())


def section(name: str, command: click.Command) -> str:
    """What a command does, its arguments and its options."""
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    paragraphs = [on_one_line(part) for part in (command.help or "").split("\n\n")]
    rows = [
        (f"`{', '.join(option.opts + option.secondary_opts)}{value(option)}`", on_one_line(described(option)))
        for option in command.params
        if isinstance(option, click.Option)
    ]
    parts = [f"## {name}", f"```text\n{usage}\n```", *paragraphs]
    return "\n\n".join([*parts, table(("option", "meaning"), rows)] if rows else parts)


def value(option: click.Option) -> str:
    """The word for the option's value; nothing for a flag."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        # Choices stand in a cell of a table.
        return " " + " or ".join(option.type.choices)
    return " " + option.type.name.upper().partition(" ")[0]


def described(option: click.Option) -> str:
    """An option's help, with its default where that says something."""
    text = option.help or ""
    shown = option.show_default and option.default not in (None, False)
    return f"{text} Default: `{option.default}`." if shown else text


def anchor(heading: str) -> str:
    """The anchor that a heading gets."""
    return heading.lower().replace(" ", "-")
