//! THE table of what would change an outcome: each condition with its sentence in each language.

use std::collections::BTreeMap;

use crate::record::reason::{Language, fill};
use crate::record::{Change, Code, Form, Param, ParamValue};

/// One row of the table of conditions.
#[derive(Clone, Copy, Debug)]
pub struct ConditionFacts {
    /// The condition as variant.
    pub variant: Condition,
    /// The condition as written.
    pub word: &'static str,
    /// Parameters in the order in which they are given.
    pub params: &'static [Param],
    /// Sentence in English.
    pub en: &'static str,
    /// Sentence in Chinese.
    pub zh: &'static str,
}

macro_rules! conditions {
    ($($variant:ident $word:literal ($($param:ident: $form:ident),*) $en:literal $zh:literal;)*) => {
        /// Something that would change the outcome.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Condition { $(#[doc = $en] $variant,)* }

        /// The table of conditions.
        pub const CONDITIONS: &[ConditionFacts] = &[$(ConditionFacts {
            variant: Condition::$variant,
            word: $word,
            params: &[$(Param { name: stringify!($param), form: Form::$form }),*],
            en: $en,
            zh: $zh,
        }),*];
    };
}

conditions! {
    SearchAgain "search_again" ()
        "Another run searches the catalogue again."
        "重新运行并再次检索目录。";
    ReadAgain "read_again" ()
        "Another run reads the scenes that could not be read."
        "重新运行并读取未能读取的影像。";
    ReportFault "report_fault" ()
        "The fault is reported and mended; then another run."
        "报告并修复程序问题后重新运行。";
    FullerCatalogue "fuller_catalogue" ()
        "A catalogue that lists the missing overpasses."
        "使用列有缺失过境影像的目录。";
    SettledOffset "settled_offset" ()
        "Scenes whose reflectance offset can be settled."
        "获得反射率偏移量可以确定的影像。";
    MoreClearDates "more_clear_dates" (more: Count, to: Date)
        "Decidable with more clear dates by {to}: at least {more}."
        "若在{to}前再有{more}个晴空日期，即可判断。";
    MoreClearDatesNext "more_clear_dates_next" (more: Count, to: Date, next: Text)
        "Decidable with more clear dates by {to}: at least {more}. The satellites pass next on {next}."
        "若在{to}前再有{more}个晴空日期，即可判断；卫星下次过境：{next}。";
    MoreClearDatesPast "more_clear_dates_past" (more: Count)
        "More clear dates in the season, at least {more}, from another archive or from radar, or a visit to the plot."
        "该生长季再有{more}个晴空日期（其他影像库或雷达），或实地查看。";
    FreshDate "fresh_date" (to: Date)
        "Decidable with one clear date by {to}."
        "若在{to}前有一个晴空日期，即可判断。";
    FreshDateNext "fresh_date_next" (to: Date, next: Text)
        "Decidable with one clear date by {to}; the satellites pass next on {next}."
        "若在{to}前有一个晴空日期，即可判断；卫星下次过境：{next}。";
    FinerImages "finer_images" ()
        "Finer or radar images, or a visit to the plot."
        "更高分辨率影像、雷达影像或实地查看。";
    Visit "visit" ()
        "A visit to the plot."
        "实地查看地块。";
    ReliefRoute "relief_route" ()
        "An assessment of the damage under the lender's relief route."
        "按贷款机构的灾害救助流程评估损失。";
    ReliefRegion "relief_region" ()
        "An assessment of the region's losses under the lender's relief route."
        "按贷款机构的灾害救助流程评估区域损失。";
    TellWhatHappened "tell_what_happened" ()
        "A visit that tells what happened, or regrowth on later clear dates."
        "实地查看以查明原因，或在以后的晴空日期看到恢复生长。";
    ProofOfSale "proof_of_sale" ()
        "Proof of what was cut and sold, or a visit to the plot."
        "提供收割和出售的证明，或实地查看。";
    CropOnLaterDates "crop_on_later_dates" ()
        "A crop seen on later clear dates, or the sowing confirmed by a visit."
        "在以后的晴空日期看到作物，或由实地查看确认已播种。";
    TellWhyWeaker "tell_why_weaker" ()
        "A visit that tells why the crop is weaker than around, or growth on later clear dates."
        "实地查看以查明长势弱于周边的原因，或在以后的晴空日期看到生长。";
    LookLater "look_later" (from: Date)
        "Another look from {from} on."
        "自{from}起再次查看。";
    LookLaterNext "look_later_next" (next: Text)
        "Another look after the next clear overpass ({next})."
        "在下次晴空过境（{next}）后再次查看。";
    LargerOutline "larger_outline" (min_ha: Hectares)
        "An outline of at least {min_ha}, or a policy for smaller plots."
        "边界面积至少{min_ha}，或采用适用于小地块的政策。";
    PositionAtPlot "position_at_plot" (max_m: Metres)
        "A position taken within {max_m} of the plot, or the right outline."
        "在距地块{max_m}以内重新定位，或提供正确的边界。";
    SmallerDeclaredArea "smaller_declared_area" (max_ha: Hectares)
        "Eligible if the declared area is at most {max_ha}, or with an outline of the whole declared area."
        "若申报面积不超过{max_ha}，或提供覆盖全部申报面积的边界，即符合条件。";
    SmallerCroppedArea "smaller_cropped_area" (max_ha: Hectares)
        "Eligible if the declared area is at most {max_ha}, or once the rest of the area is seen with a crop."
        "若申报面积不超过{max_ha}，或其余部分也看到作物，即符合条件。";
    OutlineEachField "outline_each_field" ()
        "An outline of each field by itself."
        "为每块田分别提供边界。";
    ClearWhileGreen "clear_while_green" ()
        "More clear dates while the crop is green, or a visit to the plot."
        "作物绿色期有更多晴空日期，或实地查看地块。";
    DeclareArea "declare_area" ()
        "A declared area."
        "补充申报面积。";
    CropLater "crop_later" ()
        "A crop seen in a later season, or proof of cropping from a visit."
        "在以后的生长季看到作物，或由实地查看证明已种植。";
    LandHistory "land_history" ()
        "Proof that the land could lawfully be cropped, or that it was an orchard, a plantation or grass before."
        "提供该土地可合法种植的证明，或证明此前为果园、经济林或草地。";
    ConfirmCrop "confirm_crop" ()
        "The crop confirmed by a visit or a photo taken at the plot."
        "由实地查看或在地块拍摄的照片确认作物。";
    ConfirmCropOrLater "confirm_crop_or_later" (next: Text)
        "More of the season seen (next overpasses {next}), or the crop confirmed by a visit."
        "看到更多生长过程（下次过境：{next}），或由实地查看确认作物。";
    CorrectOrConfirmCrop "correct_or_confirm_crop" ()
        "The crop confirmed by a visit, or a declaration that fits what is seen."
        "由实地查看确认作物，或申报与所见相符的作物。";
    DeclareCrop "declare_crop" ()
        "A declared crop."
        "补充申报作物。";
    CropProfile "crop_profile" ()
        "A row for this crop and place in the crop calendar, or the crop confirmed by a visit."
        "在农时日历中补充该作物和地点，或由实地查看确认作物。";
    CorrectSowingDate "correct_sowing_date" (earliest: Date, latest: Date)
        "A sowing date between {earliest} and {latest}."
        "播种日期在{earliest}至{latest}之间。";
    GiveConsent "give_consent" ()
        "A consent that is valid on the as-of day, for a purpose that the policy accepts."
        "在评估日有效且目的符合政策的授权同意。";
    SmallerRequest "smaller_request" (limit: Text)
        "Eligible if at most {limit} is asked for."
        "若申请金额不超过{limit}，即符合条件。";
    AddFigure "add_figure" (what: Word)
        "A current figure in the lender's file ({what})."
        "在贷款机构文件中补充最新数据（{what}）。";
    OtherPolicy "other_policy" ()
        "A policy that finances the declared crop."
        "采用支持该申报作物的政策。";
    SameCurrency "same_currency" (currency: Text)
        "An amount in {currency}."
        "以{currency}申请金额。";
    PhaseFromElsewhere "phase_from_elsewhere" (phase: Word)
        "An image that shows the plot {phase}, from another satellite, or a dated photo."
        "由其他卫星影像或带日期的照片显示{phase}的地块。";
    OverlapExplained "overlap_explained" (other: Text)
        "The overlap with {other} explained: which application holds the land, or a corrected outline."
        "说明与{other}的重叠：该土地属于哪一申请，或更正边界。";
    RegisterChecked "register_checked" ()
        "A run with the lender's register of pledged plots."
        "使用贷款机构的抵押地块登记册运行。";
}

impl Condition {
    /// This condition's row of [`CONDITIONS`].
    pub fn facts(self) -> &'static ConditionFacts {
        // The table is made from the same lines as the enum, in the same order.
        &CONDITIONS[self as usize]
    }
}

impl Change {
    /// The condition by another sentence, with words of another language.
    pub fn told(&self, sentence: &str, words: &BTreeMap<String, String>) -> String {
        let forms = CONDITIONS.iter().find(|row| row.word == self.condition).map(|row| row.params);
        fill(sentence, forms.unwrap_or_default(), &self.params, &Language::Other(words))
    }

    /// A condition with its parameters in the order of the table.
    pub fn new(code: Code, condition: Condition, values: impl IntoIterator<Item = ParamValue>) -> Change {
        let facts = condition.facts();
        let mut values = values.into_iter();
        let given = facts.params.iter().map(|p| {
            let value = values.next().unwrap_or_else(|| ParamValue::Text("?".into()));
            (p.name.to_owned(), value)
        });
        let params: BTreeMap<String, ParamValue> = given.collect();
        Change {
            code: code.facts().code.to_owned(),
            condition: facts.word.to_owned(),
            text_en: fill(facts.en, facts.params, &params, &Language::English),
            text_zh: fill(facts.zh, facts.params, &params, &Language::Chinese),
            params,
        }
    }
}
