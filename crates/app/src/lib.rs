//! Every operation a person or a program can do: authorise, load, decide, save, record.
