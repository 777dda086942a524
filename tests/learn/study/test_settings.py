from botwarden.learn.study.settings import StudySettings, classifier_variants, detector_variants


def test_every_detector_is_trained_without_and_with_dates_under_a_name_of_its_own() -> None:
    settings = StudySettings()
    without = detector_variants(settings, ordered=True, devices=True, dates=False)
    dated = detector_variants(settings, ordered=True, devices=True, dates=True)
    assert [one.name for one in dated] == [f"{one.name}-dates" for one in without]
    assert {"published", "denoising", "isolation_forest", "kitnet"} == {one.name for one in without}
    for one in without + dated:
        one.plan.check()
        assert one.plan.per == "device" and one.plan.split == "thirds" and one.plan.ordered
    assert all(one.plan.dates for one in dated) and not any(one.plan.dates for one in without)


def test_where_the_order_is_lost_only_the_published_recipe_keeps_to_thirds() -> None:
    found = {
        one.name: one.plan for one in detector_variants(StudySettings(), ordered=False, devices=False, dates=False)
    }
    assert found["published"].split == "thirds" and found["published"].std == 1.0
    assert found["denoising"].split == "cross" and found["denoising"].std is None
    assert {plan.per for plan in found.values()} == {"all"}


def test_classifiers_come_with_all_sets_of_classes_and_with_few_features() -> None:
    found = classifier_variants(StudySettings(seed=3))
    assert len({one.name for one in found}) == len(found) == 2 * (5 * 4 + 3)
    assert {one.plan.classes for one in found} == {"2", "3", "5", "10", "11"}
    assert {one.plan.top for one in found} == {None, 2, 3, 5}
    assert {one.plan.seed for one in found} == {3}
    for one in found:
        one.plan.check()


def test_a_quick_study_takes_samples() -> None:
    assert StudySettings(quick=True).per_group == 2000 and StudySettings(quick=True).classes == 1000
    assert StudySettings().per_group is None and StudySettings().classes == 20_000
