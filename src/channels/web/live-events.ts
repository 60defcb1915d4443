import { randomBytes } from 'node:crypto'
import type { PageDesk } from './page-desk.ts'

/** One thing told to everybody who listens; `id` names it, so that a browser that comes back says where it was. */
export type Told = { id: string; subjects: string[] }

export type LiveEvents = {
  /** Hears everything from now on; answers how to stop. */
  listen(listener: (told: Told) => void): () => void
  /** What was told after `id`; undefined when that is no longer known. */
  since(id: string): Told[] | undefined
  /** The name of the last thing told. */
  last(): string
}

/** Changes of one moment are told together: an approval alone writes several rows. */
const gatherMs = 40
/** As many as a few minutes of a busy morning hold; who was away longer reads everything anew. */
const mostKept = 500

/** Gathers the changes of the whole desk, begins when first asked, and keeps the last ones for browsers that come back. */
export function openLiveEvents({ onChange }: Pick<PageDesk, 'onChange'>): LiveEvents {
  // A name for this run: what another run told is not known here.
  const run = randomBytes(6).toString('hex')
  const listeners = new Set<(told: Told) => void>()
  const kept: Told[] = []
  const waiting = new Set<string>()
  let count = 0

  const tell = (): void => {
    count++
    const told = { id: `${run}-${count}`, subjects: [...waiting] }
    waiting.clear()
    kept.push(told)
    if (kept.length > mostKept) kept.shift()
    for (const listener of listeners) listener(told)
  }
  onChange((subjects) => {
    if (waiting.size === 0 && subjects.length > 0) setTimeout(tell, gatherMs).unref()
    for (const subject of subjects) waiting.add(subject)
  })

  return {
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    since(id) {
      const [, of, number] = /^([0-9a-f]+)-(\d+)$/.exec(id) ?? []
      const from = Number(number)
      if (of !== run || from > count || from < count - kept.length) return undefined
      return kept.slice(kept.length - (count - from))
    },
    last: () => `${run}-${count}`,
  }
}
