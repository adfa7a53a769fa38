"""Three simulated days of the real plan, ledger, frontier, crawl steps and watch, killed every hour of the second."""

import pytest

from tests.simulation.fortnight import simulate


@pytest.mark.parametrize("scenario", ["quiet", "killed"])
def test_every_story_is_stored_once_and_nothing_is_said_to_be_wrong(tmp_path, scenario):
    seen = simulate(scenario, days=3, count=3, each=60.0, folder=tmp_path)
    assert (seen["missing"], seen["twice"], seen["unexpected"]) == (0, 0, [])
    assert seen["stories"] > 300
    assert (seen["kills"] >= 15) is (scenario == "killed")
