//! Wiki pages: checklists, plans, tables and question banks.
