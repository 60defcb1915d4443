import type { Client, Note } from '../../salon/salon.ts'
import { type BookingPlatform, failed, ok, type Outcome } from '../booking-platform.ts'
import { readClients } from '../embedded/find-clients.ts'
import { isNote, longestNote } from '../embedded/notes.ts'
import { readAppointment } from '../embedded/read-appointments.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import { applyClients } from './apply-clients.ts'
import { changing } from './change.ts'
import { once } from './journal.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { applySeen } from './refresh.ts'
import { vendorKey } from './vendor-key.ts'

type Adding = Parameters<BookingPlatform['addNote']>[0]
type Removing = Parameters<BookingPlatform['removeNote']>[0]

/** Adds a note where the platform keeps notes, and answers with it as read back. */
export async function addNoteThere(room: MirrorRoom, command: Adding): Promise<Outcome<Note>> {
  const { on, id, text, by, key } = command
  const { notes } = await room.capabilities()
  const refused = await whyNot(room, { on, id, mode: notes[on] })
  if (refused !== undefined) return refused
  if (!isNote(text) || text.length > (notes.maxLength ?? longestNote)) return failed('invalid', `a note has 1 to ${notes.maxLength ?? longestNote} characters`)
  const words = text.replace(/\s+/g, ' ').trim()
  const find = (list: Note[]): Outcome<Note> => {
    const note = list.findLast((one) => one.text === text || one.text === words)
    return note === undefined ? failed('unknown_outcome', 'the note is not there') : ok(note, room.clock.now())
  }
  if (on === 'client') {
    return changingClient(room, { operation: 'addNote', command, async apply(client, maybeDone) {
      const there = find(client.notes)
      if (maybeDone && there.ok) return there
      const noted = await room.adapter.addClientNote?.({ key: vendorKey(key), client, text, by, at: room.clock.now() }) ?? failed<Client>('unsupported', 'no notes on clients')
      return noted.ok ? find((await keepClient(room, noted.value, command)).notes) : noted
    } })
  }
  return changing(room, { operation: 'addNote', command, async apply({ seen, visit, maybeDone }) {
    const there = find(visit.notes)
    if (maybeDone && there.ok) return there
    const noted = await room.adapter.addVisitNote?.({ key: vendorKey(key), visit: seen, text, by, at: room.clock.now() }) ?? failed('unsupported', 'no notes on visits')
    if (!noted.ok) return noted
    const applied = await applySeen(room, noted.value, command)
    return applied.ok ? find(applied.value.visit.notes) : applied
  } })
}

export async function removeNoteThere(room: MirrorRoom, command: Removing): Promise<Outcome<null>> {
  const { on, id, noteId, key } = command
  const refused = await whyNot(room, { on, id, mode: (await room.capabilities()).notes[on] })
  if (refused !== undefined) return refused
  if (on === 'client') {
    return changingClient(room, { operation: 'removeNote', command, async apply(client, maybeDone) {
      if (!client.notes.some((note) => note.id === noteId)) return maybeDone ? ok(null, room.clock.now()) : failed('not_found', 'no such note')
      const left = await room.adapter.removeClientNote?.({ key: vendorKey(key), client, noteId }) ?? failed<Client>('unsupported', 'notes stay on this platform')
      if (left.ok) await keepClient(room, left.value, command)
      return left.ok ? ok(null, left.observedAt) : left
    } })
  }
  return changing(room, { operation: 'removeNote', command, async apply({ seen, visit, maybeDone }) {
    if (!visit.notes.some((note) => note.id === noteId)) return maybeDone ? ok(null, room.clock.now()) : failed('not_found', 'no such note')
    const left = await room.adapter.removeVisitNote?.({ key: vendorKey(key), visit: seen, noteId }) ?? failed('unsupported', 'notes stay on this platform')
    if (left.ok) await applySeen(room, left.value, command)
    return left.ok ? ok(null, left.observedAt) : left
  } })
}

async function whyNot({ store, clock }: MirrorRoom, { on, id, mode }: { on: 'appointment' | 'client'; id: string; mode: string }): Promise<Outcome<never> | undefined> {
  if (mode !== 'yes') return failed('unsupported', `this platform takes no notes on ${on}s from us`, { capability: 'notes' })
  const found = on === 'client' ? await readClients({ store, ids: [id], now: clock.now() }) : await readAppointment({ db: store.db, id, now: clock.now() })
  if (!found.ok) return found
  return Array.isArray(found.value) && found.value.length === 0 ? failed('not_found', `no such ${on}`) : undefined
}

/** One change of a client at a time, on the client as they are there right now. */
function changingClient<T>(room: MirrorRoom, { operation, command, apply }: { operation: string; command: (Adding | Removing) & { id: string }; apply: (client: Client, maybeDone: boolean) => Promise<Outcome<T>> }): Promise<Outcome<T>> {
  const { store, clock, adapter } = room
  return once({ store, clock, operation, subject: command.id, command, run: ({ maybeDone }) => oneAtATime({ store, places: [`client:${command.id}`], async work() {
    const there = adapter.client === undefined ? await copyOf(room, command.id) : await adapter.client({ id: command.id })
    return there.ok ? apply(there.value, maybeDone) : there
  } }) })
}

async function copyOf({ store, clock }: MirrorRoom, id: string): Promise<Outcome<Client>> {
  const found = await readClients({ store, ids: [id], now: clock.now() })
  if (!found.ok) return found
  const [client] = found.value
  return client === undefined ? failed('not_found', 'no such client') : ok(client, found.observedAt)
}

async function keepClient({ store, clock }: MirrorRoom, client: Client, { key, by }: { key: string; by?: string }): Promise<Client> {
  await store.transaction(async (trx) => {
    const catalog = await readCatalog(trx)
    if (catalog !== undefined) await applyClients({ trx, store, catalog, clients: [client], now: clock.now(), quiet: false, key, by })
  })
  return client
}
