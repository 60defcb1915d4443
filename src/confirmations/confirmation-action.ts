import type { Action, ClientText, Facts } from '../approvals/action.ts'
import { ok } from '../platforms/booking-platform.ts'
import { DeskError } from '../salon/errors.ts'
import type { Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import { claimSteps, leaveOut, settleSteps } from './claim-steps.ts'
import { ConfirmationArgs, confirmationKind } from './confirmation-args.ts'
import { type ConfirmationRoom, readFacts, sayTexts, visitsOf } from './confirmation-facts.ts'
import type { Step } from './sequence.ts'

/** Facts that the planner has read a moment ago, for the one proposal that it makes of them. */
export type Prepared = { take(args: ConfirmationArgs): Facts | undefined }

/**
 * A location's confirmation texts of a day as one change: a person sees every text and approves all of them at once. What is
 * sent are the words that were approved; a text whose visit changed since is left out, and planned anew. There is no way back.
 */
export function confirmationAction({ prepared, ...room }: ConfirmationRoom & { prepared: Prepared }): Action<ConfirmationArgs> {
  const { store, clock } = room
  return {
    kind: confirmationKind,
    verb: 'Send them',
    schema: ConfirmationArgs,
    role: 'front_desk',
    ttlMinutes: 240,
    facts: async (args) => prepared.take(args) ?? readFacts(room, args),
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
