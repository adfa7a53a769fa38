"""The table of contents: every sub-command by what one wants to do, its module, and the line `bayegan --help` shows."""

# Part -> sub-command -> its module and its line, so that help and completion load none of them.
CONTENTS = {
    "Crawl": {
        "demo": ("scheduler.commands.demo", "Crawl, search and look around an invented wire on this machine."),
        "crawl": ("scheduler.commands.crawl", "Crawl agencies now and store what is new."),
        "run": ("scheduler.commands.run", "Crawl every agency of the settings at its own pace, until stopped."),
        "plan": ("scheduler.commands.plan", "Show when each agency is crawled next, and why then."),
        "status": ("scheduler.commands.status", "Show how each agency does, and what is wrong."),
        "backfill": ("scheduler.commands.backfill", "Walk an agency's archive of past days, fetch what is not stored."),
        "coverage": ("scheduler.commands.coverage", "Show what is stored and missing, by agency and day."),
        "links": ("archive.commands.links", "Show where the links of the frontier stand."),
        "requeue": ("archive.commands.requeue", "Try again the links that were set aside."),
        "agencies": ("crawler.commands.agencies", "List the agencies that can be crawled; add another."),
    },
    "Find and read": {
        "search": ("archive.commands.search", "Find stories, however their words are spelt."),
        "show": ("archive.commands.show", "Show one story as it was printed."),
        "page": ("archive.commands.page", "Print the raw page a story was read from."),
        "alerts": ("archive.commands.alerts", "Save searches and follow what they find as feeds."),
        "browse": ("archive.commands.browse", "Browse the archive in a web browser, with Datasette."),
    },
    "Changes and copies": {
        "log": ("archive.commands.log", "List what was changed and what was taken down."),
        "diff": ("archive.commands.diff", "Show what changed in a story, word by word."),
        "cluster": ("archive.commands.cluster", "Show who ran a story, and what each changed."),
        "compare": ("archive.commands.compare", "Show two stories side by side."),
        "syndication": ("archive.commands.syndication", "Show who takes stories over from whom, and how soon."),
    },
    "Take out and in": {
        "export": ("archive.commands.export", "Write stories out: JSON Lines, CSV, Parquet, Atom, WARC."),
        "import": ("crawler.commands.take_in", "Take in stories from JSON Lines or a WARC file."),
    },
    "Keep and repair": {
        "backup": ("archive.commands.backup", "Copy the archive while it is in use; thin older copies."),
        "restore": ("archive.commands.restore", "Make an archive of a backup, at a new path."),
        "index": ("archive.commands.index", "Make or follow an index in tantivy, for tens of millions of stories."),
        "verify": ("archive.commands.verify", "Prove that every row is what was written."),
        "doctor": ("archive.commands.doctor", "Say what may ail the archive or this machine."),
    },
    "Share among machines": {
        "worker": ("scheduler.commands.worker", "Crawl for an archive that many machines share."),
        "jobs": ("scheduler.commands.jobs", "Ask the workers for a crawl or a back-fill."),
        "migrate": ("archive.commands.migrate", "Copy a whole archive into PostgreSQL, or back."),
    },
    "Read again, by today's rules": {
        "extract": ("crawler.commands.extract", "Show what we make of saved pages."),
        "reprocess": ("crawler.commands.reprocess", "Read the raw pages again."),
        "recluster": ("archive.commands.recluster", "Compare stories anew."),
        "lexicon": ("archive.commands.lexicon", "Learn words from the stories that came in."),
    },
    "Help": {
        "help": ("scheduler.commands.help", "Show a page of the manual, or what a command does."),
        "completion": ("scheduler.commands.completion", "Print what lets a shell complete commands and agencies."),
    },
}
COMMANDS = {name: entry for part in CONTENTS.values() for name, entry in part.items()}
