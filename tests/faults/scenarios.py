"""All scenarios, in the order of the table."""

from tests.faults import kill
from tests.faults.row import Scenario

SCENARIOS: tuple[Scenario, ...] = (kill.kill_daemon_or_child, kill.kill_import)
