"""Join codes survive a telephone: every code comes back, every misreading is refused, never taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import UserError
from trainer.loop.code import ALPHABET, PIN, SECRET, JoinCode, parse
from trainer.loop.roles import ROLES
from trainer.text_in import LATIN_KEYS, RUSSIAN_KEYS

ports = st.integers(1, 65535)
addresses = st.builds(lambda ip, port: f"{ip}:{port}", st.ip_addresses(v=4), ports) | st.sampled_from(
    ["tls://loop.example:4222", "tls://a.example:4222,tls://b.example:4222,tls://c.example:4222"]
)
codes = st.builds(
    JoinCode, st.sampled_from(ROLES), addresses, st.binary(min_size=SECRET, max_size=SECRET),
    st.just(b"") | st.binary(min_size=PIN, max_size=PIN),
)  # fmt: skip


@given(codes)
def test_a_code_is_read_as_it_was_said(code):
    assert parse(str(code)) == code
    assert parse(str(code).lower().replace("-", "  ").replace("0", "o").replace("1", "l")) == code
    assert parse(str(code).replace("-", "").replace("A", "А").replace("C", "С")) == code
    russian = str.maketrans(LATIN_KEYS.upper(), RUSSIAN_KEYS.upper())
    assert parse(str(code).translate(russian)) == parse(str(code).translate(russian).lower()) == code


@given(codes, st.data())
def test_one_letter_wrong_is_no_code_and_the_group_is_told(code, data):
    groups = str(code).split("-")
    number = data.draw(st.integers(0, len(groups) - 1))
    place = data.draw(st.integers(0, len(groups[number]) - 1))
    other = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != groups[number][place]]))
    groups[number] = groups[number][:place] + other + groups[number][place + 1 :]
    for typed in ("-".join(groups), "".join(groups)):
        with pytest.raises(UserError, match=rf"in the group: {number + 1} \({groups[number]}\)"):
            parse(typed)


@given(codes, st.data())
def test_a_group_with_two_letters_in_each_others_place_or_of_the_wrong_length_is_told(code, data):
    groups = str(code).split("-")
    number = data.draw(st.integers(0, len(groups) - 1))
    group, place = groups[number], data.draw(st.integers(0, 3))
    swapped = group[:place] + group[place + 1] + group[place] + group[place + 2 :]
    for typed in (swapped, group[1:], group + "7", group.replace(group[2], "*")):
        if typed == group:
            continue
        groups[number] = typed
        with pytest.raises(UserError, match=rf"in the group: {number + 1} "):
            parse("-".join(groups))


@given(codes)
def test_two_groups_that_changed_places_are_told(code):
    groups = str(code).split("-")
    groups[1], groups[4] = groups[4], groups[1]
    with pytest.raises(UserError, match=r"in the group: 2 \(.*5 \("):
        parse("-".join(groups))


@given(st.text(max_size=80))
def test_anything_else_is_refused_in_plain_words(text):
    with pytest.raises(UserError, match="join code"):
        parse(text)


def test_a_code_of_a_host_on_the_network_is_twelve_groups_of_five():
    code = JoinCode("guest", "192.168.1.20:4222", bytes(SECRET), bytes(PIN))
    assert [len(group) for group in str(code).split("-")] == [5] * 12


@given(codes)
def test_neither_secret_nor_password_shows_where_a_code_is_printed_for_people_who_look_for_faults(code):
    assert code.password not in repr(code)
    assert code.secret.hex() not in repr(code)
    assert code.password != code.user
