"""Any event that the program may write, for properties: what is drawn for texts and sounds is what a reader keeps."""

from hypothesis import strategies as st

from trainer.phones.inventory import inventory
from trainer.scoring.assessment import PhoneScore
from trainer.text_in import harmless

# What is harmless already: reading takes the rest away.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Co"]).filter(lambda c: harmless(c) == c), max_size=8)
SOUNDS = sorted(set(inventory("en")) & set(inventory("ru")))  # of either language
st.register_type_strategy(str, TEXT)
st.register_type_strategy(PhoneScore, st.builds(PhoneScore, phone=st.sampled_from(SOUNDS)))
