"""What a role may write: everybody passes over the same events, whoever sends what."""

import math

import pytest

from tests_loop_plan import LEONOV, PLAN, STAFFORD
