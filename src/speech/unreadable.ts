import { DeskError } from '../salon/errors.ts'

/** What cannot be read as sound; `what` is for the log. */
export function unreadable(what: string, cause?: unknown): DeskError {
  return new DeskError('invalid_input', { message: `sound cannot be read: ${what}`, userMessage: 'This recording cannot be read. WAV, MP3, and WebM or Ogg with Opus can be; or type what was said.', cause })
}

/** m4a, which the phones of Slack record, needs a program that not every machine has. */
export function needsFfmpeg(): DeskError {
  return new DeskError('invalid_input', { message: 'sound cannot be read: MP4 without ffmpeg', userMessage: 'This recording is in a format (m4a) that this desk can hear only with the program ffmpeg installed beside it. Type what was said, or record it in the browser.' })
}
