import type { Action, ClientText, Facts } from '../../approvals/action.ts'
import { ok } from '../../platforms/booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Trx } from '../../store/open-store.ts'
import { offersKind, offerSubject, type WaitlistRoom } from '../waitlist-room.ts'
import { OffersArgs } from './offers-args.ts'
import { offersFacts, sayMinutes } from './offers-facts.ts'

const windows = [10, 15, 30, 60, 120, 240]

/**
 * Offering a free chair to the waitlist, approved once for the whole cascade: these clients in this order, these words, this
 * window, so many at once. Approving books nobody yet: it starts the offers, and the first YES is booked.
 */
export function offersAction(room: WaitlistRoom): Action<OffersArgs> {
  const { store, clock } = room
  return {
    kind: offersKind,
    verb: 'Offer it',
    schema: OffersArgs,
    role: 'front_desk',
    ttlMinutes: 240,
    facts: (args) => offersFacts(room, args),
    async recorded(trx, { id, args }) {
      await trx.updateTable('waitlist_openings').set({ proposal_id: id }).where('id', '=', args.openingId).where('state', '=', 'open').execute()
    },
    async run(args, { key, approved }) {
      const proposalId = key.replace(/^proposal:/, '')
      await store.transaction(async (trx) => startOffers(trx, { room, args, approved, proposalId, now: await store.now(trx) }))
      return ok({ said: '', data: {} }, clock.now())
    },
    async look(args, approved, { key }) {
      const opening = await store.db.selectFrom('waitlist_openings').select(['state', 'proposal_id']).where('id', '=', args.openingId).executeTakeFirst()
      if (opening === undefined || opening.state === 'open' || `proposal:${opening.proposal_id}` !== key) return ok(undefined, clock.now())
      const count = approved.texts?.length ?? 0
      return ok({ said: `${args.width === 1 ? 'The first' : `The first ${Math.min(args.width, count)}`} of ${count} is asked now; each has ${sayMinutes(args.windowMin)}. You will see who takes it.`, data: { openingId: args.openingId } }, clock.now())
    },
    edit: {
      fields: async (args) => [
        { name: 'windowMin', label: 'Each may think', kind: 'choice', options: [...new Set([...windows, args.windowMin])].toSorted((a, b) => a - b).map((minutes) => ({ value: String(minutes), label: sayMinutes(minutes) })), value: String(args.windowMin) },
        { name: 'width', label: 'At the same time', kind: 'choice', options: Array.from({ length: Math.min(10, args.candidates.length) }, (_, n) => ({ value: String(n + 1), label: n === 0 ? 'one' : String(n + 1) })), value: String(Math.min(args.width, args.candidates.length)) },
        { name: 'without', label: 'Leave out', kind: 'choice', options: [{ value: '', label: 'nobody' }, ...(await offersFacts(room, args)).texts?.map(({ clientId, to }) => ({ value: clientId, label: to })) ?? []], value: '' },
      ],
      async apply(args, { windowMin, width, without }) {
        const changed = OffersArgs.safeParse({
          ...args, windowMin: Number(windowMin ?? args.windowMin), width: Number(width ?? args.width),
          candidates: args.candidates.map((one) => (without !== undefined && without !== '' && one.clientId === without ? { ...one, leftOut: true } : one)),
        })
        if (!changed.success) throw new DeskError('invalid_input', { message: 'bad offers', userMessage: 'Choose minutes and a number from the lists.', detail: { field: String(changed.error.issues[0]?.path[0] ?? 'windowMin') } })
        return changed.data
      },
    },
    undo: async () => undefined,
  }
}

/** Keeps the approved order with its words, in the transaction that begins it; once, whoever comes second finds it begun. */
async function startOffers(trx: Trx, { room, args, approved, proposalId, now }: { room: WaitlistRoom; args: OffersArgs; approved: Facts; proposalId: string; now: Instant }): Promise<void> {
  const opening = await trx.selectFrom('waitlist_openings').selectAll().where('id', '=', args.openingId).forUpdate().executeTakeFirst()
  if (opening === undefined || opening.state !== 'open') return
  const texts = approved.texts ?? []
  const rows = texts.flatMap((text, index) => {
    const candidate = args.candidates.find(({ clientId, leftOut }) => clientId === text.clientId && leftOut !== true)
    if (candidate === undefined) return []
    const id = `offer-${hashOf({ opening: opening.id, client: text.clientId }).slice(0, 12)}`
    const { body, ...message } = withSubject(text, id)
    return [{
      id, opening_id: opening.id, place: index + 1, entry_id: candidate.entryId, client_id: candidate.clientId, slot_id: candidate.slotId, instead_of: candidate.insteadOf ?? null, gives_up: candidate.givesUp === undefined ? null : JSON.stringify(candidate.givesUp),
      body: room.store.seal.seal(body), message: JSON.stringify(message), state: 'approved' as const, why: null, sent_at: null, expires_at: null, answered_at: null, accepted_at: null, answer_id: null, next_try_at: null, appointment_id: null, at: now,
    }]
  })
  await trx.insertInto('waitlist_offers').values(rows).execute()
  await trx.updateTable('waitlist_openings').set({ state: 'offering', why: null, proposal_id: proposalId, plan: JSON.stringify({ windowMin: args.windowMin, width: args.width }), due_at: now }).where('id', '=', opening.id).execute()
  await appendAudit(trx, { at: now, actor: 'desk', action: 'waitlist.offering', subject: `opening:${opening.id}`, detail: { proposalId, windowMin: args.windowMin, width: args.width, order: rows.map(({ client_id: clientId }) => clientId), notAsked: Object.fromEntries(args.notAsked.map(({ clientId, because }) => [clientId, because])) } })
}

function withSubject(text: ClientText, offerId: string): ClientText {
  return text.asks === undefined ? text : { ...text, asks: { ...text.asks, subject: offerSubject(offerId), data: { ...text.asks.data, offerId } } }
}
