"""Templates: every problem with its line, values and fallbacks, and a bound on all that could grow."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.__main__ import main
from outreach.template_parsing import TemplateProblem
from outreach.templates import TemplateError, check_template, field_names, render_template

DATA = {
    "contact": {"first_name": "Ann", "last_name": "", "email": None},
    "company": {"name": "Acme & Co", "topics": ["shoes", "bags"]},
}
FIELDS = field_names(DATA)


def problems_of(text: str) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        render_template(text, DATA)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{ contact.first_name }},", "Hi Ann,"),
        ('Hi {{ contact.last_name | default: "there" }}', "Hi there"),
        ('Hi {{ contact.last_name | strip | capitalize | default: "there" }}', "Hi there"),
        ("{% if contact.last_name %}{{ contact.last_name }}{% else %}none{% endif %}", "none"),
        ("{% for t in company.topics %}{{ t }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "shoes, bags"),
        ("{{ company.topics.size }}{{ company.topics | join: '+' }}", "2shoes+bags"),
        ("{{ '2024-02-29' | date: '%d.%m.%Y' }}", "29.02.2024"),
        ("{% assign who = contact.first_name | upcase %}{{ who }}", "ANN"),
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", "123"),
        ("{% raw %}{{ x }}{% endraw %}{% comment %}{{ y }}{% endcomment %}", "{{ x }}"),
    ],
)
def test_what_a_template_writes(text: str, expected: str) -> None:
    assert render_template(text, DATA) == expected


def test_values_are_escaped_for_html_and_never_read_as_template() -> None:
    data = {"contact": {"first_name": "{{ secret }}<b>"}, "secret": "x"}

    assert render_template("{{ contact.first_name }}", data) == "{{ secret }}<b>"
    assert render_template("{{ contact.first_name }}", data, escape_html=True) == "{{ secret }}&lt;b&gt;"


def test_every_missing_value_is_named_with_its_line() -> None:
    assert problems_of("Hi {{ contact.last_name }}\n\n{{ contact.first_name }} {{ contact.email | upcase }}") == [
        "line 1: contact.last_name has no value for this recipient; add it, or write a fallback: "
        '{{ contact.last_name | default: "…" }}',
        "line 3: contact.email has no value for this recipient; add it, or write a fallback: "
        '{{ contact.email | default: "…" }}',
    ]


def test_missing_values_are_named_beside_other_problems() -> None:
    text = "{{ contact.last_name }}\n{{ nope }}\n{% for i in (1..9999999999) %}{% endfor %}{% fro %}"

    assert [problem.partition(" has")[0].partition(";")[0] for problem in problems_of(text)] == [
        "line 1: contact.last_name",
        "line 2: there is no field 'nope'",
        "line 3: the range (1..9999999999) is too long",
        "line 3: there is no tag 'fro'",
    ]


def test_every_unknown_field_is_named_with_its_line_and_a_suggestion() -> None:
    assert check_template(
        "{{ contact.frist_name }}\n{{ price }}\n{{ contact }}\n{% if company.nam %}{% endif %}", FIELDS
    ) == [
        TemplateProblem(1, "there is no field 'contact.frist_name'; did you mean 'contact.first_name'?"),
        TemplateProblem(2, "there is no field 'price'"),
        TemplateProblem(3, "contact is a group of fields; choose one, such as contact.first_name"),
        TemplateProblem(4, "there is no field 'company.nam'; did you mean 'company.name'?"),
    ]


def test_every_syntax_error_is_found_not_only_the_first() -> None:
    text = "{{ company.name | uppcase }}\nfine\n{% fro x in y %}{% endfor %}\n"
    text += "{{ company.name | upcase }\n{% if %}{% endif %}"

    found = check_template(text, FIELDS)

    assert [problem.line for problem in found] == [1, 3, 4, 5]
    assert found[0].message == "there is no filter 'uppcase'; did you mean 'upcase'?"
    assert found[1].message.startswith("there is no tag 'fro'")


@pytest.mark.parametrize(
    "tag", ["include 'a'", "render 'a'", "tablerow i in x", "liquid echo 1", "cycle 1, 2", "extends 'a'"]
)
def test_tags_that_reach_files_or_help_nobody_do_not_exist(tag: str) -> None:
    assert "there is no tag" in problems_of("{% " + tag + " %}")[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{% for i in (1..1000000000) %}x{% endfor %}",
            "line 1: the range (1..1000000000) is too long; 500 steps are the most",
        ),
        ("\n{{ (1..1000000000) | join }}", "line 2: the range (1..1000000000) is too long; 500 steps are the most"),
        (
            "{% for i in (1..contact.first_name) %}{% endfor %}",
            "line 1: a range must be written in numbers, such as (1..3)",
        ),
        ("{% for i in (1..400) %}{% for j in (1..400) %}x{% endfor %}{% endfor %}", "line 1: too much: loops run more"),
        (
            "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
            "line 1: too much: a value is longer than 20,000 characters",
        ),
        ("{% assign s = 'aaaa' %}{{ s | replace: '', s }}", "line 1: too much: replace would make the text too long"),
        (
            "{% assign n = 9 %}{% for i in (1..99) %}{% assign n = n | times: n %}{% endfor %}",
            "a number is larger than",
        ),
        ("{{ 'now' | date: '%999999999d' }}", "is no date format"),
        ("{{ company['name'] }}{{ company[contact.first_name] }}", "is chosen while rendering"),
        (
            "{% for i in (1..500) %}" + "{% assign x = 1 %}" * 1_000 + "{% endfor %}",
            "the loop holds more than 100 tags",
        ),
        ("x" * 50_001, "line 1: the template is longer than 50,000 characters"),
        ("{% if true and " + "true and " * 5_000 + "true %}x{% endif %}", "nested too deeply or too long"),
        ("{% if true %}" * 40, "line 1"),
        ("{% for i in (1..500) %}" + "x" * 500 + "{% endfor %}", "output stream limit"),
    ],
)
def test_what_grows_without_bound_is_refused_at_once(text: str, message: str) -> None:
    started = time.process_time()

    assert message in problems_of(text)[0]
    assert time.process_time() - started < 15


def test_the_dearest_allowed_loop_ends_soon() -> None:
    text = "{% for i in (1..500) %}" + "{% assign x = company.name | upcase %}" * 98 + "{% endfor %}"
    started = time.process_time()

    try:
        render_template(text, DATA)
    except TemplateError as error:
        assert "works on too much text" in str(error)  # noqa: PT017 - either end is fine, in time

    assert time.process_time() - started < 40


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("{}% |.:'\"abif()1-\n")), max_size=60))
def test_no_text_makes_the_checker_raise(text: str) -> None:
    for problem in check_template(text, FIELDS):
        assert 1 <= problem.line <= text.count("\n") + 1


def test_the_command_line_writes_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template, data = tmp_path / "a.liquid", tmp_path / "d.json"
    template.write_text("Hi {{ contact.first_name }}")
    data.write_text(json.dumps(DATA))

    assert main(["render", str(template), "--data", str(data)]) == 0
    assert capsys.readouterr().out == "Hi Ann"


def test_the_command_line_names_each_problem_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template, data = tmp_path / "a.liquid", tmp_path / "d.json"
    template.write_text("{{ contact.last_name }}\n{{ contact.email }}")
    data.write_text(json.dumps(DATA))

    assert main(["render", str(template), "--data", str(data)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": contact")[0] for line in lines] == [f"{template}: line 1", f"{template}: line 2"]


@pytest.mark.parametrize(("content", "said"), [("{", "line 1 is not JSON"), ("[]", "no JSON object")])
def test_bad_data_is_named(content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template, data = tmp_path / "a.liquid", tmp_path / "d.json"
    template.write_text("x")
    data.write_text(content)

    assert main(["render", str(template), "--data", str(data)]) == 2
    assert said in capsys.readouterr().err
