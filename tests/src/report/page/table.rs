//! A table in as many columns as the terminal has: what does not fit is wrapped within its cell.

use comfy_table::{
    ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle, Width,
};
use textwrap::core::display_width;

/// A line below the heading, and none at the sides.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));

/// The blanks that each cell has at its sides.
const SIDES: usize = 2;

/// The first row is the heading.
pub fn laid_out(mut rows: Vec<Vec<String>>, width: usize) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(1);
    // What cannot be broken sets how narrow a column can be, as far as there is room for all.
    let narrowest = |column: usize| {
        let words = rows.iter().filter_map(|row| row.get(column));
        let longest = words.flat_map(|cell| cell.split(' ')).map(display_width);
        let width = (longest.max().unwrap_or(0) + SIDES).min(width / columns);
        ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(width).unwrap_or(u16::MAX)))
    };
    let constraints: Vec<_> = (0..columns).map(narrowest).collect();
    let is_wide = |row: &Vec<String>| {
        let cells = row.iter().map(|cell| display_width(cell) + SIDES);
        cells.sum::<usize>() + columns > width
    };
    // Rows of several lines need something between them.
    let style = if rows.iter().any(is_wide) {
        STYLE.row_separator(LineStyle::none().fill('┈').junction('┈'))
    } else {
        STYLE
    };
    let mut table = Table::new();
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(rows.remove(0))
        .add_rows(rows)
        .set_constraints(constraints);
    table
        .lines()
        .flat_map(|line| [line.trim_end().to_string(), "\n".to_string()])
        .collect()
}
