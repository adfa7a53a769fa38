"""Where stories stand: an agency's own hosts, and every address that leads to a story."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from archive.analysis import Analysed
from archive.identity import address, host_of, own


def hosts(conn: sqlite3.Connection, agency: str) -> frozenset[str]:
    """Return the hosts that are known to be an agency's own, as they stand in addresses."""
    row = conn.execute("SELECT hosts FROM agencies WHERE key = ?", (agency,)).fetchone()
    return frozenset(map(host_of, json.loads(row[0]))) if row else frozenset()


def settle(conn: sqlite3.Connection, agency: str, own_hosts: Sequence[str]) -> None:
    """Take the host off every address of an agency that stands on one of its `own_hosts`."""
    for host in own_hosts:
        # Between "host/" and "host0", the next character: a range of the index, where LIKE would read every row.
        place = address(f"https://{host}")
        values = {"agency": agency, "start": f"{place}/", "end": f"{place}0", "length": len(place) + 1}
        here = "agency = :agency AND address >= :start AND address < :end"
        conn.execute(f"UPDATE stories SET address = substr(address, :length) WHERE {here}", values)
        # A link or an address that is known without its host as well stays as it is.
        conn.execute(
            f"UPDATE links SET address = substr(address, :length) WHERE {here}"
            " AND NOT EXISTS (SELECT 1 FROM links other"
            " WHERE other.agency = links.agency AND other.address = substr(links.address, :length))",
            values,
        )
        conn.execute(
            "UPDATE addresses SET address = substr(address, :length) WHERE address >= :start AND address < :end"
            " AND story IN (SELECT id FROM stories WHERE agency = :agency)"
            " AND NOT EXISTS (SELECT 1 FROM addresses other"
            " WHERE other.story = addresses.story AND other.address = substr(addresses.address, :length))",
            values,
        )


def remember(conn: sqlite3.Connection, known: Mapping[str, Any], new: Analysed, own_hosts: Collection[str]) -> None:
    """Note the addresses of a story besides the one in its row: the one it had (in `known`), and its short link."""
    places = {known["address"], own(new.short, own_hosts)} - {new.address or known["address"]}
    conn.executemany(
        "INSERT INTO addresses (story, address) VALUES (?, ?) ON CONFLICT DO NOTHING",
        # A bare host is where broken short links lead: it is no story's.
        [(known["id"], place) for place in sorted(places) if place.partition("/")[2]],
    )
