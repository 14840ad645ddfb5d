from dashboard.core.matching import candidates
from dashboard.core.matching.policy import DEFAULT
from tests.bench import in_pandas
from tests.bench.county import a_county


def test_the_ranking_is_the_one_written_in_pandas() -> None:
    people, lines = a_county(4000, 40, seed=8)
    frames = in_pandas.frames_of(people)
    eligible = 0
    for row in range(lines.count):
        found, table = candidates.ranked(people, lines, row), in_pandas.ranked(frames, lines, row, DEFAULT)
        eligible += found.eligible
        assert found.id.tolist() == table["id"].tolist()
        assert found.score.tolist() == table["score"].tolist()
        assert found.start.tolist() == table["start"].tolist()
        assert found.points.tolist() == table.iloc[:, 4:].to_numpy().tolist()
    assert eligible > 200
