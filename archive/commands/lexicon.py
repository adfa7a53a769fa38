"""`bayegan lexicon`: learn words from the stories that came in, for --lemmas and --tidy."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.commands.terminal import Session, archive_option, echo_json, json_option
from archive.lexicon import learn
from archive.store import open_store


@click.command("lexicon")
@archive_option
@json_option
@click.pass_obj
def command(session: Session, archive: Path | None, *, as_json: bool) -> None:
    """Learn words from the stories that came in since the last time.

    Noted are the lemma of each form («گفت» of «می‌گوید», by hazm), for `bayegan search --lemmas` and `lemma:`, and how
    often each word is printed with half-spaces and without, for `bayegan show --tidy`. Nothing else needs it. Holds the
    writer's lock, so run it between crawls.

    \b
    Example:
      bayegan lexicon
    """  # noqa: D301 - \b keeps Click from filling the lines
    # hazm takes seconds to load; only who asks for it waits.
    from archive.text.lemmas import lemma  # noqa: PLC0415

    with open_store(session.file(archive)) as store:
        learnt = learn(store.conn, lemma)
    if as_json:
        echo_json(asdict(learnt))
    else:
        click.echo(f"{learnt.stories:,} stories read: {learnt.lemmas:,} lemmas, {learnt.printings:,} printings learnt")
