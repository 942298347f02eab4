//! THE table of reason codes: whom each is about, what it does, and its sentence in each language.
//!
//! The order is the order of importance within one effect.

use serde::{Deserialize, Serialize};

use super::{CodeFacts, Form, Param};
use crate::record::{Effect, Party};

codes! {
    // The input could not be used. The detail is what `intake` found, with the place, in each language.
    FeatureInvalid "FEATURE_INVALID" Applicant Block (detail: Text, detail_zh: Text)
        "This entry could not be read as a plot: {detail}"
        "该条目无法识别为地块：{detail_zh}";
    IdInvalid "ID_INVALID" Applicant Block (detail: Text, detail_zh: Text)
        "The plot's id cannot be used: {detail}"
        "地块编号无法使用：{detail_zh}";
    IdDuplicate "ID_DUPLICATE" Applicant Block (detail: Text, detail_zh: Text)
        "The plot's id is used more than once in the file, so neither plot was used: {detail}"
        "地块编号在文件中重复，相关地块均未使用：{detail_zh}";
    PropertyInvalid "PROPERTY_INVALID" Applicant Block (detail: Text, detail_zh: Text)
        "A property of the plot has an impossible value: {detail}"
        "地块的某个属性取值无效：{detail_zh}";
    PersonalData "PERSONAL_DATA" Applicant Block (detail: Text, detail_zh: Text)
        "The plot carries data of a person, which is not taken: {detail}"
        "地块含有个人信息，系统不予接收：{detail_zh}";
    GeomMalformed "GEOM_MALFORMED" Applicant Block (detail: Text, detail_zh: Text)
        "The outline's coordinates are missing or wrongly written: {detail}"
        "边界坐标缺失或格式错误：{detail_zh}";
    GeomTypeUnsupported "GEOM_TYPE_UNSUPPORTED" Applicant Block (detail: Text, detail_zh: Text)
        "This kind of geometry is not a plot: {detail}"
        "该几何类型不是地块：{detail_zh}";
    GeomCrsUnsupported "GEOM_CRS_UNSUPPORTED" Applicant Block (detail: Text, detail_zh: Text)
        "The coordinates are not WGS 84 longitude, latitude: {detail}"
        "坐标不是WGS 84经纬度：{detail_zh}";
    GeomEmpty "GEOM_EMPTY" Applicant Block (detail: Text, detail_zh: Text)
        "The outline encloses no land: {detail}"
        "边界未围成任何土地：{detail_zh}";
    GeomInvalid "GEOM_INVALID" Applicant Block (detail: Text, detail_zh: Text)
        "The outline crosses, touches or overlaps itself: {detail}"
        "边界自相交、自相接或自重叠：{detail_zh}";
    GeomTrackOpen "GEOM_TRACK_OPEN" Applicant Block (detail: Text, detail_zh: Text)
        "The ends of the walked track do not meet: {detail}"
        "步行轨迹首尾不相接：{detail_zh}";
    GeomOutOfRange "GEOM_OUT_OF_RANGE" Applicant Block (detail: Text, detail_zh: Text)
        "A longitude or latitude is out of range: {detail}"
        "经度或纬度超出范围：{detail_zh}";
    GeomAxisSwappedSuspect "GEOM_AXIS_SWAPPED_SUSPECT" Applicant Block (detail: Text, detail_zh: Text)
        "The coordinates look like latitude, longitude where longitude, latitude is expected: {detail}"
        "坐标顺序疑似为纬度、经度，应为经度、纬度：{detail_zh}";
    GeomAntimeridian "GEOM_ANTIMERIDIAN" Applicant Block (detail: Text, detail_zh: Text)
        "The outline crosses the 180 degree meridian in one piece: {detail}"
        "边界整体跨越180度经线：{detail_zh}";
    GeomNotOnLand "GEOM_NOT_ON_LAND" Applicant Block (detail: Text, detail_zh: Text)
        "The plot does not lie on land: {detail}"
        "地块不在陆地上：{detail_zh}";
    GeomOutOfCoverage "GEOM_OUT_OF_COVERAGE" Applicant Block (detail: Text, detail_zh: Text)
        "The plot lies outside the area that Sentinel-2 covers: {detail}"
        "地块位于哨兵二号覆盖范围之外：{detail_zh}";
    GeomTooSmall "GEOM_TOO_SMALL" Applicant Block (detail: Text, detail_zh: Text)
        "The outline encloses too little land: {detail}"
        "边界围成的土地过小：{detail_zh}";
    GeomSliver "GEOM_SLIVER" Applicant Block (detail: Text, detail_zh: Text)
        "The outline is so thin that it is a line: {detail}"
        "边界过窄，近似一条线：{detail_zh}";
    GeomTooLarge "GEOM_TOO_LARGE" Applicant Block (detail: Text, detail_zh: Text)
        "The outline encloses more land, or reaches further, than one plot: {detail}"
        "边界范围超过单个地块：{detail_zh}";
    GeomTooComplex "GEOM_TOO_COMPLEX" Applicant Block (detail: Text, detail_zh: Text)
        "The outline has more vertices, rings or parts than one plot: {detail}"
        "边界的顶点、环或部分过多：{detail_zh}";
    ConsentMissing "CONSENT_MISSING" Applicant Block (what: Word)
        "There is no valid consent, so nothing was looked at: {what}."
        "没有有效的授权同意，因此未作任何查看：{what}。";
    ConsentExpired "CONSENT_EXPIRED" Applicant Block (date: Date, as_of: Date)
        "The consent ended on {date}, before {as_of}, so nothing was looked at."
        "授权同意已于{date}到期（早于{as_of}），因此未作任何查看。";

    // A person has to look: who holds the land.
    OverlapSameField "OVERLAP_SAME_FIELD" Applicant Refer (other: Text, iou: Percent, frac: Percent, max: Percent) ["frac" vs "max"]
        "This is the same land as {other}, offered in the same season: the outlines agree by {iou}, and {frac} of the smaller lies in the other; at most {max} is allowed."
        "该地块与同季申请的{other}为同一土地：边界重合度{iou}，较小者的{frac}位于另一地块内；最多允许{max}。";
    OverlapOtherApplication "OVERLAP_OTHER_APPLICATION" Applicant Refer (other: Text, frac: Percent, area: Hectares, max: Percent) ["frac" vs "max"]
        "{area} of land is also offered in {other} in the same season: {frac} of the smaller outline; at most {max} is allowed."
        "有{area}土地同季也在{other}中申请：占较小地块的{frac}；最多允许{max}。";
    OverlapSliver "OVERLAP_SLIVER" Applicant Refer (other: Text, area: Hectares, width_m: Metres, max_m: Metres) ["width_m" vs "max_m"]
        "A strip of {area}, {width_m} wide, is also offered in {other} in the same season; up to {max_m} counts as an edge drawn twice."
        "有一条{area}、宽{width_m}的土地同季也在{other}中申请；宽度不超过{max_m}视为边界绘制误差。";
    OutlineCopied "OUTLINE_COPIED" Applicant Refer (other: Text, distance: Metres)
        "The outline has the very shape of {other}, {distance} away: one may be a moved or turned copy of the other."
        "边界形状与相距{distance}的{other}完全相同：可能由其平移或旋转而来。";
    // The archive.
    SrcReadFailed "SRC_READ_FAILED" Source Refer (n: Count, tries: Count)
        "{n} scenes that could matter were unreadable after up to {tries} tries. Run again to finish this plot."
        "{n}景可能影响结论的影像在最多{tries}次尝试后仍无法读取。请重新运行以完成该地块。";
    SrcSearchFailed "SRC_SEARCH_FAILED" Source Refer ()
        "The catalogue could not be searched for this plot. Run again to finish it."
        "未能在目录中检索该地块的影像。请重新运行以完成该地块。";
    InternalError "INTERNAL_ERROR" Model Refer ()
        "The program failed on this plot. Please report it; nothing is known about the plot from this run."
        "程序在处理该地块时出错。请报告此问题；本次运行未得出该地块的任何结论。";
    SrcNoScenes "SRC_NO_SCENES" Source Refer (from: Date, to: Date)
        "The archive lists no scene over this plot from {from} to {to}."
        "影像库在{from}至{to}期间没有覆盖该地块的影像。";
    SrcCatalogueGap "SRC_CATALOGUE_GAP" Source Refer (found: Count, expected: Count, min_frac: Percent)
        "The catalogue lists {found} of {expected} expected overpasses; at least {min_frac} is asked for."
        "目录列出{expected}次预期过境中的{found}次；要求至少{min_frac}。";
    SrcOffsetUnresolved "SRC_OFFSET_UNRESOLVED" Source Refer (n: Count)
        "The reflectance offset of {n} scenes could not be settled, so they were not used."
        "{n}景影像的反射率偏移量无法确定，因此未使用。";
    // Clouds and gaps.
    ImgTooFewClear "IMG_TOO_FEW_CLEAR" Imagery Refer (n: Count, phase: Word, from: Date, to: Date, min: Count) ["n" vs "min"]
        "{n} clear dates {phase}, from {from} to {to}; {min} needed."
        "{from}至{to}，{phase}晴空日期有{n}个，需要{min}个。";
    ImgGapLong "IMG_GAP_LONG" Imagery Refer (days: Days, from: Date, to: Date, first: Date, last: Date, max: Days) ["days" vs "max"]
        "No clear image for {days} days, from {from} to {to}; of the days from {first} to {last} at most {max} in a row may go unseen."
        "{from}至{to}连续{days}天没有晴空影像；{first}至{last}期间最多允许连续{max}天。";
    ImgStale "IMG_STALE" Imagery Refer (days: Days, max: Days) ["days" vs "max"]
        "The last clear image is {days} days old; at most {max} days are allowed."
        "最近一次晴空影像距今{days}天；最多允许{max}天。";
    ImgPhaseNotSeen "IMG_PHASE_NOT_SEEN" Imagery Refer (phase: Word, n: Count, min: Count, max_cloud: Percent) ["n" vs "min"]
        "{n} images show the plot {phase} with at most {max_cloud} cloud over it; {min} needed."
        "{phase}地块云量不超过{max_cloud}的影像有{n}景，需要{min}景。";
    // The plot as 10 m pixels see it, and what happened on it.
    PlotTooSmall "PLOT_TOO_SMALL" Plot Refer (n: Count, min: Count) ["n" vs "min"]
        "Only {n} full pixels lie inside the plot; {min} are needed. A visit or finer images can tell."
        "地块内仅有{n}个完整像元，需要{min}个。可通过实地查看或更高分辨率影像判断。";
    PlotTooNarrow "PLOT_TOO_NARROW" Plot Refer (frac: Percent, max: Percent) ["frac" vs "max"]
        "{frac} of the plot's pixels touch its edge; at most {max} is allowed."
        "{frac}的像元接触地块边缘；最多允许{max}。";
    PlotMixed "PLOT_MIXED" Plot Refer (n: Count, largest: Percent)
        "{n} different land uses are seen inside the outline; the largest crop stands on {largest} of it."
        "边界内看到{n}种不同的土地利用；面积最大的作物占{largest}。";
    PlotPartlyCropped "PLOT_PARTLY_CROPPED" Plot Refer (uncropped: Percent, least: Percent, max: Percent) ["least" vs "max"]
        "{uncropped} of the outline carries no crop, at least {least} with measuring error; {max} is allowed."
        "边界内{uncropped}没有作物，计入测量误差至少{least}；允许{max}。";
    PlotUnresolved "PLOT_UNRESOLVED" Imagery Refer ()
        "No image was read over this plot, so it is not known how well pixels resolve it."
        "未读取到覆盖该地块的影像，无法判断像元能否分辨该地块。";
    EventFlood "EVENT_FLOOD" Plot Refer (frac: Percent, date: Date, max: Percent) ["frac" vs "max"]
        "{frac} of the plot was under water on {date} (above {max}). Consider the relief route."
        "{date}地块有{frac}被水淹没（超过{max}）。请考虑灾害救助流程。";
    EventDrought "EVENT_DROUGHT" Plot Refer (from: Date, to: Date, share: Percent, n: Count)
        "Greenness declined slowly from {from} to {to}, here and on {share} of {n} plots of the same crop around: a region-wide decline. Consider the relief route."
        "{from}至{to}绿度缓慢下降，周边{n}个同作物地块中有{share}同样下降：属区域性下降。请考虑灾害救助流程。";
    LandFormerForest "LAND_FORMER_FOREST" Plot Refer (from: Date, to: Date, p5: Ndvi, least: Ndvi, range: Ndvi, n: Count) ["p5" vs "least"]
        "From {from} to {to} the land was green all year, as forest, tree crops or permanent grass are: on {n} clear dates NDVI stayed above {p5} ({least} and more counts), within {range}. Now a crop is seen."
        "{from}至{to}该地块常年绿色，与森林、经济林或永久草地相似：{n}个晴空日期的NDVI均高于{p5}（达到{least}即计入），变幅{range}。现在看到作物。";
    CropDeclining "CROP_DECLINING" Plot Refer (from: Date, to: Date, drop: Ndvi, least: Ndvi, n: Count) ["drop" vs "least"]
        "From {from} to {to} greenness lay below what the season lets expect, at worst by {drop} NDVI ({least} and more counts), on {n} clear dates."
        "{from}至{to}绿度低于该生长季的预期，最多低{drop} NDVI（达到{least}即计入），见于{n}个晴空日期。";
    HarvestEarly "HARVEST_EARLY" Plot Refer (from: Date, to: Date, expected: Date)
        "The plot turned bare between {from} and {to}, before the harvest expected from {expected} on: an early harvest, a green cut, or a loss."
        "{from}至{to}之间地块变为裸地，早于预计的收获期（自{expected}起）：可能是提前收获、青割或受损。";
    CoverGone "COVER_GONE" Plot Refer (from: Date, to: Date)
        "A green cover went between {from} and {to}. No crop was declared, so it is not known whether it was a crop, and whether it was cut, ploughed in or lost."
        "{from}至{to}之间绿色植被消失。由于未申报作物，无法判断是否为作物，也无法判断是收割、翻耕还是受损。";
    CropVanished "CROP_VANISHED" Plot Refer (from: Date, to: Date)
        "A green crop vanished between {from} and {to}, before it could be ripe: cut early on purpose, or lost."
        "{from}至{to}之间绿色作物在可能成熟之前消失：可能是有意提前收割，或已受损。";
    StageNotReached "STAGE_NOT_REACHED" Plot Refer (date: Date)
        "It is too early in the season to tell on {date}. Look again later."
        "{date}仍处于生长季早期，尚无法判断。请稍后再查看。";
    StageNotReachedUntil "STAGE_NOT_REACHED_UNTIL" Plot Refer (date: Date, from: Date)
        "It is too early in the season to tell on {date}; the calendar expects to tell from {from}."
        "{date}仍处于生长季早期；按农时日历，自{from}起可以判断。";
    AreaBelowPolicy "AREA_BELOW_POLICY" Policy Refer (area_ha: Hectares, min_ha: Hectares) ["area_ha" vs "min_ha"]
        "The outline covers {area_ha}; the policy asks for at least {min_ha}."
        "边界面积为{area_ha}；政策要求至少{min_ha}。";
    GpsFar "GPS_FAR" Applicant Refer (distance_m: Metres, max_m: Metres) ["distance_m" vs "max_m"]
        "The phone's position is {distance_m} from the plot; at most {max_m} is allowed, given its accuracy."
        "手机定位距地块{distance_m}；按其精度最多允许{max_m}。";
    OverlapNotChecked "OVERLAP_NOT_CHECKED" Source Refer ()
        "No register of pledged plots was given, so land was compared within this file only."
        "未提供抵押地块登记册，仅在本文件内比对土地。";
    SowingDateImplausible "SOWING_DATE_IMPLAUSIBLE" Applicant Refer (date: Date, earliest: Date, latest: Date) ["date" vs "latest"]
        "The declared sowing date {date} cannot be this season's: it must lie between {earliest} and {latest}."
        "申报播种日期{date}不可能属于本季：应在{earliest}至{latest}之间。";
    SowingDateNotUsed "SOWING_DATE_NOT_USED" Applicant Refer
        (date: Date, days: Days, crop: Word, from: Date, to: Date, max: Days) ["days" vs "max"]
        "The declared sowing date {date} was not used: it lies {days} days outside the time in which {crop} is sown here by the calendar ({from} to {to}); up to {max} days outside are accepted. The date, the declared crop or the calendar does not hold."
        "申报播种日期{date}未被采用：按农时日历，此地{crop}的播种期为{from}至{to}，该日期超出{days}天，最多允许超出{max}天。日期、申报作物或日历有一项不符。";
    CropNotDeclared "CROP_NOT_DECLARED" Applicant Refer ()
        "No crop was declared, so there is nothing to compare the curve with."
        "未申报作物，无法与生长曲线比较。";
    AreaNotDeclared "AREA_NOT_DECLARED" Applicant Refer ()
        "No area was declared, so there is nothing to compare the outline with."
        "未申报面积，无法与边界面积比较。";
    CurrencyDiffers "CURRENCY_DIFFERS" Applicant Refer (requested: Text, policy: Text)
        "The amount was asked for in {requested}; the policy reckons in {policy}."
        "申请金额的币种为{requested}；政策以{policy}计算。";
    LimitNotComputed "LIMIT_NOT_COMPUTED" Policy Refer (what: Word)
        "The limit cannot be computed: {what}."
        "无法计算额度：{what}。";
    CropFitsBadly "CROP_FITS_BADLY" Plot Refer (declared: Word)
        "What is seen fits the declared crop ({declared}) badly, but not badly enough to decide."
        "所见曲线与申报作物（{declared}）不太吻合，但不足以下结论。";
    // The method.
    CropUncertain "CROP_UNCERTAIN" Model Refer (crop: Word, p: Probability, min: Probability) ["p" vs "min"]
        "The likeliest reading of the curve, {crop}, has probability {p}; {min} is needed to name the crop."
        "对曲线最可能的解读（{crop}）的概率为{p}；确定作物需要{min}。";
    CropOutOfDomain "CROP_OUT_OF_DOMAIN" Model Refer (what: Text, what_zh: Text)
        "The method was not made for this case: {what}."
        "该方法不适用于此情况：{what_zh}。";
    CropUndetermined "CROP_UNDETERMINED" Model Refer (declared: Word)
        "What is seen neither confirms nor contradicts the declared crop ({declared})."
        "所见曲线既不能证实也不能否定申报作物（{declared}）。";
    CannotTellCropped "CROPPED_CANNOT_TELL" Model Refer ()
        "Whether a crop is standing cannot be told from what was seen."
        "根据所见无法判断地块是否种植了作物。";
    CroppedAreaNotTold "CROPPED_AREA_NOT_TOLD" Model Refer (why: Word)
        "Which part of the outline carries the crop cannot be told: {why}."
        "无法判断边界内哪一部分种有作物：{why}。";
    InternalInconsistent "INTERNAL_INCONSISTENT" Model Refer (a: Word, b: Word)
        "Two findings disagree: {a}; {b}."
        "两项结果不一致：{a}；{b}。";

    // Speaks against.
    LandNotCropped "LAND_NOT_CROPPED" Plot Against
        (from: Date, to: Date, clear_obs: Count, min_clear_obs: Count, ndvi_min: Ndvi, ndvi_max: Ndvi) ["clear_obs" vs "min_clear_obs"]
        "No crop cycle is seen from {from} to {to}: {clear_obs} clear dates were examined ({min_clear_obs} needed), and NDVI stayed between {ndvi_min} and {ndvi_max}."
        "{from}至{to}未见作物生长过程：共查看{clear_obs}个晴空日期（需要{min_clear_obs}个），NDVI始终在{ndvi_min}至{ndvi_max}之间。";
    NotPlantedByDeadline "NOT_PLANTED_BY_DEADLINE" Plot Against
        (date: Date, deadline: Date, sowing_until: Date, clear_obs: Count, ndvi_max: Ndvi, limit: Ndvi) ["ndvi_max" vs "limit"]
        "Nothing had come up by {date}: the calendar's last day of green-up was {deadline}, its last day of sowing {sowing_until}. On {clear_obs} clear dates NDVI stayed at {ndvi_max} or below ({limit} is bare soil)."
        "截至{date}未见出苗：按农时日历，返青最晚为{deadline}，播种最晚为{sowing_until}。{clear_obs}个晴空日期的NDVI均不高于{ndvi_max}（{limit}以下为裸地）。";
    CropFailed "CROP_FAILED" Plot Against
        (from: Date, to: Date, drop: Ndvi, least: Ndvi, clear_obs: Count, neighbours: Word) ["drop" vs "least"]
        "Between {from} and {to} NDVI fell {drop} below what was expected ({least} and more counts), long before ripeness, and {clear_obs} clear dates show it; {neighbours}."
        "{from}至{to}之间NDVI比预期低{drop}（达到{least}即计入），远早于成熟期，{clear_obs}个晴空日期可见；{neighbours}。";
    VigourBelowPeers "VIGOUR_BELOW_PEERS" Plot Against
        (percentile: Percent, n: Count, radius_m: Metres, z: Number, threshold: Number) ["z" vs "threshold"]
        "At the same stage the plot is greener than {percentile} of {n} plots of the same crop within {radius_m}: {z} deviations from their middle, where {threshold} or less counts as very weak."
        "在同一生育阶段，该地块绿度高于{radius_m}内{n}个同作物地块中的{percentile}：偏离中位{z}个标准差，不高于{threshold}视为很弱。";
    AreaUnderDeclared "AREA_UNDER_DECLARED" Plot Against
        (measured_ha: Hectares, upper_ha: Hectares, declared_ha: Hectares, deviation: Percent, tolerance: Percent) ["deviation" vs "tolerance"]
        "The outline measures {measured_ha}, at most {upper_ha} with measuring error, where {declared_ha} was declared: at least {deviation} less; {tolerance} is allowed."
        "边界实测{measured_ha}，计入测量误差最多{upper_ha}，申报{declared_ha}：至少少{deviation}，允许{tolerance}。";
    CroppedUnderDeclared "CROPPED_AREA_UNDER_DECLARED" Plot Against
        (cropped_ha: Hectares, upper_ha: Hectares, declared_ha: Hectares, deviation: Percent, tolerance: Percent) ["deviation" vs "tolerance"]
        "The crop stands on {cropped_ha} of the outline, at most {upper_ha} with measuring error, where {declared_ha} was declared: at least {deviation} less; {tolerance} is allowed."
        "边界内种有作物的面积为{cropped_ha}，计入测量误差最多{upper_ha}，申报{declared_ha}：至少少{deviation}，允许{tolerance}。";
    CropDiffers "CROP_DIFFERS" Plot Against
        (declared: Word, crop: Word, log_odds: Number, threshold: Number) ["log_odds" vs "threshold"]
        "What is seen contradicts the declared crop ({declared}) and fits {crop} better: log odds {log_odds}, where {threshold} or less counts as contradicted."
        "所见曲线与申报作物（{declared}）矛盾，更符合{crop}：对数优势为{log_odds}，不高于{threshold}即视为矛盾。";
    PolicyCropNotFinanced "POLICY_CROP_NOT_FINANCED" Policy Against (crop: Word, financed: Word) ["crop" vs "financed"]
        "The declared crop, {crop}, is not among those that the policy finances: {financed}."
        "申报作物{crop}不在政策支持的作物之列：{financed}。";
    RequestAboveLimit "REQUEST_ABOVE_LIMIT" Policy Against (requested: Text, limit: Text, basis: Word) ["requested" vs "limit"]
        "{requested} was asked for; the limit by the policy is {limit}, from {basis}."
        "申请金额为{requested}；按政策的额度为{limit}，依据是{basis}。";
    LtvTooHigh "LTV_TOO_HIGH" Policy Against (ltv: Percent, max: Percent, value: Text) ["ltv" vs "max"]
        "The amount asked for is {ltv} of the low estimate of the harvest's value ({value}); at most {max} is allowed."
        "申请金额为收成低估值（{value}）的{ltv}；最多允许{max}。";

    // Speaks for.
    LandCropped "LAND_CROPPED" Plot For (clear_obs: Count, from: Date, to: Date, amplitude: Ndvi, peak: Ndvi)
        "A crop cycle is seen on {clear_obs} clear dates from {from} to {to}: NDVI rose by {amplitude} to {peak}."
        "{from}至{to}的{clear_obs}个晴空日期显示作物生长过程：NDVI上升{amplitude}，达到{peak}。";
    CropMatches "CROP_MATCHES" Plot For (declared: Word)
        "What is seen agrees with the declared crop ({declared})."
        "所见曲线与申报作物（{declared}）相符。";
    AreaMatches "AREA_MATCHES" Plot For
        (measured_ha: Hectares, declared_ha: Hectares, tolerance: Percent)
        "The outline measures {measured_ha} against {declared_ha} declared, within the {tolerance} allowed."
        "边界实测{measured_ha}，申报{declared_ha}，在允许的{tolerance}以内。";
    MaturityOnTrack "MATURITY_ON_TRACK" Plot For (maturity: Percent, from: Date, to: Date)
        "{maturity} of the way to maturity; harvest expected between {from} and {to}."
        "成熟进度{maturity}；预计{from}至{to}收获。";
    RequestWithinLimit "REQUEST_WITHIN_LIMIT" Policy For (requested: Text, limit: Text, basis: Word)
        "{requested} was asked for; the limit by the policy is {limit}, from {basis}."
        "申请金额为{requested}；按政策的额度为{limit}，依据是{basis}。";
    PhasesSeen "IMG_PHASES_SEEN" Imagery For (phases: Word, min: Count, max_cloud: Percent)
        "Images with at most {max_cloud} cloud over the plot, {min} or more of each phase that is past, show it: {phases}."
        "已过去的每个阶段（{phases}）均有至少{min}景地块云量不超过{max_cloud}的影像。";
    VigourAbovePeers "VIGOUR_ABOVE_PEERS" Plot For (percentile: Percent, n: Count, radius_m: Metres, z: Number)
        "At the same stage the plot is greener than {percentile} of {n} plots of the same crop within {radius_m} ({z} deviations from their middle)."
        "在同一生育阶段，该地块绿度高于{radius_m}内{n}个同作物地块中的{percentile}（偏离中位{z}个标准差）。";

    // For information.
    EventRegional "EVENT_REGIONAL" Plot Info (from: Date, to: Date, share: Percent, n: Count)
        "Between {from} and {to} {share} of {n} plots of the same crop around fell alike; it is not specific to this farm."
        "{from}至{to}之间，周边{n}个同作物地块中有{share}同样下降；并非该农户独有。";
    MaturityLate "MATURITY_LATE" Plot Info (days: Days, n: Count)
        "The crop greened up {days} days after the middle of {n} plots of the same crop around."
        "该地块返青比周边{n}个同作物地块的中位晚{days}天。";
    HarvestDone "HARVEST_DONE" Plot Info (date: Date, from: Date, to: Date)
        "Harvest was seen about {date} (between {from} and {to})."
        "约{date}（{from}至{to}之间）已见收获。";
    CroppedArea "CROPPED_AREA" Plot Info (outline_ha: Hectares, cropped_ha: Hectares, lower_ha: Hectares, upper_ha: Hectares)
        "Of {outline_ha} inside the outline, {cropped_ha} ({lower_ha} to {upper_ha}) carry the crop."
        "边界内{outline_ha}中，{cropped_ha}（{lower_ha}至{upper_ha}）种有作物。";
    AreaOverDeclared "AREA_OVER_DECLARED" Applicant Info (measured_ha: Hectares, declared_ha: Hectares, deviation: Percent)
        "The outline measures {measured_ha} against {declared_ha} declared: {deviation} more."
        "边界实测{measured_ha}，申报{declared_ha}：多{deviation}。";
    LandNoCycleSeen "LAND_NO_CYCLE_SEEN" Plot Info (clear_obs: Count, from: Date, to: Date, ndvi_min: Ndvi, ndvi_max: Ndvi)
        "No crop cycle is seen on the {clear_obs} clear dates from {from} to {to}: NDVI lay between {ndvi_min} and {ndvi_max}."
        "{from}至{to}的{clear_obs}个晴空日期均未见作物生长过程：NDVI在{ndvi_min}至{ndvi_max}之间。";
    OverlapEdge "OVERLAP_EDGE" Applicant Info (other: Text, frac: Percent, max: Percent)
        "The outline shares an edge of land with {other}: {frac} of the smaller; up to {max} counts as drawing."
        "边界与{other}有少量重叠：占较小地块的{frac}；不超过{max}视为绘制误差。";
    OverlapOtherSeason "OVERLAP_OTHER_SEASON" Applicant Info (other: Text, frac: Percent)
        "The same land was offered in {other} in another season ({frac} of the smaller outline), which is allowed."
        "同一土地曾在另一季的{other}中申请（占较小地块的{frac}），属允许情形。";
    OverlapSameBorrower "OVERLAP_SAME_BORROWER" Applicant Info (other: Text, frac: Percent)
        "The land is also in {other} of the same borrower ({frac} of the smaller outline)."
        "该土地也在同一借款人的{other}中（占较小地块的{frac}）。";
    LimitCapped "LIMIT_CAPPED" Policy Info (name: Text, before: Text, after: Text)
        "The limit was lowered from {before} to {after} by the policy's bound \"{name}\"."
        "按政策上限“{name}”，额度由{before}降至{after}。";
    LimitAreaDrawn "LIMIT_AREA_NOT_CROPPED" Model Info (area: Hectares, basis: Word, why: Word)
        "The limit is reckoned with {area}, {basis}, and not with the cropped part: {why}."
        "额度按{area}（{basis}）计算，而非按种植部分：{why}。";
    AmountNotRequested "AMOUNT_NOT_REQUESTED" Applicant Info ()
        "No amount was asked for, so there is nothing to compare the limit with."
        "未申请金额，无法与额度比较。";
    GeomRepaired "GEOM_REPAIRED" Applicant Info (repairs: Word)
        "The outline was tidied without changing the land: {repairs}."
        "已整理边界，未改变土地范围：{repairs}。";
    SrcReadFailedHarmless "SRC_READ_FAILED_HARMLESS" Source Info (n: Count)
        "{n} scenes were unreadable; other scenes saw the plot on the same days, or they lie outside the season."
        "{n}景影像无法读取；同日其他影像已覆盖该地块，或其日期不在生长季内。";
    SrcExpectedUnknown "SRC_EXPECTED_UNKNOWN" Source Info ()
        "How many overpasses to expect is not known here, so gaps in the catalogue cannot be counted."
        "此处无法得知应有的过境次数，因此无法统计目录缺失。";
    SrcAssetMissing "SRC_ASSET_MISSING" Source Info (n: Count)
        "{n} scenes lack a readable file in the archive and were skipped."
        "{n}景影像在影像库中缺少可读文件，已跳过。";
    CropNotClassified "CROP_NOT_CLASSIFIED" Model Info (method: Text)
        "The method in use ({method}) gives no crop probabilities."
        "所用方法（{method}）不给出作物概率。";
    YieldNotEstimated "YIELD_NOT_ESTIMATED" Model Info (why: Word)
        "No yield is estimated: {why}."
        "未估算产量：{why}。";
    HarvestByDates "HARVEST_BY_DATES" Model Info (from: Date, to: Date)
        "By the dates of its growth the crop was harvested between {from} and {to}; the cut itself was not seen."
        "按生长日期推算，作物已在{from}至{to}之间收获；未直接看到收割。";
    HarvestNotTold "HARVEST_NOT_TOLD" Model Info ()
        "A harvest date cannot be given yet."
        "目前无法给出收获日期。";
}
