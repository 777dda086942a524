from botwarden.detect.signs import signs_of
from detect.watchers.scenes import BOT, CAM, http


def test_signs_of_a_record() -> None:
    assert signs_of(http(BOT, CAM, 0, signs=("CVE-2018-10561",))) == ("CVE-2018-10561",)
    assert signs_of(http(BOT, CAM, 0)) == ()
