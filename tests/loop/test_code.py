"""Join codes survive a telephone: every code comes back, every misreading is refused, never taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import UserError
from trainer.loop.code import ALPHABET, PIN, SECRET, JoinCode, parse
from trainer.loop.roles import ROLES

ports = st.integers(1, 65535)
addresses = st.builds(lambda ip, port: f"{ip}:{port}", st.ip_addresses(v=4), ports) | st.sampled_from(
    ["nats://loop.example:4222", "tls://a.example:4222,tls://b.example:4222,tls://c.example:4222"]
)
codes = st.builds(
    JoinCode, st.sampled_from(ROLES), addresses, st.binary(min_size=SECRET, max_size=SECRET),
    st.just(b"") | st.binary(min_size=PIN, max_size=PIN),
)  # fmt: skip


@given(codes)
def test_a_code_is_read_as_it_was_said(code):
    assert parse(str(code)) == code
    assert parse(str(code).lower().replace("-", "  ").replace("0", "o").replace("1", "l")) == code


@given(codes, st.data())
def test_one_letter_wrong_is_no_code(code, data):
    text = str(code).replace("-", "")
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != text[place]]))
    with pytest.raises(UserError, match="join code"):
        parse(text[:place] + other + text[place + 1 :])


@given(st.text(max_size=80))
def test_anything_else_is_refused_in_plain_words(text):
    with pytest.raises(UserError, match="join code"):
        parse(text)


def test_a_code_of_a_host_on_the_network_is_twelve_groups_of_four():
    code = JoinCode("guest", "192.168.1.20:4222", bytes(SECRET), bytes(PIN))
    assert [len(group) for group in str(code).split("-")] == [4] * 12


@given(codes)
def test_neither_secret_nor_password_shows_where_a_code_is_printed_for_people_who_look_for_faults(code):
    assert code.password not in repr(code)
    assert code.secret.hex() not in repr(code)
    assert code.password != code.user
