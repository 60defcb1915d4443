import type { Action, ClientText } from '../../approvals/action.ts'
import { lookUntil } from '../../approvals/look-by-hand.ts'
import type { ByHand, Proposal } from '../../approvals/proposal.ts'
import { mayActAs, type Role, roleFor, roleNames, roles } from '../../approvals/roles.ts'
import { firstName, sayList } from '../../salon/plain-names.ts'
import type { Instant, Zone } from '../../salon/time.ts'
import type { Button, Card, Part } from './card.ts'
import { fitParts, fitTitle, wholeParts } from './fit-parts.ts'
import { sayMoment } from './say-moment.ts'
import { saySegments } from './say-segments.ts'
import { sayText, sayTexts, type TextNow } from './say-text.ts'
import type { Tokens } from './token.ts'

/** What a card needs to know of a kind of change. */
export type ActionOnCard = Pick<Action, 'kind' | 'verb' | 'role'> & { canEdit: boolean }

/** `nameOf`: a person's name by id. */
export type Telling = { zone: Zone; now: Instant; nameOf: (id: string) => string }

/** What is so at this moment: whether the desk is paused, what became of the client's text or of many clients' texts, whom an undo would text, and how the chair stands that it offers. */
export type Meanwhile = { paused: boolean; text?: TextNow | undefined; texts?: TextNow[] | undefined; undoTells?: string | undefined; chair?: { id: string; stands: string; next?: string } | undefined }

/**
 * One proposal as a card, from what is stored and nothing else (F54, APR-1). Without `buttons` it is for reading only.
 * A value that is too long for a card is cut, visibly, and of many texts only `mostTexts` are shown; it is then decided on
 * in a form that shows everything (APR-8).
 */
export function proposalCard({ proposal, telling, meanwhile = { paused: false }, mostTexts = 3, buttons }: { proposal: Proposal; telling: Telling; meanwhile?: Meanwhile; mostTexts?: number; buttons?: { action: ActionOnCard; canUndo: boolean; tokens: Tokens } }): Card {
  const state = stateNow(proposal, telling.now)
  const body = fitParts(bodyOf(proposal, mostTexts))
  const isLong = (proposal.facts.texts?.length ?? 0) > mostTexts
  const title = fitTitle(proposal.facts.title)
  return {
    subject: `proposal:${proposal.id}`,
    title: title.title,
    tone: tones[state],
    parts: [
      ...body.parts,
      ...fitParts(stateParts({ proposal, state, telling, meanwhile })).parts,
      ...(state === 'pending' && buttons !== undefined ? fitParts([{ kind: 'small', text: `Asked for by ${telling.nameOf(proposal.requestedBy)}. ${sayWhoMay(roleFor({ action: buttons.action, facts: proposal.facts }))}` }]).parts : []),
    ],
    buttons: buttons === undefined ? [] : [...buttonsFor({ proposal, state, isCut: body.cut || title.cut || isLong, ...buttons }), ...(meanwhile.chair === undefined ? [] : [{ action: 'show', token: buttons.tokens.make({ action: 'show', ref: [`story:${meanwhile.chair.id}`] }), label: 'Whole story' }])],
  }
}

/** Everything that would be decided on, nothing cut. */
export function readInFull(proposal: Proposal): Part[] {
  return wholeParts([{ kind: 'text', text: proposal.facts.title }, ...bodyOf(proposal)])
}

const tones: Record<Proposal['state'], Card['tone']> = { pending: 'waiting', approved: 'waiting', by_hand: 'waiting', unknown: 'waiting', done: 'done', shadow: 'plain', rejected: 'stopped', expired: 'stopped', superseded: 'stopped', failed: 'stopped' }

/** What waits beyond its time has expired, whether or not somebody has clicked since. */
export function stateNow({ state, expiresAt }: Proposal, now: Instant): Proposal['state'] {
  return state === 'pending' && expiresAt <= now ? 'expired' : state
}

function bodyOf({ facts, reason }: Proposal, mostTexts = Infinity): Part[] {
  const { changes, context, notices, policies, message } = facts
  return [
    ...(changes.length === 0 ? [] : [{ kind: 'changes' as const, rows: changes }]),
    ...(context.length === 0 ? [] : [{ kind: 'facts' as const, rows: context }]),
    ...notices.map((text) => ({ kind: 'notice' as const, text })),
    ...policies.slice(0, 1).map(({ quote, title, file }) => ({ kind: 'policy' as const, quote, title, file })),
    ...(message === undefined ? [] : [message.kind === 'text' && message.channel === 'email'
      ? { kind: 'words' as const, label: `To ${message.to} by email, because there is no phone number on file`, text: message.body }
      : message.kind === 'text' ? { kind: 'client_text' as const, to: message.to, text: message.body, segments: message.segments }
      : { kind: 'client_text' as const, to: 'The client', text: message.why, segments: 0 }]),
    ...textParts(facts.texts ?? [], mostTexts),
    ...(reason === '' ? [] : [{ kind: 'words' as const, label: 'Asked as', text: reason }]),
  ]
}

/** How many texts and what they cost, then each as it will be sent; of what is left over the names. */
function textParts(texts: ClientText[], most: number): Part[] {
  if (texts.length === 0) return []
  const segments = texts.reduce((sum, text) => sum + text.segments, 0)
  const rest = texts.slice(most).map(({ to }) => to)
  return [
    { kind: 'facts', rows: [{ label: 'Texts', value: `${texts.length}: ${saySegments(segments)}` }] },
    ...texts.slice(0, most).map(({ to, body, segments: own }): Part => ({ kind: 'client_text', to, text: body, segments: own })),
    ...(rest.length === 0 ? [] : [{ kind: 'small' as const, text: `… and ${rest.length} more, to ${sayList(rest)}.` }]),
  ]
}

function stateParts({ proposal, state, telling, meanwhile: { paused, text, texts, undoTells, chair } }: { proposal: Proposal; state: Proposal['state']; telling: Telling; meanwhile: Meanwhile }): Part[] {
  const { decisionReason, undoneBy, supersededBy } = proposal
  return [
    { kind: 'text', text: sayState({ proposal, state, telling, paused }) },
    ...(state === 'by_hand' && proposal.byHand !== null ? handParts({ proposal, byHand: proposal.byHand, telling, paused }) : []),
    ...(chair === undefined ? [] : [{ kind: 'text' as const, text: [chair.stands, chair.next].filter((words) => words !== undefined).join(' ') }]),
    ...(texts === undefined || texts.length === 0 ? [] : [{ kind: 'text' as const, text: sayTexts(texts, paused) }]),
    ...(text === undefined ? [] : [{ kind: 'text' as const, text: sayText(proposal, { text, telling, paused }) }]),
    ...(state === 'rejected' && decisionReason !== null && decisionReason !== '' ? [{ kind: 'words' as const, label: 'Because', text: decisionReason }] : []),
    ...(supersededBy !== null && (state === 'expired' || state === 'failed') ? [{ kind: 'text' as const, text: `Proposed again as ${supersededBy}.` }] : []),
    ...(undoneBy === null ? [] : [{ kind: 'text' as const, text: `Put back since, by ${undoneBy}.` }]),
    ...(undoTells === undefined ? [] : [{ kind: 'small' as const, text: `Undo tells ${firstName(undoTells)} by text, too.` }]),
  ]
}

/** Longer than any platform's list of steps; of more, the rest is said to be there. */
const mostSteps = 20

/** What a person does, one step after another; then who said that it is done, and what the platform shows of it. */
function handParts({ proposal: { errorCode }, byHand: { steps, until, doneBy, doneAt }, telling, paused }: { proposal: Proposal; byHand: ByHand; telling: Telling; paused: boolean }): Part[] {
  if (doneBy !== null && doneAt !== null) {
    const looks = `It is looked at again until ${sayMoment(lookUntil(doneAt), telling)}`
    return [
      { kind: 'text', text: `${telling.nameOf(doneBy)} said at ${sayMoment(doneAt, telling)} that it is done.` },
      { kind: 'text', text: `${errorCode === 'not_seen' ? 'The booking system does not show it yet.' : errorCode === 'not_looked' ? 'The booking system could not be read yet.' : 'The booking system has not been looked at yet.'} ${paused ? `${looks}, as soon as the desk is no longer paused.` : `${looks}.`}` },
      { kind: 'small', text: 'The client is told nothing before the booking system shows it.' },
    ]
  }
  return [
    { kind: 'list', label: 'Please do this in the booking system', ordered: true, items: steps.slice(0, mostSteps) },
    ...(steps.length > mostSteps ? [{ kind: 'notice' as const, text: `There are ${steps.length - mostSteps} more steps: "desk proposals --json" has them all.` }] : []),
    { kind: 'small', text: `Then press Done, until ${sayMoment(until, telling)}. The client is told nothing before the booking system shows it.` },
  ]
}

function sayState({ proposal, state, telling, paused }: { proposal: Proposal; state: Proposal['state']; telling: Telling; paused: boolean }): string {
  const { expiresAt, result, errorWords, decidedBy, decidedAt, supersededBy } = proposal
  const by = decidedBy === null ? '' : ` by ${telling.nameOf(decidedBy)}${decidedAt === null ? '' : ` at ${sayMoment(decidedAt, telling)}`}`
  switch (state) {
    case 'pending':
      return `Waits for a decision until ${sayMoment(expiresAt, telling)}.`
    case 'approved':
      return paused ? `Approved${by}; it waits because the desk is paused.` : errorWords === null ? `Approved${by}, under way.` : `Approved${by}; it waits. ${errorWords}`
    case 'by_hand':
      return `Approved${by}. The booking system has no way for the desk to do this: somebody does it there by hand.`
    case 'done':
      return `Done, approved${by}: ${result?.said ?? ''}`.trim()
    case 'rejected':
      return `Turned down${by}. Nothing was changed.`
    case 'expired':
      return supersededBy === null ? 'Expired. Nothing was changed; propose it again to see what is possible now.' : 'Expired. Nothing was changed.'
    case 'superseded':
      return supersededBy === null ? 'No longer possible as it was. Nothing was changed.' : `Replaced by ${supersededBy}. Nothing was changed by this one.`
    case 'shadow':
      return 'Shadow mode: only recorded. Nothing will be changed by it.'
    case 'failed':
      return `Not done. ${errorWords ?? ''}`.trim()
    case 'unknown': // below, so that every path returns
  }
  return errorWords ?? 'The booking system did not answer. We are checking whether the change got through.'
}

/** "Front desk, manager or owner may decide." */
function sayWhoMay(needed: Role): string {
  const may = roles.filter((role) => mayActAs({ id: '', name: '', role }, needed)).map((role) => roleNames[role])
  const words = may.length === 1 ? `Only the ${may[0]}` : `The ${may.slice(0, -1).join(', ')} or ${may.at(-1)}`
  return `${words} may decide.`
}

/** Their tokens name the round of steps that was shown, so that a press on an older card says nothing of newer steps. */
function handButtons({ id, hash, byHand }: Proposal, tokens: Tokens): Button[] {
  const button = (action: string, label: string, more: Pick<Button, 'style'> = {}): Button => ({ action, token: tokens.make({ action, ref: [id, String(byHand?.round ?? 0)], version: hash }), label, ...more })
  if (byHand !== null && byHand.doneBy !== null) return [button('by_hand:taken_back', 'It was not done after all', { style: 'danger' })]
  return [button('by_hand:done', 'Done', { style: 'primary' }), button('by_hand:not_done', 'Could not be done', { style: 'danger' })]
}

function buttonsFor({ proposal, state, isCut, action, canUndo, tokens }: { proposal: Proposal; state: Proposal['state']; isCut: boolean; action: ActionOnCard; canUndo: boolean; tokens: Tokens }): Button[] {
  const button = (name: string, label: string, more: Omit<Button, 'action' | 'token' | 'label'> = {}): Button => ({ action: name, token: tokens.make({ action: name, ref: [proposal.id], version: proposal.hash }), label, ...more })
  switch (state) {
    case 'pending':
      return [
        isCut ? button('read', 'Read in full, then decide', { style: 'primary', opensForm: true }) : button('approve', action.verb, { style: 'primary' }),
        ...(action.canEdit ? [button('edit', 'Change…', { opensForm: true })] : []),
        button('reject', 'Reject…', { style: 'danger', opensForm: true }),
      ]
    case 'by_hand':
      return handButtons(proposal, tokens)
    case 'done':
      return canUndo ? [button('undo', 'Undo')] : []
    case 'expired':
    case 'failed':
    case 'superseded': {
      const next = proposal.supersededBy
      return next === null ? [button('propose_again', 'Propose again')] : [{ action: 'show', token: tokens.make({ action: 'show', ref: [`proposal:${next}`] }), label: 'Show it' }]
    }
    case 'approved':
    case 'unknown':
    case 'rejected':
    case 'shadow': // below, so that every path returns
  }
  return []
}
