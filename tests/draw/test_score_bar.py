"""The score as a stacked bar: by its spec."""

from dashboard.draw.score_bar import Part, Titles, bar, legend

PARTS = [Part("距离", 800, "100 x 8"), Part("{{ 7*7 }}", 300, "100 x 3"), Part("负荷", 0, "0 x 3")]
TITLES = Titles("项目", "小计", "得分")


def test_the_bar_holds_every_term_on_the_scale_of_the_highest_score() -> None:
    spec = bar(PARTS, 3000, TITLES).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [(row["term"], row["value"]) for row in rows] == [("距离", 800), ("{{ 7*7 }}", 300), ("负荷", 0)]
    assert spec["encoding"]["x"]["scale"]["domain"] == [0, 3000]
    assert spec["encoding"]["x"]["stack"] == "zero"
    assert spec["encoding"]["order"]["field"] == "order"


def test_a_term_has_one_colour_in_every_bar_and_in_the_legend() -> None:
    labels = [part.label for part in PARTS]
    in_bar = bar(PARTS, 3000, TITLES).to_dict()["encoding"]["color"]["scale"]
    in_legend = legend(labels).to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert in_bar == in_legend
    assert in_bar["domain"] == labels and len(set(in_bar["range"])) == len(labels)


def test_ten_terms_have_ten_colours() -> None:
    labels = [f"t{number}" for number in range(10)]
    scale = legend(labels).to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert len(set(scale["range"])) == 10


def test_no_frame_is_drawn() -> None:
    assert bar(PARTS, 3000, TITLES).to_dict()["config"]["view"]["stroke"] is None
