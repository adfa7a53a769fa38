"""Read all golden pages again and show what has become different: what a change of a rule does.

    make rerun              show it; ends with 1 when anything differs
    make rerun WRITE=1      take it as what must be (look at the diff first)

A new page needs a NAME.json beside it with `agency` (a key, or a table as in an agency's file) and `url`; the rest is
written by WRITE=1 and read by a person.
"""

import sys

from tests.pages.golden import difference, made, name, pages, written


def main(*, write: bool) -> int:
    """Print the differences of all pages; return how the process should end."""
    changed = 0
    for page in pages():
        lines = list(difference(page))
        changed += bool(lines)
        print(*lines, sep="\n", end="\n" if lines else "")
        if lines and write:
            page.with_suffix(".json").write_text(written(made(page)), "utf-8")
            print(f"{name(page)}: written", file=sys.stderr)
    print(f"{len(pages())} pages, {changed} different", file=sys.stderr)
    return 1 if changed and not write else 0


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv))
