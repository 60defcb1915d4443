import { refresh } from './desk.ts'
import { change, current, type Line } from './state.ts'
import { conversationNow, goOnWith } from './talk.ts'

/** The browser keeps it for this tab, and forgets it when the tab is closed. */
const place = 'desk conversation'
const mostLines = 100

/** `whose`: the desk's name for this person in this session; for anybody else it is not there. */
type Kept = { whose: string; conversation: string; lines: Line[]; draft: string; unsent: { requestId: string; text: string; why: string } | undefined }

/** Puts the conversation back as it was before the page was loaded again, and keeps it for the next time. */
export function keepChat(): void {
  restore()
  addEventListener('pagehide', keep)
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep() })
}

function restore(): void {
  const kept = read()
  if (kept === undefined || kept.whose !== current().me.value?.conversationPrefix) return
  goOnWith(kept.conversation)
  change({ lines: kept.lines, draft: kept.draft, unsent: kept.unsent })
  const subjects = kept.lines.flatMap((line) => (line.from === 'desk' ? line.subjects : []))
  if (subjects.length > 0) void refresh(subjects)
}

function read(): Kept | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? 'null') as Kept | null ?? undefined
  } catch {
    return undefined
  }
}

function keep(): void {
  const { me, signedOut, lines, draft, unsent } = current()
  try {
    sessionStorage.removeItem(place)
    if (me.value === undefined || signedOut) return
    const kept: Kept = { whose: me.value.conversationPrefix, conversation: conversationNow(), ...withoutHalf({ lines, draft, unsent }) }
    sessionStorage.setItem(place, JSON.stringify(kept))
  } catch {
    // A browser that keeps nothing, or no more: the conversation begins anew, which is all that is lost.
  }
}

/** An answer that was under way ends with the page: what was asked goes back to the box, and is the same request again. */
function withoutHalf({ lines, draft, unsent }: Pick<Kept, 'lines' | 'draft' | 'unsent'>): Pick<Kept, 'lines' | 'draft' | 'unsent'> {
  const half = lines.find((line) => line.from === 'desk' && line.working)
  if (half === undefined) return { lines: lines.slice(-mostLines), draft, unsent }
  const requestId = half.id.replace(/^answer /, '')
  const asked = lines.find(({ id }) => id === `words ${requestId}`)
  const text = asked?.from === 'me' ? asked.text : ''
  return {
    lines: lines.filter((line) => line !== half && line !== asked).slice(-mostLines),
    draft: draft === '' ? text : draft,
    unsent: { requestId, text, why: 'The page was loaded again before the answer came. Your message is still here.' },
  }
}
