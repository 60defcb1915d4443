import type { Store } from './store/open-store.ts'
import { watchChanges } from './store/watch-changes.ts'

/** What to draw again: `proposal:P-7K3QXM`, or a kind alone (`day`, `brief`, `home`, `thread`, `waitlist`, `platform`) for all of it, or `*` for everything. */
type Subjects = string[]

export type Changes = {
  /** Hears of every change in every process; answers how to stop listening. */
  onChange(listener: (subjects: Subjects) => void): () => void
  close(): Promise<void>
}

/** Opens the feed of changes: from the audit log's announcements to what people see of them. */
export function openChanges({ store }: { store: Store }): Changes {
  const listeners = new Set<(subjects: Subjects) => void>()
  const watch = watchChanges({ url: store.url, onChange: (change) => {
    const subjects = subjectsOf(change)
    if (subjects.length > 0) for (const listener of listeners) listener(subjects)
  } })
  return {
    onChange(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    close: () => watch.close(),
  }
}

function subjectsOf({ subject, action }: { subject: string; action: string }): Subjects {
  if (subject === '*') return ['*']
  const [kind = ''] = subject.split(':')
  switch (kind) {
    case 'proposal': return [subject, 'home', ...(action === 'proposal.done' ? ['day', 'brief'] : [])]
    case 'appointment': return ['day', 'brief', 'home', ...(action.startsWith('platform.') ? ['platform'] : [])]
    // How old everything is that comes from the booking system, and what is in the way.
    case 'platform': return ['platform', 'day', 'brief', 'home']
    case 'text': case 'thread': case 'client': return [subject, 'thread', 'day', 'home']
    // Every turn of a call; who waits is at home, too.
    case 'phone': return [subject, 'home']
    case 'brief': return [subject, 'brief', 'home']
    case 'opening': return [subject, 'waitlist', 'home']
    case 'waitlist': return ['waitlist']
    // Approved changes and texts wait while the desk is paused, and their cards say so.
    case 'setting': return ['home', 'setting', ...(/(?:^setting:|\/)waitlist$/.test(subject) ? ['waitlist'] : []), ...(subject === 'setting:pause' ? ['proposal', 'thread'] : [])]
    default: return []
  }
}
