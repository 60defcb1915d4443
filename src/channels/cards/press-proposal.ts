import { z } from 'zod'
import type { EditField } from '../../approvals/action.ts'
import type { Decision } from '../../approvals/decide-proposal.ts'
import type { ByHandRequest } from '../../approvals/finish-by-hand.ts'
import type { Proposal } from '../../approvals/proposal.ts'
import { mayActAs, type Person, roleFor } from '../../approvals/roles.ts'
import { isPaused } from '../../approvals/rollout.ts'
import { DeskError } from '../../salon/errors.ts'
import { localDate, type Zone } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Field, Form, Press, PressAnswer } from './card.ts'
import { type CardRoom, type PressHandler, said } from './card-room.ts'
import { wholeParts } from './fit-parts.ts'
import { readInFull, stateNow } from './proposal-card.ts'
import { sayByHandAnswer } from './say-by-hand.ts'
import { sayDecision, sayNotAllowed } from './say-decision.ts'
import { tellingOf } from './telling.ts'
import { trustedProposal } from './trust-token.ts'

/** The buttons of a proposal's card. */
export const proposalPresses: Record<string, PressHandler> = {
  async approve(press, room) {
    const { id, hash } = await trustedProposal({ press, room })
    return answer({ room, by: press.person, decision: await room.approvals.decide({ id, decision: 'approve', by: press.person, hash }) })
  },

  /** Of a card with a value too long for it: everything in full first, and the form's button approves (APR-8). */
  async read(press, room) {
    const proposal = await trustedProposal({ press, room })
    if (press.values !== undefined || stateNow(proposal, room.clock.now()) !== 'pending') {
      return answer({ room, by: press.person, decision: await room.approvals.decide({ id: proposal.id, decision: 'approve', by: press.person, hash: proposal.hash }) })
    }
    return form(press, { title: 'Read, then decide', submit: room.actions.get(proposal.kind)?.verb ?? 'Approve', intro: readInFull(proposal), fields: [] })
  },

  async reject(press, room) {
    const proposal = await trustedProposal({ press, room })
    if (press.values === undefined && stateNow(proposal, room.clock.now()) === 'pending') {
      return form(press, {
        title: 'Turn it down', submit: 'Turn down', intro: [{ kind: 'text', text: proposal.facts.title }],
        fields: [{ name: 'reason', kind: 'text', lines: 'many', max: 300, label: 'Why', hint: 'Helps whoever asked for it.', optional: true }],
      })
    }
    const reason = z.string().trim().max(300).default('').safeParse(press.values?.['reason'])
    if (!reason.success) return { kind: 'wrong', errors: { reason: 'At most 300 characters, please.' } }
    return answer({ room, by: press.person, decision: await room.approvals.decide({ id: proposal.id, decision: 'reject', by: press.person, hash: proposal.hash, ...(reason.data === '' ? {} : { reason: reason.data }) }) })
  },

  async edit(press, room) {
    const proposal = await trustedProposal({ press, room })
    const { id, hash } = proposal
    if (stateNow(proposal, room.clock.now()) !== 'pending') return answer({ room, by: press.person, decision: { result: 'already_decided', proposal } })
    if (press.values === undefined) {
      await mustHaveRole({ press, room, proposal })
      return form(press, { title: 'Change it', submit: 'Prepare the change', intro: [{ kind: 'text', text: 'This makes a new card with what you enter. It needs an approval of its own, and the old card ends.' }, ...wholeParts([{ kind: 'changes', rows: proposal.facts.changes }])], fields: (await room.approvals.editFields(id)).map(toField) })
    }
    try {
      const changed = await room.approvals.edit({ id, by: press.person, values: press.values, hash })
      return changed.id === id
        ? said(`${id} is as it was: nothing was altered.`, { subjects: [`proposal:${id}`] })
        : said(`Prepared as ${changed.id}: ${changed.facts.title}. It waits for a decision; ${id} is replaced.`, { subjects: [`proposal:${id}`, `proposal:${changed.id}`, 'home'] })
    } catch (error) {
      // What does not make sense can be put right in the form.
      if (!(error instanceof DeskError) || !['invalid_input', 'invalid_time', 'conflict', 'not_found', 'ambiguous'].includes(error.code)) throw error
      const field = Object.keys(press.values).find((name) => name === error.detail?.['field']) ?? Object.keys(press.values)[0]
      if (field === undefined) throw error
      return { kind: 'wrong', errors: { [field]: error.userMessage } }
    }
  },

  async undo(press, room) {
    const proposal = await trustedProposal({ press, room })
    const decision = await room.approvals.undo({ id: proposal.id, by: press.person })
    return answer({ room, by: press.person, decision, also: [`proposal:${proposal.id}`] })
  },

  'by_hand:done': (press, room) => byHand({ press, room, says: 'done' }),
  'by_hand:not_done': (press, room) => byHand({ press, room, says: 'not_done' }),
  'by_hand:taken_back': (press, room) => byHand({ press, room, says: 'taken_back' }),

  async propose_again(press, room) {
    const proposal = await trustedProposal({ press, room })
    const again = await room.approvals.proposeAgain({ id: proposal.id, by: press.person })
    return said(`Prepared again as ${again.id}, with what is free now. It waits for a decision.`, { subjects: [`proposal:${proposal.id}`, `proposal:${again.id}`, 'home'] })
  },
}

function form(press: Press, shape: Omit<Form, 'action' | 'token'>): PressAnswer {
  return { kind: 'form', form: { action: press.action, token: press.token, ...shape } }
}

/** A decision in words, with everything that looks different after it. */
async function answer({ room, by, decision, also = [] }: { room: CardRoom; by: Person; decision: Decision; also?: string[] }): Promise<PressAnswer> {
  const { proposal } = decision
  const replacement = decision.result === 'stale' ? decision.replacement?.id : undefined
  const telling = await tellingOf({ room, proposal })
  const { text, good } = sayDecision({ decision, by, telling, paused: await isPaused(room.store.db) })
  const others = [proposal.id, replacement, proposal.supersededBy, proposal.undoOf, proposal.undoneBy].filter((id) => id !== null && id !== undefined)
  return said(text, { good, subjects: [...others.map((id) => `proposal:${id}`), ...also, ...daysOf(proposal, telling.zone), ...threadOf(proposal), 'home'] })
}

/** Of a change that a person makes in the booking system: whether it is done there. */
async function byHand({ press, room, says }: { press: Press; room: CardRoom; says: ByHandRequest['says'] }): Promise<PressAnswer> {
  const { id, hash } = await trustedProposal({ press, room })
  const round = Number(room.tokens.refOf(press.token)?.[1])
  const answered = await room.approvals.byHand({ id, says, by: press.person, hash, round })
  const { proposal } = answered
  const telling = await tellingOf({ room, proposal })
  const { text, good } = sayByHandAnswer({ answer: answered, by: press.person, telling, paused: await isPaused(room.store.db) })
  const others = proposal.undoOf === null ? [] : [`proposal:${proposal.undoOf}`]
  return said(text, { good, subjects: [`proposal:${id}`, ...others, ...daysOf(proposal, telling.zone), ...threadOf(proposal), 'home'] })
}

const Timed = z.looseObject({ start: z.string().optional(), slot: z.looseObject({ start: z.string() }).optional() })

/** The days whose book and list it touches. */
function daysOf({ facts, state }: Proposal, zone: Zone): string[] {
  if (state !== 'done') return []
  const { start, slot } = Timed.parse(facts.basis)
  const dates = [start, slot?.start].filter((instant) => instant !== undefined).map((instant) => localDate(instant, zone))
  return dates.flatMap((date) => [`day:${facts.locationId}:${date}`, `brief:${facts.locationId}:${date}`])
}

function threadOf({ facts: { message }, state }: Proposal): string[] {
  return state === 'done' && message?.kind === 'text' ? [`thread:${message.clientId}`] : []
}

async function mustHaveRole({ press, room, proposal }: { press: Press; room: CardRoom; proposal: Proposal }): Promise<void> {
  const needs = roleFor({ action: room.actions.get(proposal.kind), facts: proposal.facts })
  if (mayActAs(press.person, needs)) return
  await room.store.transaction((trx) => appendAudit(trx, { at: room.clock.now(), actor: press.person.id, action: 'card.refused', subject: `proposal:${proposal.id}`, detail: { action: press.action, role: press.person.role, needs, why: 'role' } }))
  throw new DeskError('not_allowed', { message: 'role too small', userMessage: sayNotAllowed({ id: proposal.id, needs, role: press.person.role }) })
}

function toField(field: EditField): Field {
  const { name, label } = field
  switch (field.kind) {
    case 'date':
      return { name, label, kind: 'date', value: field.value }
    case 'time':
      return { name, label, kind: 'time', value: field.value }
    case 'choice':
      return { name, label, kind: 'choice', options: field.options, value: field.value }
    case 'text': // below, so that every path returns
  }
  return { name, label, kind: 'text', lines: 'many', max: field.max, value: field.value }
}
