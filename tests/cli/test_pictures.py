"""Are the README's pictures whole, and do they fetch nothing?"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_picture_is_shown_and_leads_nowhere():
    """Each is in the README under words that say what it shows; none names anything outside of itself."""
    found = dict(re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README))
    pictures = sorted((ROOT / ".github" / "pictures").iterdir())
    assert sorted(found.values()) == [str(path.relative_to(ROOT)) for path in pictures]
    assert all(len(words) > 20 for words in found)
    for path in pictures:
        text = path.read_text(encoding="utf-8")
        ET.fromstring(text)
        assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?://[^\"'\s]*", text)
        assert {"#"} == {target[0] for target in re.findall(r"url\(([^)]*)\)", text)}
        assert not re.search(r"<(script|image|use|foreignObject)|@import|@font-face|href", text)
