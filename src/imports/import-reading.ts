import type { BookData } from '../salon/book-data.ts'

/** A row that could not be read (`line` counts from 1, the header is line 1) and why, in words for the person who exported it. */
export type RowProblem = { file: string; line: number; reason: string }

/** What a format's reader makes of a folder. `bad` rows block the import unless skipped; `notes` are peculiarities that were understood and handled. */
export type ImportReading = { book: BookData; bad: RowProblem[]; notes: RowProblem[]; rows: number }

export type ImportProgress = (progress: { file: string; rows: number }) => void
