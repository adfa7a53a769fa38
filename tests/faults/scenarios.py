"""All scenarios, in the order of the table."""

from tests.faults import clock, disk, dns, fuzz, hostile, io_errors, kill, network, power, soak
from tests.faults.row import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    kill.kill_daemon_or_child,
    kill.kill_import,
    power.power_lost,
    io_errors.io_errors,
    disk.disk_full,
    clock.clock_set,
    network.network_cut,
    dns.dns_poisoned,
    hostile.hostile_server,
    fuzz.fuzz_mutated,
    fuzz.fuzz_guided,
    soak.soak,
)
