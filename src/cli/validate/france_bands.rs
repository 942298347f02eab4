//! Western France read with fewer bands than the set has.

use crate::crop::ensemble::Answer;
use crate::crop::scores::{auc, caught_at};

use super::france::{answers, declarations, summary};
use super::france_pixels::{Pixel, TO};
use super::reads::Reads;
use super::{Instruments, Line, figure};

pub(super) fn lines(pixels: &[Pixel], tools: &Instruments) -> Vec<Line> {
    let mut lines = Vec::new();
    for reads in Reads::LESS {
        let less: Vec<Pixel> = (pixels.iter())
            .map(|p| Pixel { views: p.views.iter().map(|v| reads.of(v)).collect(), ..p.clone() })
            .collect();
        let answered = answers(&less, TO, tools);
        let all: Vec<&(&Pixel, Answer)> = answered.iter().collect();
        let what = reads.words();
        let of_all = format!("{what}: accuracy, accepted right, referred");
        lines.push(Line::new(of_all, all.len(), summary(&all), ""));
        let (truths, falses) = declarations(&all, false);
        let (ranked, caught) = (auc(&truths, &falses), caught_at(&truths, &falses, 0.05));
        let of_declared = format!("{what}: declared crop, flat rest: AUC, caught at 5 %");
        let text = format!("{}, {}", figure(ranked, 3), figure(caught, 3));
        lines.push(Line::new(of_declared, truths.len(), text, ""));
    }
    lines
}
