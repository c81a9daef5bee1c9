"""CSV in every dialect that people export, and lines that can't be used."""

from types import MappingProxyType

import pytest

from portal.files.dialect import SEPARATORS, Unreadable, decoded, taken_apart
from portal.imports.reading import Line, WrongCell, people_of
from portal.imports.unit_list import units_of
from portal.units.paths import Unit, UnitPaths

NONE = UnitPaths([])
TEXT = "Naam;E-mail;Functie\nZoë de Wit;zoe@x.example;Sluiswachter\nÅse Öst;ase@x.example;\n"


def people(content, units=NONE, make_units=False):
    sheet = taken_apart(content if isinstance(content, bytes) else content.encode(), "people")
    found = list(people_of(sheet, units, make_units))
    return [x for x in found if isinstance(x, Line)], [x for x in found if isinstance(x, WrongCell)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("separator", list(SEPARATORS))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_list_in_every_dialect_says_the_same(encoding, separator, end):
    content = TEXT.replace(";", separator).replace("\n", end).encode(encoding)
    lines, wrong = people(content)
    assert wrong == []
    assert [(line.name, line.email, line.title) for line in lines] == [
        ("Zoë de Wit", "zoe@x.example", "Sluiswachter"),
        ("Åse Öst", "ase@x.example", None),
    ]


def test_the_euro_sign_tells_windows_from_latin():
    assert decoded("€ ö".encode("cp1252")) == ("€ ö", "Windows-1252")
    assert decoded(b"\x81\xf6")[1] == "Latin-1"


@pytest.mark.parametrize(
    "heading",
    [
        "mail,NAME,Job title,Language,Unit,Active,Personnel number",
        "E-mailadres,Weergavenaam,Functie,Taal,Afdeling,Actief,Personeelsnr.",
    ],
)
def test_headings_are_dutch_or_english(heading):
    lines, wrong = people(f"{heading}\na@x.example,Ada,Clerk,Nederlands,,ja,007\n")
    assert wrong == []
    (line,) = lines
    assert (line.email, line.name, line.title, line.language) == ("a@x.example", "Ada", "Clerk", "nl")
    assert (line.unit, line.active, line.number) == (None, True, "007")


def test_columns_stand_in_any_order_and_others_are_left_out():
    lines, _ = people("Voornaam;Kostenplaats;E-mail;Tussenvoegsel;Achternaam\nAda;77;a@x.example;de;Wit\n")
    assert [(line.name, line.email) for line in lines] == [("Ada de Wit", "a@x.example")]


def test_a_line_feed_within_quotation_marks_is_a_space_and_lines_are_still_counted():
    text = 'name,email\n"Ada\r\nde Wit, jr.",a@x.example\n\nBo,broken\n'
    lines, wrong = people(text)
    assert [(line.line, line.name) for line in lines] == [(2, "Ada de Wit, jr.")]
    assert wrong == [WrongCell(5, "email", "address", "broken")]


def test_excel_says_its_separator_itself():
    lines, _ = people("sep=;\r\nname;email\r\nA, B;a@x.example\r\n")
    assert [(line.line, line.name) for line in lines] == [(3, "A, B")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "empty"), (b" ;; \n\n", "empty"), (b"a;b\n1;2\n", "no heading"), (b"\x89PNG\r\n\x1a\n", "no list")],
)
def test_a_file_that_is_no_list_says_why(content, problem):
    with pytest.raises(Unreadable) as error:
        taken_apart(content, "people")
    assert error.value.problem == problem


def test_every_line_that_is_wrong_is_named_with_all_that_is_wrong_at_once():
    units = UnitPaths([Unit(1, "a", "North", "N", None), Unit(2, "b", "T", None, 1), Unit(3, "c", "T", None, None)])
    lines, wrong = people(
        "name;email;number;unit;language;active;zone\n"
        "Ada;ada@x.example;1;N;nl;yes;Europe/Paris\n"
        "Bo;ADA@x.example;1;North > T;nl;;\n"
        "Cy;;3;Nowhere;fr;perhaps;Mars/Base\n"
        f"{'D' * 200};d@x.example;;;;;\n"
        "Eve;eve@x;5;N;;;\n"
        "F\x01;f@x.example;;;;;\n"
        "G;g@x.example;;;;;;;one too many\n"
        '"H;h@x.example\n'
        "I;i@x.example;;north > t;;;\n",
        units,
    )
    assert [(line.email, line.org_unit) for line in lines] == [("ada@x.example", 1), ("i@x.example", 2)]
    assert [(w.line, w.field, w.problem, w.value) for w in wrong] == [
        (3, "email", "twice", "2"),
        (3, "number", "twice", "2"),
        (4, "language", "language", "fr"),
        (4, "zone", "zone", "Mars/Base"),
        (4, "active", "yes or no", "perhaps"),
        (4, "unit", "no unit", "Nowhere"),
        (5, "name", "long", "D" * 40),
        (6, "email", "address", "eve@x"),
        (7, "name", "characters", ""),
        (8, "", "cells", "9"),
        (9, "", "quotes", ""),
    ]


def test_an_address_that_is_missing_is_said_even_where_nothing_else_is_wrong():
    assert people("name;email\nAda;\n")[1] == [WrongCell(2, "email", "missing")]


def test_a_unit_that_is_not_there_waits_to_be_made_where_that_is_wanted():
    lines, wrong = people("name;email;unit\nAda;a@x.example;New > Team\n", make_units=True)
    assert wrong == []
    assert [(line.unit, line.org_unit) for line in lines] == [("New > Team", None)]


# --- units ---


def planned(text, units=NONE, heads=MappingProxyType({})):
    plans, wrong = units_of(taken_apart(text.encode(), "units"), units, heads)
    return {plan.line.name: plan.line.outcome for plan in plans}, {(w.line, w.field, w.problem, w.value) for w in wrong}


def test_units_come_in_any_order_and_find_what_they_lie_under():
    there = UnitPaths(
        [Unit(1, "a", "Lowland", "LOW", None), Unit(2, "b", "North", None, 1), Unit(3, "c", "East", None, 1)]
    )
    outcomes, wrong = planned(
        "naam;code;ligt onder\nTeam 1;;Noord\nNoord;NRD;LOW\nNorth;;Lowland\nEast;;Noord\nWest;W;\n", there
    )
    assert wrong == set()
    assert outcomes == {"Team 1": "new", "Noord": "new", "North": "same", "East": "new", "West": "new"}


def test_a_unit_is_recognised_by_its_code_when_it_is_renamed_or_moved():
    there = UnitPaths([Unit(1, "a", "Roads", "RBN", None), Unit(2, "b", "Water", "WTR", None)])
    assert planned("name;code;parent\nRoads & Bridges;RBN;\nWater;WTR;RBN\n", there)[0] == {
        "Roads & Bridges": "changed",
        "Water": "moved",
    }


def test_a_head_is_somebody_who_works_here_and_one_that_is_not_named_stays():
    there = UnitPaths([Unit(1, "a", "Roads", None, None, 7), Unit(2, "b", "Water", None, None, 8)])
    outcomes, wrong = planned(
        "naam;hoofd\nRoads;Ada@x.example\nWater;\nNew;ada@x.example\nOld;gone@x.example\n", there, {"ada@x.example": 9}
    )
    assert outcomes == {"Roads": "changed", "Water": "same", "New": "new"}
    assert wrong == {(5, "head", "no head", "gone@x.example")}


def test_a_circle_is_refused_with_the_way_round():
    _, wrong = planned("name;code;parent\nRBN;RBN;RBX\nRBX;RBX;RBN\nFree;F;\n")
    assert {(line, problem) for line, _, problem, _ in wrong} == {(2, "circle"), (3, "circle")}
    assert any("RBX > RBN > RBX" in value or "RBN > RBX > RBN" in value for *_, value in wrong)


def test_a_circle_with_what_is_there_already_is_refused():
    there = UnitPaths([Unit(1, "a", "Top", "T", None), Unit(2, "b", "Low", "L", 1)])
    _, wrong = planned("name;code;parent\nTop;T;L\n", there)
    assert {(line, problem) for line, _, problem, _ in wrong} == {(2, "circle")}


def test_lines_of_units_that_cannot_be_are_named():
    _, wrong = planned("name;code;parent\n;X;\nA;1;Nowhere\nB;1;\nC;;\nC;;\n")
    assert wrong == {
        (2, "name", "missing", ""),
        (3, "parent", "no unit", "Nowhere"),
        (4, "number", "twice", "3"),
        (6, "name", "twice", "5"),
    }
