//! What is said of land on which no crop cycle is seen.

use croplens::crop::Cropped;
use croplens::lending::{appraise, seal};

use super::case::{Case, day, first_policy, provenance};

/// The sentence names the days on which a crop was looked for, with their greenness: last year's crop is in neither.
#[test]
fn no_crop_cycle_is_said_of_the_days_that_were_looked_at() {
    for (cropped, code) in [(Cropped::No, "LAND_NOT_CROPPED"), (Cropped::CannotTell, "LAND_NO_CYCLE_SEEN")] {
        let mut built = Case { cropped, ..Case::fallow() }.build();
        let from = day(100);
        built.assessment.looked_at = (from, built.assessment.as_of);
        built.assessment.clear_obs = built.observations.iter().filter(|o| o.date >= from).count() - 1;
        for o in built.observations.iter_mut().filter(|o| o.date < from) {
            o.ndvi.iter_mut().for_each(|n| n.mean = 0.8);
        }
        let evidence = built.evidence();
        let r = seal(&appraise(&evidence, &first_policy()), &evidence, &provenance());
        let said = r.reasons_all.iter().find(|x| x.code() == code).unwrap();
        let days = format!("from {from} to {}", built.assessment.as_of);
        assert!(said.text_en().contains(&days), "{}", said.text_en());
        assert!(said.text_en().contains("between 0.20 and 0.20"), "{}", said.text_en());
        assert!(said.text_zh().contains(&from.to_string()), "{}", said.text_zh());
    }
}
