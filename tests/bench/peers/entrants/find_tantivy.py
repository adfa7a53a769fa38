"""tantivy by tantivy-py: its default tokenizer, bm25, a commit for a thousand stories."""

from itertools import batched

import tantivy
from asking import answer, on_disk


class Tantivy:
    def __init__(self, folder):
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True, indexed=True)
        for name in ("title", "text"):
            builder.add_text_field(name, stored=True)
        self.folder = folder / "index"
        self.folder.mkdir()
        self.index = tantivy.Index(builder.build(), path=str(self.folder))

    def add(self, stories):
        writer = self.index.writer(num_threads=1)
        for batch in batched(stories, 1000):
            for one in batch:
                writer.add_document(tantivy.Document(id=one["id"], title=one["title"], text=one["text"]))
            writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def size(self):
        return on_disk(self.folder)

    def find(self, words, *, phrase):
        asked = f'"{" ".join(words)}"' if phrase else " ".join(f'"{word}"' for word in words)
        query = self.index.parse_query(asked, ["title", "text"], conjunction_by_default=True)
        return [self.searcher.doc(place)["id"][0] for _, place in self.searcher.search(query, 10).hits]


answer(Tantivy)
