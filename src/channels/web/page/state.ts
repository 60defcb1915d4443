import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { LocalDate } from '../../../salon/time.ts'
import type { Form, View } from '../../cards/card.ts'
import type { AuditPage, Day, Me, Phone, Phones, Proposals, Texts } from '../page-api.ts'
import type { Live } from './live.ts'

/** Something that is read from the desk: what came last, and why it could not be read since. */
export type Read<T> = { value?: T; problem?: string }

/** One side of the conversation with the desk. */
export type Line =
  | { id: string; from: 'me'; text: string }
  | {
    id: string
    from: 'desk'
    working: boolean
    /** What is being looked up, until the answer is there. */
    status: string
    /** Words as they come, until the answer is there. */
    words: string
    view: View | undefined
    /** What it proposed, in order; each card is shown as it is now. */
    subjects: string[]
  }

/** What the open dialog shows, and what it goes back to when it is closed. */
export type Dialog = { behind?: Dialog | undefined } & ({ kind: 'form'; form: Form } | { kind: 'view'; view: View } | { kind: 'visit'; appointmentId: string } | { kind: 'who' })

/** Everything the page shows. One object; whatever changes it makes a new one. */
export type State = {
  me: Read<Me>
  /** The session has ended. */
  signedOut: boolean
  locationId: string
  date: LocalDate
  day: Read<Day>
  brief: Read<View>
  home: Read<View>
  proposals: Read<Proposals>
  audit: Read<AuditPage>
  texts: Read<Texts>
  /** Clients' calls: who waits, the latest, how the day went. */
  phoneCalls: Read<View>
  /** Free chairs and who waits, of this shop. */
  waitlist: Read<View>
  /** The thread that is open among the texts, and whose it is; empty while the list is shown. */
  thread: Read<View>
  threadId: string
  phones: Read<Phones>
  phone: Read<Phone>
  /** Whose phone is shown; empty until there is one. */
  clientId: string
  /** What the chat proposed, by subject, as it is now. */
  views: Record<string, View>
  lines: Line[]
  /** What is written in the chat and not sent. */
  draft: string
  /** A message that did not get through. Sent again as it is, it is the same request. */
  unsent: { requestId: string; text: string; why: string } | undefined
  pane: 'day' | 'chat' | 'phone'
  tab: 'calls' | 'waiting' | 'texts' | 'phone' | 'waitlist' | 'home' | 'log'
  live: Live
  /** The last sentence for whoever pressed something. */
  said: { text: string; good: boolean; number: number } | undefined
  dialog: Dialog | undefined
}

let state: State = {
  me: {}, signedOut: false, locationId: '', date: '', day: {}, brief: {}, home: {}, proposals: {}, audit: {}, texts: {}, phoneCalls: {}, waitlist: {}, thread: {}, threadId: '', phones: {}, phone: {}, clientId: '', views: {},
  lines: [], draft: '', unsent: undefined, pane: 'day', tab: 'calls', live: 'connecting', said: undefined, dialog: undefined,
}
const watchers = new Set<() => void>()

export function current(): State {
  return state
}

export function change(patch: Partial<State>): void {
  state = { ...state, ...patch }
  for (const watcher of watchers) watcher()
}

/** A part of the state; whoever uses it is drawn again when that part is another one. */
export function usePart<T>(pick: (state: State) => T): T {
  const latest = useRef(pick)
  latest.current = pick
  const [, redraw] = useState<unknown>()
  const part = pick(state)
  const drawn = useRef(part)
  drawn.current = part
  useLayoutEffect(() => {
    const look = (): void => {
      if (latest.current(state) !== drawn.current) redraw({})
    }
    look() // it may have changed between drawing and now
    watchers.add(look)
    return () => { watchers.delete(look) }
  }, [])
  return part
}
