"""The creator's side: the same signals, spoken as advice to the person they are about.

    own_posts     what is read            subject       what do I stand for?
    rhythm        when do I speak?        conversation  who waits for me, and what did I spark?
    received      what do my posts count?
    balance       do I only praise?       standing      where am I among my peers?
    advice        what next, and which file would tell more?
    coaching      all of it for one account: coach(workspace, "@me")
    wording       the same as lines of text
    kits          one page of numbers with their rows, to hand to a brand; signing makes the machine-readable one verifiable

No followers as a goal, no more posts beyond what helps, no advice on what is unknown.
"""

from __future__ import annotations

from groundswell.coach.coaching import Coaching, coach
from groundswell.coach.conversation import looked_for
from groundswell.coach.kits import PARTS, Kit, keys_that_changed, kit
from groundswell.coach.wording import sentences_of

__all__ = ["PARTS", "Coaching", "Kit", "coach", "keys_that_changed", "kit", "looked_for", "sentences_of"]
