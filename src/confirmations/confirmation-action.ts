import { z } from 'zod'
import type { Action, ClientText, Facts } from '../approvals/action.ts'
import type { Messages } from '../messages/messages.ts'
import { type BookingPlatform, ok } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import type { Location } from '../salon/salon.ts'
import { addMinutes, type Clock, type Instant, localDate, sayDate } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store } from '../store/open-store.ts'
import { claimSteps, leaveOut, settleSteps } from './claim-steps.ts'
import { composeTexts } from './compose-texts.ts'
import { readConfirmationSettings } from './confirmation-settings.ts'
import { readPlanned } from './read-planned.ts'
import { type Step, steps } from './sequence.ts'

export const confirmationKind = 'confirmation_texts'

const Visit = z.object({ id: z.string().min(1), start: z.string(), step: z.enum([...steps, 'again']) })
const Args = z.object({
  locationId: z.string().min(1),
  /** The local day whose texts these are. */
  day: z.iso.date(),
  /** At most one a client; `leftOut` by whoever looked at them. */
  texts: z.array(z.object({ clientId: z.string().min(1), visits: z.array(Visit).min(1), leftOut: z.boolean().optional() })).min(1).max(2_000),
  /** Due and not to be texted, for a person to call. */
  call: z.array(z.object({ id: z.string().min(1), start: z.string(), why: z.enum(['no_number', 'shared_number', 'no_text']) })).max(2_000).default([]),
})
export type ConfirmationArgs = z.infer<typeof Args>

export type ConfirmationRoom = { store: Store; clock: Clock; platform: BookingPlatform; messages: Pick<Messages, 'composeAll' | 'queue' | 'isConnected'> }

/**
 * A location's confirmation texts of a day as one change: a person sees every text and approves all of them at once. What is
 * sent are the words that were approved; a text whose visit changed since is left out, and planned anew. There is no way back.
 */
export function confirmationAction(room: ConfirmationRoom): Action<ConfirmationArgs> {
  const { store, clock } = room
  return {
    kind: confirmationKind,
    verb: 'Send them',
    schema: Args,
    role: 'front_desk',
    ttlMinutes: 240,
    facts: (args) => readFacts(room, args),
    async recorded(trx, { id, state, args, facts, at }) {
      const texts = facts.texts ?? []
      const claimed = stepsOf(args, texts)
      await claimSteps(trx, { steps: claimed, locationId: args.locationId, proposalId: id, state: state === 'shadow' ? 'recorded' : 'proposed', now: at })
      await leaveOut(trx, { steps: args.texts.filter(({ leftOut }) => leftOut).flatMap(claimsOf), now: at })
      await appendAudit(trx, { at, actor: 'desk', action: 'confirmations.planned', subject: `confirmations:${args.locationId}`, detail: { proposalId: id, day: args.day, texts: texts.length, steps: countBy(claimed), visits: claimed.map(({ appointmentId }) => appointmentId) } })
    },
    async run(args, { key, facts, approved }) {
      const now = clock.now()
      const proposalId = idOf(key)
      const fresh = new Map(facts.texts?.map((text) => [text.clientId, text]))
      const standing = (approved.texts ?? []).filter((text) => isSame(text, fresh.get(text.clientId)))
      await store.transaction(async (trx) => {
        const claimed = Map.groupBy(stepsOf(args, standing), ({ clientId }) => clientId)
        const mine = await settleSteps(trx, { proposalId, texts: standing.map(({ clientId }) => ({ clientId, steps: claimed.get(clientId)?.length ?? 0 })), now })
        for (const text of standing) {
          // The key is known to `read-standing.ts` and `claim-steps.ts`.
          if (mine.has(text.clientId)) await room.messages.queue(trx, { key: `confirmation:${proposalId}:${text.clientId}`, text, proposalId, automatic: true, ...(text.onlyWhile === undefined ? {} : { validUntil: text.onlyWhile.start }) })
        }
      })
      return ok({ said: '', data: {} }, now)
    },
    async look(_args, approved, { key }) {
      const proposalId = idOf(key)
      const rows = await store.db.selectFrom('confirmation_steps').select('state').where('proposal_id', '=', proposalId).where('state', '=', 'proposed').execute()
      if (rows.length > 0) return ok(undefined, clock.now())
      const { queued } = await store.db.selectFrom('texts').select((eb) => eb.fn.countAll<string>().as('queued')).where('proposal_id', '=', proposalId).where('key', 'like', `confirmation:${proposalId}:%`).executeTakeFirstOrThrow()
      const left = (approved.texts?.length ?? 0) - Number(queued)
      const fitted = left === 0 ? '' : ` ${left === 1 ? '1 no longer fitted and was' : `${left} no longer fitted and were`} left out.`
      return ok({ said: `${sayTexts(Number(queued))} ${Number(queued) === 1 ? 'is' : 'are'} on the way.${fitted}`, data: { queued: Number(queued), leftOut: left } }, clock.now())
    },
    edit: {
      async fields(args) {
        const { texts = [] } = await readFacts(room, args)
        return [{ name: 'without', label: 'Leave out', kind: 'choice', options: texts.map(({ clientId, to }) => ({ value: clientId, label: to })), value: '' }]
      },
      async apply(args, { without }) {
        if (!args.texts.some(({ clientId, leftOut }) => clientId === without && leftOut !== true)) throw new DeskError('invalid_input', { message: 'no such text to leave out', userMessage: 'Choose whose text is left out.', detail: { field: 'without' } })
        return { ...args, texts: args.texts.map((text) => (text.clientId === without ? { ...text, leftOut: true } : text)) }
      },
    },
    undo: async () => undefined,
  }
}

async function readFacts({ store, clock, platform, messages }: ConfirmationRoom, args: ConfirmationArgs): Promise<Facts> {
  const now = clock.now()
  const catalog = unwrap(await platform.catalog())
  const location = catalog.locations.find(({ id }) => id === args.locationId)
  if (location === undefined) throw new DeskError('not_found', { message: 'no such location', userMessage: 'The booking system does not list this location any more.' })
  const settings = (await readConfirmationSettings({ db: store.db, locationIds: [location.id] })).get(location.id)
  if (settings?.on !== true) throw new DeskError('stale', { message: 'confirmations are off', userMessage: `Confirmation texts are switched off at ${location.name}.` })
  const { texts: standing, clients, call } = await readPlanned({ store, platform, location, settings, args, now })
  const composed = await composeTexts({ composeAll: messages.composeAll, texts: standing, catalog, location, clients, settings, now })
  const texts = composed.filter((text) => text.kind === 'text')
  const untold = composed.flatMap((text) => (text.kind === 'none' ? [text.why] : []))
  if (texts.length === 0) throw new DeskError('stale', { message: 'no confirmation text is left', userMessage: 'None of these texts is left to be sent: the visits were confirmed, moved or cancelled, or their clients may not be texted.' })
  const starts = texts.flatMap(visitsOf).map(({ start }) => start).sort()
  const [first = now, last = now] = [starts[0], starts.at(-1)]
  const notTexted = [...call.map(({ name, why }) => `${name}${why === 'shared_number' ? ' shares a number with another client.' : why === 'no_number' ? ' has no phone number on file.' : ' may not be texted.'}`), ...untold]
  return {
    title: `Send ${sayTexts(texts.length)} ${sayDays({ first, last, location, now })}`,
    locationId: location.id, target: `confirmations:${location.id}:${args.day}`,
    changes: [],
    context: notTexted.length === 0 ? [] : [{ label: 'Not texted, please call', value: [...new Set(notTexted)].join(' ') }],
    notices: [], policies: [],
    // What is approved is this list: a text that no longer fits is left out of it, and the others are still what was approved.
    basis: { locationId: location.id, texts: args.texts },
    notAfter: addMinutes(first, -settings.leastHours * 60),
    texts,
  }
}

/** The visits that a text asks about. */
export function visitsOf({ appointmentId, onlyWhile }: Pick<ClientText, 'appointmentId' | 'onlyWhile'>): { id: string; start: Instant }[] {
  if (appointmentId === undefined || onlyWhile === undefined) return []
  return [{ id: appointmentId, start: onlyWhile.start }, ...(onlyWhile.others ?? []).map((other) => ({ id: other.appointmentId, start: other.start }))]
}

type Claim = { appointmentId: string; startsAt: Instant; step: Step; clientId: string }

/** The steps that these texts are: of what was planned, what they really speak of. */
function stepsOf(args: ConfirmationArgs, texts: ClientText[]): Claim[] {
  const told = new Set(texts.flatMap((text) => visitsOf(text).map(({ id }) => id)))
  return args.texts.filter(({ clientId }) => texts.some((text) => text.clientId === clientId)).flatMap(claimsOf).filter(({ appointmentId }) => told.has(appointmentId))
}

function claimsOf({ clientId, visits }: ConfirmationArgs['texts'][number]): Claim[] {
  return visits.flatMap(({ id, start, step }) => (step === 'again' ? [] : [{ appointmentId: id, startsAt: start, step, clientId }]))
}

function countBy(claims: Claim[]): Record<string, number> {
  return Object.fromEntries(Array.from(Map.groupBy(claims, ({ step }) => step), ([step, those]) => [step, those.length]))
}

/** Whether a text would still be written, and be about the same, word for word. */
function isSame(text: ClientText, fresh: ClientText | undefined): boolean {
  return fresh !== undefined && fresh.body === text.body && JSON.stringify(visitsOf(fresh)) === JSON.stringify(visitsOf(text))
}

const idOf = (key: string): string => key.replace(/^proposal:/, '')

export function sayTexts(count: number): string {
  return count === 1 ? '1 confirmation text' : `${count} confirmation texts`
}

function sayDays({ first, last, location: { zone }, now }: { first: Instant; last: Instant; location: Location; now: Instant }): string {
  const [from, to, today] = [localDate(first, zone), localDate(last, zone), localDate(now, zone)]
  return from === to ? `for ${sayDate(from, today)}` : `for visits from ${sayDate(from, today)} to ${sayDate(to, today)}`
}
