//! What the method was not made for, as a sentence in each language.

use crate::crop::OutOfDomain;
use crate::record::{ParamValue, in_chinese};

/// English and Chinese, as `CROP_OUT_OF_DOMAIN` takes them.
pub(in crate::lending) fn said(what: &OutOfDomain) -> [ParamValue; 2] {
    let zh_of = |crop: &String| in_chinese(crop).unwrap_or(crop).to_owned();
    let (en, zh) = match what {
        OutOfDomain::UnknownWord { word } => (
            format!("\"{word}\" is not a crop of the calendar"),
            format!("“{}”不在农时日历的作物之中", zh_of(word)),
        ),
        OutOfDomain::NoCalendar { crops } => {
            let zh: Vec<String> = crops.iter().map(zh_of).collect();
            (
                format!("there is no calendar of {} for this place", crops.join(" or ")),
                format!("此地没有{}的农时日历", zh.join("或")),
            )
        }
        OutOfDomain::RipeOrCut => (
            "NDVI alone does not tell a ripe crop that stands from one already cut".to_owned(),
            "仅凭NDVI无法区分作物已成熟未收还是已经收割".to_owned(),
        ),
        OutOfDomain::AnotherCanopy { on, ndvi, emergence } => (
            format!(
                "the land was green (NDVI {ndvi:.2} on {on}) before the crop whose dates were reckoned comes up (about \
                 {emergence}): another one stands or stood, so no stage and no harvest is told"
            ),
            format!(
                "{on}地块已是绿色（NDVI {ndvi:.2}），早于据以推算的作物的出苗日期（约{emergence}）：\
                 地里是或曾是另一种作物，因此不给出生长阶段和收获日期"
            ),
        ),
        OutOfDomain::WeakRise { rise, least } => (
            format!(
                "a rise of {rise:.2} NDVI, less than the {least:.2} of an annual crop: grass, weeds or a poor crop"
            ),
            format!("NDVI上升{rise:.2}，低于一年生作物的{least:.2}：可能是草、杂草或长势差的作物"),
        ),
        OutOfDomain::Shapeless { low, high } => (
            format!("NDVI moved between {low:.2} and {high:.2} without the shape of a crop cycle"),
            format!("NDVI在{low:.2}至{high:.2}之间变动，但没有作物生长过程的形状"),
        ),
    };
    [en.into(), zh.into()]
}
