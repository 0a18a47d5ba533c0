"""Expressions that two engines could understand differently, over texts that bring it out."""

from __future__ import annotations

TEXTS = (
    None,
    "",
    "Nguyễn Thị Âu Cơ",
    "nguyễn  thị",
    "ĐẶNG Đức\t Ế",
    "h'linh Niê Kdăm",
    "12 (BĐ 299)",
    "AA 00476432",
    "1/1/1950",
    "15/8 âl",
    "aâl",
    "dòng một\ndòng hai",
    "cuối dòng\n",
    "dọc\x0bdọc",
    "a\u2028b\rc",
    "𝒳 chữ ngoài mặt phẳng",
    "$1 \\1 [x] {y} (z) ^ & | *",
    "1.100,5",
    "0123456789",
    "  hai đầu  ",
    "\u00a0dính\u00a0",
)
NUMBERS = (None, 0, 1, -1, 7, -7, 2, 3, 1000, 123456789)
DOUBLES = (
    *(None, 0.0, -0.0, 1.0, 0.285, 1.005, 2.675, -2.5, 0.5, 100.0, 1e-4, 5e-4, 1e-5, 0.1, 1.5e20),
    *(1e7, 12345678.9, 1234567.891, 1e15, 1e16, 1e17, 123456789012345678.0, -1e-10, 1 / 3),
)
OF_TEXTS = (
    # patterns
    *("regexp_matches(t, 'một.dòng')", "regexp_matches(t, 'a.b')", "regexp_matches(t, 'dòng$')"),
    *("regexp_matches(t, '^dòng')", "regexp_matches(t, 'c\\s')", "regexp_matches(t, '[\\s]d')"),
    *("regexp_matches(t, 'âm lịch|\\bâl$| âl$')", "regexp_matches(t, '\\b[a-z]')"),
    *("regexp_matches(t, '(?i)đặng')", "regexp_matches(t, '[[:alpha:]]{2}')"),
    *("regexp_matches(t, '[][]x')", "regexp_matches(t, '[^0-9]+')", "regexp_matches(t, '&&|[&]')"),
    *("regexp_matches(t, '^\\W*$')", "regexp_matches(t, '\\pL')", "regexp_matches(t, '\\d{3}')"),
    "regexp_replace(t, '([a-z])([a-z])', '\\2\\1', 'g')",
    "regexp_replace(t, '([a-z])([a-z])', '\\2\\1')",
    "regexp_replace(t, '[0-9]', '$1', 'g')",
    "regexp_replace(t, '[0-9]', '$1')",
    "regexp_replace(t, ' ', '\\\\')",
    "regexp_replace(t, '^0', '')",
    "regexp_replace(t, 'y( |$)', 'i\\1', 'g')",
    "regexp_extract(t, '([0-9]+)/([0-9]+)', 2)",
    "regexp_extract(t, '[0-9]+')",
    "regexp_extract(t, '(x)?y', 1)",
    # letters are counted, not bytes
    *(
        "length(t)",
        "upper(t)",
        "lower(t)",
        "substr(t, 2, 3)",
        "substr(t, -3, 2)",
        "substr(t, 0, 3)",
    ),
    *("left(t, 2)", "right(t, 2)", "strpos(t, 'n')", "reverse(t)", "lpad(t, 5, '0')"),
    *("rpad(t, 5, '-')", "trim(t)", "ltrim(t, 'a0 ')", "rtrim(t)", "translate(t, 'ễđ𝒳', 'ed')"),
    *("replace(t, 'n', '')", "repeat(t, 2)", "ascii(t)", "concat(t, null, 'x')", "t || 'x'"),
    *("concat_ws('-', t, null, 'x')", "t like '%n_%'", "starts_with(t, 'A')", "contains(t, '1')"),
    *("split_part(t, ' ', 2)", "md5(t)", "levenshtein(translate(lower(t), 'ễị', 'ei'), 'nguyen')"),
    # reading
    *("try_cast(t as integer)", "try_cast(t as double)", "try_cast(t as date)", "t is null"),
    *(
        "coalesce(nullif(t, ''), '-')",
        "t = ''",
        "t < 'a'",
        "t in ('', '0123456789')",
        "t not in ('')",
    ),
    *(
        "case when null then 1 else 0 end",
        "not (null and t = '')",
        "greatest(t, 'm')",
        "least(t, 'm')",
    ),
)
OF_NUMBERS = (
    *("n / 2", "n // 2", "n % 3", "2 * n - 1", "n / 3.0", "round(n / 3, 2)", "abs(n)", "-n"),
    *("n & 3", "n | 4", "xor(n, 3)", "n >> 1", "cast(n as varchar)", "n between 1 and 7"),
    *(
        "cast(n as decimal(18, 2))",
        "cast(n / 7 as decimal(18, 3))",
        "cast(n as boolean)",
        "sign(n)",
    ),
    *(
        "case when n > 0 then 1 end",
        "least(n, 2)",
        "greatest(n, 2)",
        "cast(n % 2 as varchar) || '%'",
    ),
    *("date '2024-02-28' + cast(n % 5 as integer)", "cast(date '2024-02-28' as varchar)"),
    *(
        "date_diff('day', date '2024-02-01', date '2024-03-01')",
        "year(date '1931-05-02') + n",
    ),
)
OF_DOUBLES = (
    *(
        "round(d, 2)",
        "round(d, 3)",
        "round(d)",
        "floor(least(d, 9))",
        "ceil(least(d, 9))",
        "cast(d as varchar)",
    ),
    *("cast(round(least(d, 9)) as bigint)", "d = 1.0", "d * 2 / 3", "abs(d)"),
)
