"""Names: some that return, and ever new ones."""

from __future__ import annotations

from dice import Dice

NEW = 0.1  # the share of names that are new

KNOWN = {
    "town": "riverton milford ashby selby redhill weston carlow halford lindfield oakham upham langford",
    "surname": "keller ward moretti novak silva jansen okafor haddad murphy rossi sato turner",
    "first name": "anna tom mia ben lena paul ella max nora leo clara hugo",
}
# A new name is put together of these; none makes an English word.
_BEGINNINGS = "b br c cl d dr f fl g gl h j k l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u".split()
_MIDDLES = "b d g l ll lm m n nd nn r rn rr s st t tt v".split()
_ENDS = {
    "town": "ton ford bury wick by field mouth ham stead well".split(),
    "surname": "ini ova ski berg mann enko sen lund escu akis".split(),
    "first name": "iko elo asa iro unda eva ilde isse oma ani".split(),
}


class NameDice(Dice):
    """Dice that also draw names, and remember which."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self.names: list[str] = []
        self.new: list[str] = []  # those among them that were made up

    def name(self, kind: str) -> str:
        """Draw a name of a kind of `KNOWN`: one that returns, or a new one."""
        if self.chance(NEW):
            parts = (_BEGINNINGS, _VOWELS, _MIDDLES, _ENDS[kind])
            found = "".join(self.pick(part) for part in parts)
            self.new.append(found)
        else:
            found = self.pick(KNOWN[kind].split())
        self.names.append(found)
        return found
