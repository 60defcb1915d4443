import { z } from 'zod'
import type { Action } from '../approvals/action.ts'
import { ok } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { type Client, clientName } from '../salon/salon.ts'
import type { BookingRoom } from './read-booking.ts'

const Args = z.object({ clientId: z.string().min(1), text: z.string().trim().min(1).max(1_000) })
type Args = z.infer<typeof Args>
const RemoveArgs = z.object({ clientId: z.string().min(1), noteId: z.string().min(1) })
type RemoveArgs = z.infer<typeof RemoveArgs>

/** Writes a note on a client's record. */
export function noteAction(room: BookingRoom): Action<Args> {
  const { platform } = room
  return {
    kind: 'note',
    verb: 'Save the note',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts({ clientId, text }) {
      const client = unwrap(await platform.client({ id: clientId }))
      return { ...(await common(room, clientId)), title: `Note on ${clientName(client)}`, target: `note:${clientId}:${text}`, changes: [{ label: 'Note', before: null, after: text }], basis: { clientId, text, already: idsOf(client, text) } }
    },
    async run({ clientId, text }, { key, by }) {
      const outcome = await platform.addNote({ key, by, on: 'client', id: clientId, text })
      return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : outcome
    },
    async look({ clientId, text }, { basis }) {
      const read = await platform.client({ id: clientId })
      if (!read.ok) return read
      // The same words may have been there before: those are not ours.
      const already = z.array(z.string()).parse(basis['already'])
      const noteId = idsOf(read.value, text).find((id) => !already.includes(id))
      return ok(noteId === undefined ? undefined : { said: `The note is on ${clientName(read.value)}'s record.`, data: { noteId } }, read.observedAt)
    },
    edit: {
      fields: async ({ text }) => [{ name: 'text', label: 'Note', kind: 'text', max: 1_000, value: text }],
      async apply(args, values) {
        const text = Args.shape.text.safeParse(values['text'] ?? args.text)
        if (!text.success) throw new DeskError('invalid_input', { message: 'bad note', userMessage: 'A note needs some words, at most 1,000 characters.', detail: { field: 'text' } })
        return { ...args, text: text.data }
      },
    },
    undo: async ({ clientId }, { result }) => ({ kind: 'remove_note', args: { clientId, noteId: String(result.data['noteId']) } }),
  }
}

/** Takes a note off a client's record; the way back of `note`. */
export function removeNoteAction(room: BookingRoom): Action<RemoveArgs> {
  const { platform } = room
  return {
    kind: 'remove_note',
    verb: 'Remove the note',
    schema: RemoveArgs,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts({ clientId, noteId }) {
      const client = unwrap(await platform.client({ id: clientId }))
      const note = client.notes.find(({ id }) => id === noteId)
      if (note === undefined) throw new DeskError('not_found', { message: 'note is gone', userMessage: `That note is no longer on ${clientName(client)}'s record.` })
      return { ...(await common(room, clientId)), title: `Remove a note on ${clientName(client)}`, target: `note:${clientId}:${noteId}`, changes: [{ label: 'Note', before: note.text, after: null }], basis: { clientId, noteId, text: note.text } }
    },
    async run({ clientId, noteId }, { key, by }) {
      const outcome = await platform.removeNote({ key, by, on: 'client', id: clientId, noteId })
      return outcome.ok ? ok({ said: '', data: {} }, outcome.observedAt) : outcome
    },
    async look({ clientId, noteId }) {
      const read = await platform.client({ id: clientId })
      if (!read.ok) return read
      if (read.value.notes.some(({ id }) => id === noteId)) return ok(undefined, read.observedAt)
      return ok({ said: `The note is off ${clientName(read.value)}'s record.`, data: {} }, read.observedAt)
    },
    undo: async ({ clientId }, { facts }) => ({ kind: 'note', args: { clientId, text: String(facts.basis['text']) } }),
  }
}

function idsOf(client: Client, text: string): string[] {
  return client.notes.filter((note) => note.text === text).map(({ id }) => id)
}

// A client belongs to the whole business; notes follow the mode of its first location.
async function common({ platform }: BookingRoom, clientId: string) {
  const catalog = unwrap(await platform.catalog())
  return { locationId: catalog.locations[0]?.id ?? clientId, context: [], notices: [], policies: [] }
}
