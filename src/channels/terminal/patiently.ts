import type { Terminal } from './terminal.ts'

/** Longer than an ordinary start, shorter than anybody's patience. */
const noticeMs = 1_500

/** Waits for `work`, and says on the error stream what takes so long when it does. */
export async function patiently<T>(terminal: Terminal, work: Promise<T>): Promise<T> {
  const notice = setTimeout(() => terminal.err('Reading the policies and getting ready; the first time takes some seconds …'), noticeMs)
  try {
    return await work
  } finally {
    clearTimeout(notice)
  }
}
