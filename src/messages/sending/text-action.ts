import { z } from 'zod'
import type { Action } from '../../approvals/action.ts'
import type { Proposal } from '../../approvals/proposal.ts'
import { ok, type BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { countSegments } from '../../salon/gsm-text.ts'
import { type Client, clientName, liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Clock, type Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { checkWords } from '../words/check-words.ts'
import { reachClient, sayBarred } from '../consent/reach-client.ts'
import { lookAfter } from '../receiving/read-threads.ts'

/** What a person writes to a client is called this in the log and in `texts.template`. */
const staffTemplate = 'staff'
/** Kind of the change "a text in somebody's own words". */
export const textKind = 'text_client'
/** More than this nobody reads on a phone; the form recommends half of it. */
export const mostWords = 640

/** Line ends as `\n`; nothing that hides or turns the reading direction. What is left is exactly what goes out. */
const readable = (text: string): string => text.toWellFormed().replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(/(?!\n)[\p{Cc}\p{Co}\p{Cn}\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/gu, '').replaceAll(/\n{3,}/g, '\n\n').trim()

const Args = z.object({
  clientId: z.string().min(1).max(200),
  body: z.string().max(4_000).transform(readable).pipe(z.string().min(1, 'a text needs some words').max(mostWords, `at most ${mostWords} characters`)),
  /** The shop it is from; without it the one of their next visit, else the one they were last texted from. */
  locationId: z.string().min(1).max(200).optional(),
  /** The client's text (its id) that it answers: that one is seen to then. */
  answers: z.int().positive().optional(),
})
type Args = z.infer<typeof Args>

export type TextRoom = {
  store: Store
  clock: Clock
  platform: BookingPlatform
  /** Whether texts can leave at all. */
  isConnected: () => Promise<boolean>
  /** The salon's own address: the only one that a text may link to. */
  publicUrl?: string | undefined
}

/** A text to one client, word for word as a person approved it. There is no way back: what was read was read. */
export function textAction(room: TextRoom): Action<Args> {
  const { store, platform } = room
  return {
    kind: textKind,
    verb: 'Send it',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 240,
    async facts({ clientId, body, locationId: given, answers }) {
      const client = await mayBeTexted(room, clientId)
      const [notices, locationId, words] = await Promise.all([
        checkWords({ platform, body, client, publicUrl: room.publicUrl }),
        locationFor(room, { client, given }),
        answers === undefined ? undefined : wordsOf(store, { clientId, textId: answers }),
      ])
      const { encoding, segments } = countSegments(body)
      return {
        title: `Text ${clientName(client)}`, locationId, target: `text:${clientId}:${hashOf({ body }).slice(0, 16)}`,
        changes: [], context: words === undefined ? [] : [{ label: 'Answers', value: `“${words}”` }],
        notices: [...notices, ...(encoding === 'UCS-2' && segments > 1 ? ['It holds characters that plain SMS lack (an emoji, an accent), so fewer fit into one.'] : [])],
        policies: [], basis: { clientId, body, answers: answers ?? null },
        message: { kind: 'text', clientId, to: clientName(client), body, segments, template: staffTemplate, locationId },
      }
    },
    // The text itself is queued with the change being done, in one transaction.
    async run({ clientId, answers }, { by }) {
      if (answers !== undefined) await lookAfter({ store, clientId, by: { id: by }, upTo: answers, now: room.clock.now() })
      return ok({ said: '', data: {} }, room.clock.now())
    },
    async look({ clientId }) {
      const read = await platform.client({ id: clientId })
      return read.ok ? ok({ said: `The text to ${clientName(read.value)} is on its way.`, data: {} }, read.observedAt) : read
    },
    edit: {
      fields: async ({ body }) => [{ name: 'body', label: 'The words', kind: 'text', max: mostWords, value: body }],
      async apply(args, values) {
        const body = Args.shape.body.safeParse(values['body'] ?? args.body)
        if (!body.success) throw new DeskError('invalid_input', { message: 'bad words for a text', userMessage: `A text needs some words, at most ${mostWords} characters.`, detail: { field: 'body' } })
        return { ...args, body: body.data }
      },
    },
    undo: async () => undefined,
  }
}

/** The client's own text that a text in somebody's words answers: an answer within minutes may go out at any hour. */
export async function answeredBy(trx: Trx, { kind, args }: Pick<Proposal, 'kind' | 'args'>): Promise<{ answers?: { textId: number; at: Instant } }> {
  const parsed = kind === textKind ? Args.safeParse(args) : undefined
  const textId = parsed?.success === true ? parsed.data.answers : undefined
  const row = textId === undefined ? undefined : await trx.selectFrom('texts').select('at').where('id', '=', textId).executeTakeFirst()
  return textId === undefined || row === undefined ? {} : { answers: { textId, at: row.at } }
}

async function mayBeTexted({ store, platform, isConnected }: TextRoom, clientId: string): Promise<Client> {
  const { client, barred } = await reachClient({ store, platform, clientId })
  if (barred !== undefined) throw new DeskError('not_allowed', { message: `client may not be texted: ${barred}`, userMessage: `${sayBarred(client, barred)} Please call instead.` })
  if (!(await isConnected())) throw new DeskError('unsupported', { message: 'texts are not connected', userMessage: 'Texts are not connected yet: please tell the client yourself.' })
  return client
}

async function locationFor({ store, clock, platform }: TextRoom, { client, given }: { client: Client; given: string | undefined }): Promise<string> {
  const { locations } = unwrap(await platform.catalog())
  if (given !== undefined && locations.some(({ id }) => id === given)) return given
  const now = clock.now()
  const ahead = unwrap(await platform.appointments({ clientId: client.id, from: now, to: addMinutes(now, 365 * 24 * 60), limit: 20 })).items.find(({ status }) => liveStatuses.includes(status))
  const last = ahead?.locationId ?? (await store.db.selectFrom('texts').select('location_id').where('client_id', '=', client.id).where('location_id', 'is not', null).orderBy('id', 'desc').executeTakeFirst())?.location_id
  const found = locations.find(({ id }) => id === last) ?? locations[0]
  if (found === undefined) throw new DeskError('not_found', { message: 'no locations', userMessage: 'The booking system lists no location to write from.' })
  return found.id
}

/** What the client wrote, to be quoted. Throws `DeskError('not_found')` for a text that is not this client's. */
async function wordsOf({ db, seal }: Store, { clientId, textId }: { clientId: string; textId: number }): Promise<string> {
  const row = await db.selectFrom('texts').select('body').where('id', '=', textId).where('client_id', '=', clientId).where('direction', '=', 'in').executeTakeFirst()
  if (row === undefined) throw new DeskError('not_found', { message: 'the text answered is not there', userMessage: 'The text that this answers is not in the client\'s thread.' })
  return seal.open(row.body)
}
