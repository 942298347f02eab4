//! Closed-form curves whose dates are known.
