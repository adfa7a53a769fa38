"""`bayegan completion`: what lets a shell complete commands, options and agencies."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what lets a SHELL complete commands, options, choices and agencies.

    \b
    Examples:
      bayegan completion bash > ~/.local/share/bash-completion/completions/bayegan
      bayegan completion zsh > ~/.zfunc/_bayegan        (a folder of $fpath)
      bayegan completion fish > ~/.config/fish/completions/bayegan.fish
    """  # noqa: D301 - \b keeps Click from filling the lines
    kind = get_completion_class(shell)
    if kind is None:  # pragma: no cover - Click knows all three
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "bayegan", "_BAYEGAN_COMPLETE").source())
