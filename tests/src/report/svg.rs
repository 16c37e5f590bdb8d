//! A scene as one SVG picture, which can be read on white and on black, in a page or alone.

use std::fmt::Write as _;

use super::markup::escape;
use super::scene::{AGAIN, Gap, Outcome, Place, Scene, Step, cut};
use crate::words::{count, time};

/// The most steps that are drawn: a longer picture is none.
const STEPS: usize = 240;

/// The most letters that a step says when it is pointed at.
const TITLE: usize = 1_000;

/// Where the first lane is: left of it stand the times.
const FIRST: usize = 100;
/// Right of the last lane.
const MARGIN: usize = 40;
/// Between two lanes where there are two, and the least that an arrow needs.
const WIDE: usize = 640;
const NARROW: usize = 160;
/// The height of a step.
const ROW: usize = 30;
/// A letter of the font, a little generously: fonts differ.
const LETTER: f64 = 7.9;

/// What each picture begins with.
pub const BEGINNING: &str = "<svg data-from=\"socket-workbook\" ";

/// Colours by name, so that light and dark are two lists of the same. The picture brings its own
/// ground along: a page that embeds it may be of the other kind.
const STYLE: &str = "\
svg{--ground:#fff;--ink:#1b1f24;--quiet:#59636e;--line:#c4ccd4;--wire:#0a5fb4;--end:#59636e;\
--bad:#b3261e;--mishap:#8a5a00}
@media(prefers-color-scheme:dark){svg{--ground:#15181c;--ink:#e6e9ec;--quiet:#a3adb8;\
--line:#3d4650;--wire:#6cb6ff;--end:#a3adb8;--bad:#ff8078;--mishap:#e3b341}}
.ground{fill:var(--ground)}
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
fill:var(--ink);white-space:pre;paint-order:stroke;stroke:var(--ground);stroke-width:4px;\
stroke-linejoin:round}
.title,.lane{font-weight:bold}.fact,.time,.more{fill:var(--quiet)}
.lifeline{stroke:var(--line);stroke-width:2}
.shaft{stroke-width:1.5;stroke:var(--wire)}.head{fill:var(--wire)}
.end .shaft{stroke:var(--end);stroke-dasharray:5 4}.end .head{fill:var(--end)}
.bad .shaft{stroke:var(--bad)}.bad .head,.bad text,.failed{fill:var(--bad)}
.mishap .head,.mishap text{fill:var(--mishap)}
.aside .head{fill:var(--quiet)}.aside text{fill:var(--quiet)}";

/// Draws it.
pub fn draw(scene: &Scene) -> String {
    let mut picture = Picture::of(scene);
    picture.heading(scene);
    let top = picture.y;
    picture.lanes(scene);
    let (steps, gap) = scene.excerpt(STEPS);
    for (at, step) in steps.iter().enumerate() {
        if let Some(gap) = gap.filter(|gap| gap.after == at) {
            picture.gap(gap);
        }
        picture.step(step);
    }
    if let Some(gap) = gap.filter(|gap| gap.after == steps.len()) {
        picture.gap(gap);
    }
    picture.lifelines(top);
    picture.outcome(&scene.outcome);
    let again = scene.facts.iter().find(|(name, _)| name == AGAIN);
    picture.finish(&scene.title, again.map_or("", |(_, typed)| typed))
}

struct Picture {
    /// Where each lane is.
    lanes: Vec<usize>,
    width: usize,
    y: usize,
    below: String,
    above: String,
}

impl Picture {
    fn of(scene: &Scene) -> Self {
        let gaps = scene.lanes.len().saturating_sub(1).max(1);
        let gap = (WIDE / gaps).max(NARROW);
        let lanes: Vec<_> = (0..scene.lanes.len())
            .map(|lane| FIRST + lane * gap)
            .collect();
        Self {
            width: FIRST + gaps * gap + MARGIN,
            lanes,
            y: 10,
            below: String::new(),
            above: String::new(),
        }
    }

    fn heading(&mut self, scene: &Scene) {
        self.lines("title", &scene.title, 16);
        for (name, what) in &scene.facts {
            self.lines("fact", &format!("{name}: {what}"), 16);
        }
        self.y += 14;
    }

    /// A text across the whole width, in as many lines as it needs.
    fn lines(&mut self, class: &str, text: &str, x: usize) {
        for line in textwrap::wrap(text, letters(self.width - 2 * x)) {
            self.y += 18;
            self.text(class, x, "start", &line);
        }
    }

    fn lanes(&mut self, scene: &Scene) {
        self.y += 18;
        let room = if self.lanes.len() > 2 { 15 } else { 40 };
        for (lane, name) in scene.lanes.iter().enumerate() {
            // Outer names stay within the picture.
            let (x, anchor) = match lane {
                _ if lane + 1 == self.lanes.len() => (self.lanes[lane] + MARGIN - 8, "end"),
                _ => (self.lanes[lane], "middle"),
            };
            self.text("lane", x, anchor, &cut(name, room));
        }
        self.y += 10;
    }

    fn step(&mut self, step: &Step) {
        self.y += ROW;
        let class = step.tone.class();
        let full = escape(&cut(&step.saying.in_full(), TITLE));
        let _ = write!(self.above, "<g class=\"{class}\"><title>{full}</title>");
        self.text("time", FIRST - 24, "end", &time(step.at));
        match step.place {
            Place::Between(from, to) => self.arrow(step, from, to),
            Place::Beside(lane) => self.remark(step, lane),
        }
        self.above += "</g>\n";
    }

    fn arrow(&mut self, step: &Step, from: usize, to: usize) {
        let (from, to, y) = (self.lanes[from], self.lanes[to], self.y);
        let (neck, label, anchor) = if from < to {
            (to - 9, from + 12, "start")
        } else {
            (to + 9, from - 12, "end")
        };
        let _ = write!(
            self.above,
            "<path class=\"shaft\" d=\"M{from} {y}H{neck}\"/>\
             <path class=\"head\" d=\"M{to} {y}L{neck} {}V{}Z\"/>",
            y - 5,
            y + 5
        );
        let said = step.saying.in_short(letters(from.abs_diff(to) - 24));
        self.y -= 6;
        self.text("said", label, anchor, &said);
        self.y = y;
    }

    /// Beside a lane, on the side where there is more room.
    fn remark(&mut self, step: &Step, lane: usize) {
        let x = self.lanes[lane];
        let _ = write!(
            self.above,
            "<circle class=\"head\" cx=\"{x}\" cy=\"{}\" r=\"4\"/>",
            self.y - 4
        );
        if x * 2 > self.width {
            let said = step.saying.in_short(letters(x - FIRST));
            self.text("said", x - 12, "end", &said);
        } else {
            let said = step.saying.in_short(letters(self.width - MARGIN - x));
            self.text("said", x + 12, "start", &said);
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.y += ROW;
        let words = format!("⋮ {}", count(gap.count, "more step"));
        self.text("more", FIRST + 12, "start", &words);
    }

    fn lifelines(&mut self, top: usize) {
        self.y += 16;
        for x in &self.lanes {
            let (top, bottom) = (top + 26, self.y);
            let _ = writeln!(
                self.below,
                "<path class=\"lifeline\" d=\"M{x} {top}V{bottom}\"/>"
            );
        }
        self.y += 6;
    }

    fn outcome(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Told(words) => self.lines("fact", words, 16),
            Outcome::Failed(told) => {
                for (at, (name, words)) in told.iter().enumerate() {
                    let mark = if at == 0 { "✗ " } else { "" };
                    let class = if at < 2 { "failed" } else { "fact" };
                    self.lines(class, &format!("{mark}{name}: {words}"), 16);
                }
            }
        }
        self.y += 18;
    }

    fn text(&mut self, class: &str, x: usize, anchor: &str, text: &str) {
        let _ = write!(
            self.above,
            "<text class=\"{class}\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            self.y,
            escape(text)
        );
    }

    fn finish(self, title: &str, again: &str) -> String {
        let Self {
            width,
            y,
            below,
            above,
            ..
        } = self;
        let (title, again) = (escape(title), escape(again));
        format!(
            "{BEGINNING}xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {y}\" \
             width=\"{width}\" height=\"{y}\" role=\"img\">\n<title>{title}</title>\n\
             <desc>{again}</desc>\n\
             <style>{STYLE}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n\
             {below}{above}\n</svg>\n"
        )
    }
}

/// How many letters fit into so many pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "widths of a picture"
)]
fn letters(pixels: usize) -> usize {
    (pixels as f64 / LETTER) as usize
}
