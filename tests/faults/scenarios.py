"""All scenarios, in the order of the table."""

from tests.faults import (
    broken,
    clock,
    clusters,
    disk,
    dns,
    fuzz,
    hostile,
    io_errors,
    kill,
    migration,
    network,
    power,
    reader,
    soak,
    together,
)
from tests.faults.row import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    kill.kill_daemon_or_child,
    kill.kill_import,
    clusters.kill_import_of_copies,
    power.power_lost,
    io_errors.io_errors,
    disk.disk_full,
    clock.clock_set,
    network.network_cut,
    dns.dns_poisoned,
    together.two_writers,
    together.all_at_once,
    migration.migration_killed,
    broken.settings_broken,
    broken.archive_of_the_future,
    reader.reader_never_leaves,
    hostile.hostile_server,
    fuzz.fuzz_mutated,
    fuzz.fuzz_guided,
    soak.soak,
)
