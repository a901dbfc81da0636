"""Splink on DuckDB: pairs of records and register entries that agree on some key, each with its probability."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa

from onecity.platform.registers.rules.matching import FIELDS, LEVELS, SAME, Weights

if TYPE_CHECKING:
    from splink import SettingsCreator

_MEMORY: Final = "4GB"
_THREADS: Final = 2
_ALIKE_NAME: Final = 0.85
_ALIKE_ADDRESS: Final = 0.75
_BLOCKS: Final = (("name", "birth_date"), ("name_pinyin", "birth_date"), ("name", "address"), ("birth_date", "address"))
COLUMNS: Final = ("unique_id", "name_pinyin", *FIELDS)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs by record and falling probability: left (record), right (person), probability, and a level per field."""

    table: pa.Table


def score_pairs(records: pa.Table, persons: pa.Table, *, weights: Weights, least: float) -> Pairs:
    """Return all pairs of probability `least` or more. Both tables have `COLUMNS`, texts, null for unknown."""
    con, linker = _linker([records, persons], weights, link_type="link_only")
    return _predicted(con, linker, least=least)


def score_doubles(persons: pa.Table, *, weights: Weights, least: float) -> Pairs:
    """Return pairs within one table that may be the same person; the left key is the smaller one."""
    con, linker = _linker([persons], weights, link_type="dedupe_only")
    return _predicted(con, linker, least=least)


def learn(records: pa.Table, persons: pa.Table, *, prior: Weights) -> Weights:
    """Return weights learned from a delivery: u from random pairs, m by expectation maximisation over two blockings."""
    from splink import block_on  # noqa: PLC0415  # loads slowly, and only workers need it

    _, linker = _linker([records, persons], prior, link_type="link_only")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in (("name", "birth_date"), ("address",)):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    return _learned(linker, prior)


def _linker(tables: list[pa.Table], weights: Weights, *, link_type: str) -> tuple[duckdb.DuckDBPyConnection, Any]:
    from splink import Linker  # noqa: PLC0415  # loads slowly, and only workers need it
    from splink.internals.duckdb.database_api import DuckDBAPI  # noqa: PLC0415

    con = duckdb.connect(config={"threads": _THREADS, "memory_limit": _MEMORY})
    api = DuckDBAPI(connection=con)
    names = ("a_records", "b_persons")  # Splink puts the dataset whose name sorts first on the left
    frames = [api.register(table, dataset_display_name=name) for table, name in zip(tables, names, strict=False)]
    return con, Linker(frames if len(frames) > 1 else frames[0], _settings(weights, link_type), log_level="WARNING")


def _settings(weights: Weights, link_type: str) -> "SettingsCreator":
    import splink.comparison_level_library as cll  # noqa: PLC0415  # loads slowly, and only workers need it
    import splink.comparison_library as cl  # noqa: PLC0415  # loads slowly, and only workers need it
    from splink import SettingsCreator, block_on  # noqa: PLC0415

    kinds: dict[str, Any] = {
        "name": cl.CustomComparison(
            output_column_name="name",
            comparison_levels=[
                cll.NullLevel("name"),
                cll.ExactMatchLevel("name"),
                cll.ExactMatchLevel("name_pinyin"),
                cll.JaroWinklerLevel("name", _ALIKE_NAME),
                cll.ElseLevel(),
            ],
        ),
        "birth_date": cl.DamerauLevenshteinAtThresholds("birth_date", [1]),
        "sex_code": cl.ExactMatch("sex_code"),
        "address": cl.JaroWinklerAtThresholds("address", [_ALIKE_ADDRESS]),
        "phone": cl.ExactMatch("phone"),
    }
    comparisons = [
        kind.configure(
            m_probabilities=list(weights.fields[name].m),
            u_probabilities=list(weights.fields[name].u),
        )
        for name, kind in kinds.items()
    ]
    return SettingsCreator(
        link_type=link_type,  # type: ignore[arg-type]  # one of Splink's words
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
        probability_two_random_records_match=weights.prior,
        retain_matching_columns=True,
    )


def _predicted(con: duckdb.DuckDBPyConnection, linker: Any, *, least: float) -> Pairs:
    found = linker.inference.predict(threshold_match_probability=least)
    gammas = ", ".join(f"gamma_{name}" for name in FIELDS)
    rows = con.sql(
        f"SELECT unique_id_l AS record, unique_id_r AS person, match_probability AS probability, {gammas}"
        f" FROM {found.physical_name} ORDER BY record, probability DESC, person"
    )
    return Pairs(rows.to_arrow_table())


def _learned(linker: Any, prior: Weights) -> Weights:
    """Read what was learned from Splink's own description of the model; what was not seen keeps its weight."""
    model = linker.misc.save_model_to_json()
    fields = dict(prior.fields)
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        assert len(levels) == len(LEVELS[name]), SAME
        m = _normal([level.get("m_probability") for level in levels], prior.fields[name].m)
        u = _normal([level.get("u_probability") for level in levels], prior.fields[name].u)
        fields[name] = type(prior.fields[name])(m, u)
    return Weights(fields, prior.prior)


def _normal(learned: list[float | None], before: tuple[float, ...]) -> tuple[float, ...]:
    values = [max(1e-9, value if value is not None else old) for value, old in zip(learned, before, strict=True)]
    return tuple(value / sum(values) for value in values)
