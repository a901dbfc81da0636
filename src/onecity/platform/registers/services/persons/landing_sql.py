"""The statements by which blocks of persons land. Identifiers come to them hashed or sealed, never in clear."""

from collections.abc import Iterable
from typing import Final

STAGED: Final = (
    "name",
    "name_pinyin",
    "sex_code",
    "birth_date",
    "ethnicity_code",
    "nationality_code",
    "education_code",
    "marital_code",
    "phone_hashed",
    "relation_code",
    "registered_division",
    "registered_text",
    "living_division",
    "living_text",
    "household_number",
)
STAGE: Final = f"""
    CREATE TEMPORARY TABLE registers_stage (
        row integer PRIMARY KEY, hashed text, observed_at timestamptz, {", ".join(f"{name} text" for name in STAGED)}
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE registers_stage_hash (row integer, hashed text) ON COMMIT DROP
"""
COPY_STAGE: Final = f"COPY registers_stage (row, hashed, observed_at, {', '.join(STAGED)}) FROM STDIN"
COPY_HASHES: Final = "COPY registers_stage_hash (row, hashed) FROM STDIN"
MATCH: Final = """
    ANALYZE registers_stage_hash;
    CREATE TEMPORARY TABLE registers_match ON COMMIT DROP AS
        SELECT h.row, p.id FROM registers_stage_hash h JOIN registers_person p ON p.citizen_id_hashed = h.hashed;
    CREATE UNIQUE INDEX ON registers_match (row);
    ANALYZE registers_stage;
    ANALYZE registers_match
"""
NEW_ROWS: Final = """
    SELECT s.row FROM registers_stage s
    WHERE NOT EXISTS (SELECT FROM registers_match m WHERE m.row = s.row) ORDER BY s.row
"""
FRESH: Final = """
    CREATE TEMPORARY TABLE registers_fresh (
        row integer PRIMARY KEY, citizen_id_sealed bytea, citizen_id_masked text, phone_sealed bytea, phone_masked text
    ) ON COMMIT DROP
"""
COPY_FRESH: Final = (
    "COPY registers_fresh (row, citizen_id_sealed, citizen_id_masked, phone_sealed, phone_masked) FROM STDIN"
    " WITH (FORMAT BINARY)"
)
ADDRESSES: Final = """
    INSERT INTO registers_personaddress (division_code, text)
    SELECT DISTINCT division, text FROM (
        SELECT registered_division AS division, registered_text AS text
        FROM registers_stage s JOIN registers_fresh USING (row)
        UNION ALL
        SELECT living_division, living_text FROM registers_stage s JOIN registers_fresh USING (row)
    ) AS places WHERE division <> '' ORDER BY division, text
    ON CONFLICT (division_code, text) DO NOTHING
"""
HOUSEHOLDS: Final = """
    INSERT INTO registers_household
        (number, kind, address_id, division_code, organisation_id, source_id, observed_at, created_at)
    SELECT DISTINCT ON (s.household_number)
        s.household_number, 'family', a.id, s.registered_division, %(organisation)s, %(source)s, s.observed_at, %(now)s
    FROM registers_stage s JOIN registers_fresh USING (row)
    LEFT JOIN registers_personaddress a ON a.division_code = s.registered_division AND a.text = s.registered_text
    WHERE s.household_number <> '' ORDER BY s.household_number, s.relation_code <> '02', s.row
    ON CONFLICT (number) DO NOTHING
"""
PERSONS: Final = """
    INSERT INTO registers_person (
        name, name_pinyin, sex_code, birth_date, ethnicity_code, nationality_code, education_code, marital_code,
        citizen_id_sealed, citizen_id_hashed, citizen_id_masked, phone_sealed, phone_hashed, phone_masked, status,
        household_id, relation_code, registered_division_code, registered_address_id, division_code, actual_address_id,
        organisation_id, source_id, observed_at, field_sources, valid_from, known_from, revision, created_at
    )
    SELECT s.name, s.name_pinyin, s.sex_code, s.birth_date::date, s.ethnicity_code, s.nationality_code,
        s.education_code, s.marital_code, f.citizen_id_sealed, s.hashed, f.citizen_id_masked, f.phone_sealed,
        s.phone_hashed, f.phone_masked, 'alive', h.id, s.relation_code, s.registered_division, r.id,
        COALESCE(NULLIF(s.living_division, ''), s.registered_division), l.id, %(organisation)s, %(source)s,
        s.observed_at, '{}', (s.observed_at AT TIME ZONE 'Asia/Shanghai')::date, %(now)s, 1, %(now)s
    FROM registers_fresh f JOIN registers_stage s USING (row)
    LEFT JOIN registers_personaddress r ON r.division_code = s.registered_division AND r.text = s.registered_text
    LEFT JOIN registers_personaddress l ON l.division_code = s.living_division AND l.text = s.living_text
    LEFT JOIN registers_household h ON h.number = s.household_number
    ORDER BY s.row
    ON CONFLICT (citizen_id_hashed) WHERE citizen_id_hashed <> '' DO NOTHING
"""
HEADS: Final = """
    UPDATE registers_household h SET head_id = p.id
    FROM registers_fresh f JOIN registers_stage s USING (row) JOIN registers_person p ON p.citizen_id_hashed = s.hashed
    WHERE s.relation_code = '02' AND h.number = s.household_number AND h.head_id IS NULL
"""
_REGISTERED: Final = "trim(p.registered_division_code || ' ' || COALESCE(r.text, ''))"
_LIVING: Final = "CASE WHEN l.id IS NULL THEN '' ELSE trim(p.division_code || ' ' || l.text) END"
_JOINED: Final = """
    LEFT JOIN registers_personaddress r ON r.id = p.registered_address_id
    LEFT JOIN registers_personaddress l ON l.id = p.actual_address_id
"""
_DIFFERS: Final = {
    "birth_date": "s.birth_date <> p.birth_date::text",
    "phone": "s.phone_hashed <> p.phone_hashed",
    "registered_place": f"trim(s.registered_division || ' ' || s.registered_text) <> {_REGISTERED}",
    "living_place": f"trim(s.living_division || ' ' || s.living_text) <> {_LIVING}",
}
SAME_NAMES: Final = (
    "name",
    "sex_code",
    "ethnicity_code",
    "nationality_code",
    "education_code",
    "marital_code",
    "relation_code",
)


def differing(delivered: Iterable[str]) -> str:
    """Return the query for known persons of whom a delivered field differs; they are locked in the order of ids."""
    tests = [_DIFFERS.get(name, f"s.{name} <> p.{name}") for name in delivered] or ["false"]
    columns = ", ".join(f"p.{name}" for name in SAME_NAMES)
    return f"""
        SELECT m.row, p.id, p.organisation_id, p.division_code, p.source_id, p.observed_at, p.field_sources::text,
            p.valid_from, p.birth_date::text, p.phone_sealed, {_REGISTERED}, {_LIVING}, {columns}
        FROM registers_match m JOIN registers_stage s USING (row) JOIN registers_person p ON p.id = m.id {_JOINED}
        WHERE {" OR ".join(tests)} ORDER BY p.id FOR UPDATE OF p
    """


CHANGED: Final = (
    *SAME_NAMES,
    "name_pinyin",
    "birth_date",
    "registered_division",
    "registered_text",
    "living_division",
    "living_text",
    "field_sources",
)
CHANGE: Final = f"""
    CREATE TEMPORARY TABLE registers_change (
        id bigint PRIMARY KEY, since date, splits boolean, phone_sealed bytea, phone_hashed text, phone_masked text,
        {", ".join(f"{name} text" for name in CHANGED)}
    ) ON COMMIT DROP
"""
COPY_CHANGE: Final = (
    "COPY registers_change (id, since, splits, phone_sealed, phone_hashed, phone_masked,"
    f" {', '.join(CHANGED)}) FROM STDIN WITH (FORMAT BINARY)"
)
CHANGED_ADDRESSES: Final = """
    INSERT INTO registers_personaddress (division_code, text)
    SELECT DISTINCT division, text FROM (
        SELECT registered_division AS division, registered_text AS text FROM registers_change
        UNION ALL SELECT living_division, living_text FROM registers_change
    ) AS places WHERE division <> '' ORDER BY division, text
    ON CONFLICT (division_code, text) DO NOTHING
"""
KEEP: Final = f"""
    INSERT INTO registers_personversion
        (person_id, valid_from, valid_to, known_from, closed_at, known_to, facts, citizen_id_sealed, phone_sealed)
    SELECT p.id, p.valid_from, CASE WHEN c.splits THEN c.since END, p.known_from,
        CASE WHEN c.splits THEN %(now)s::timestamptz END, CASE WHEN NOT c.splits THEN %(now)s::timestamptz END,
        jsonb_build_object(
            {", ".join(f"'{name}', p.{name}" for name in SAME_NAMES)}, 'status', p.status,
            'birth_date', p.birth_date::text, 'citizen_id', p.citizen_id_masked, 'phone', p.phone_masked,
            'registered_place', {_REGISTERED}, 'living_place', {_LIVING},
            'household', COALESCE(p.household_id::text, '')
        ), p.citizen_id_sealed, p.phone_sealed
    FROM registers_change c JOIN registers_person p USING (id) {_JOINED}
"""
UPDATE: Final = f"""
    UPDATE registers_person p SET
        {", ".join(f"{name} = c.{name}" for name in SAME_NAMES)}, name_pinyin = c.name_pinyin,
        birth_date = c.birth_date::date, field_sources = c.field_sources::jsonb,
        phone_sealed = COALESCE(c.phone_sealed, p.phone_sealed),
        phone_hashed = COALESCE(c.phone_hashed, p.phone_hashed),
        phone_masked = COALESCE(c.phone_masked, p.phone_masked),
        registered_division_code = c.registered_division, registered_address_id = r.id, actual_address_id = l.id,
        division_code = COALESCE(NULLIF(c.living_division, ''), c.registered_division),
        valid_from = c.since, known_from = %(now)s, revision = p.revision + 1
    FROM registers_change c
    LEFT JOIN registers_personaddress r ON r.division_code = c.registered_division AND r.text = c.registered_text
    LEFT JOIN registers_personaddress l ON l.division_code = c.living_division AND l.text = c.living_text
    WHERE p.id = c.id
"""
