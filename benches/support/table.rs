//! Figures as people read them: medians with their spread, beside the goal.

/// Median, least and most.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// Of at least one figure.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Self {
            median: f64::midpoint(at(sorted.len().saturating_sub(1) / 2), at(sorted.len() / 2)),
            least: at(0),
            most: at(sorted.len().saturating_sub(1)),
        }
    }
}

/// Prints the head of the table; `beside` are the columns that stand beside the figures.
pub fn head(beside: &[&str]) {
    println!(
        "| what | {} | figure | least–most | goal | |",
        beside.join(" | ")
    );
    println!("|---|{}---|---|---|---|", "---|".repeat(beside.len()));
}

/// Prints one line; without a goal it is there to be known. `unit` stands behind each figure.
pub fn row(what: &str, beside: &[&str], figure: Spread, unit: &str, goal: Option<f64>) {
    let number = |value: f64| {
        if value.abs() >= 100.0 || value.fract() == 0.0 {
            format!("{value:.0}{unit}")
        } else {
            format!("{value:.2}{unit}")
        }
    };
    let (goal, verdict) = match goal {
        Some(goal) if figure.median <= goal => (format!("≤ {}", number(goal)), "holds"),
        Some(goal) => (format!("≤ {}", number(goal)), "falls short"),
        None => (String::new(), ""),
    };
    println!(
        "| {what} | {} | {} | {}–{} | {goal} | {verdict} |",
        beside.join(" | "),
        number(figure.median),
        number(figure.least),
        number(figure.most),
    );
}
