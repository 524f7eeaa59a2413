"""Whether both ends of a loop keep the drill in the same records, as two programs on one machine do: then whoever sits
at the other end is a learner of these records, too. Each end proves it by what only the records hold, and does not tell
that; a proof holds for one loop and one visit."""

import hmac
from collections.abc import Callable

from trainer.loop.roles import Role

Proof = Callable[[Role, str], str]  # role of who proves, the visiting program -> what to show


def proof_of(secret: str, address: str) -> Proof:
    """secret: of the records. address: of the loop's server."""

    def proof(role: Role, client: str) -> str:
        return hmac.digest(secret.encode(), f"{address}\n{role}\n{client}".encode(), "sha256").hex()

    return proof


def without_records(_role: Role, _client: str) -> str:
    return ""


def proven(shown: str, expected: str) -> bool:
    return expected != "" and hmac.compare_digest(shown.encode(), expected.encode())
