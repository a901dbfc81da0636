"""The command that brings labelled texts in."""

import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from onecity.domains.opinion.models import TrainingText

pytestmark = pytest.mark.django_db


def test_table_is_read_by_its_columns_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8-sig") as file:
        file.write("label,review\n1,很好\n0,很差\n2,难说\n")
    call_command("load_opinion_texts", path, kind="mood", text="review", map=["1=positive", "0=negative"])
    rows = TrainingText.objects.order_by("label").values_list("corpus", "text", "label")
    assert list(rows) == [("reviews", "很差", "negative"), ("reviews", "很好", "positive")]


def test_labels_are_taken_as_they_are_without_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("text,level1\n井盖坏了,城乡建设\n", encoding="utf-8")
    call_command("load_opinion_texts", path, kind="topic", label="level1", corpus="来信")
    assert TrainingText.objects.get().label == "城乡建设"


def test_one_label_may_hold_for_all_lines(tmp_path: Path) -> None:
    path = tmp_path / "good.txt"
    path.write_text("很好\n不错\n\n", encoding="utf-8")
    call_command("load_opinion_texts", path, kind="mood", all="positive")
    assert TrainingText.objects.filter(label="positive").count() == 2


@pytest.mark.parametrize("options", [{"map": ["1"]}, {"text": "words"}])
def test_wrong_options_are_told(tmp_path: Path, options: dict[str, object]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\n好,1\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_opinion_texts", path, kind="mood", **options)
