import { randomUUID } from 'node:crypto'
import type { Proposal } from '../../src/approvals/proposal.ts'
import type { Person } from '../../src/approvals/roles.ts'
import { setPause, setRollout, type Rollout } from '../../src/approvals/rollout.ts'
import type { Decision } from '../../src/approvals/decide-proposal.ts'
import { sayProposal } from '../../src/channels/cards/render-text.ts'
import type { ReadAs } from '../../src/messages/messages.ts'
import { changeTextSettings, type TextSettings } from '../../src/messages/sending/text-settings.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { DeskError } from '../../src/salon/errors.ts'
import { addMinutes } from '../../src/salon/time.ts'
import type { CallStep } from './call-format.ts'
import { type CallHeard, performCall } from './play-calls.ts'
import type { Act, AtTheSalon, ClientText, Step, Work } from './play-format.ts'
import { type Stage, wallClock } from './play-stage.ts'
import { tinyZone } from './tiny-book.ts'

/** What one act of a person led to. */
export type Heard = { reply: string; tools: string[]; proposals: { id: string; kind: string; target: string }[]; result: string }

/** What the play remembers between steps: `{proposal}` and `{target}` of the last card, and what steps told it to. */
export type Memory = Map<string, string>

/** What came of an act of the team, of a client's text, of something in a call, or of what the desk does by itself. */
export type Came = { act: Act; heard: Heard } | { text: ClientText; heard: ClientHeard } | { call: CallStep; heard: CallHeard & Pick<Heard, 'proposals'> } | { work: Work; heard: Pick<Heard, 'proposals'> }

/** Performs one step. Answers what was heard, an entry for every act and text in it; nothing for what happens without the desk. */
export async function perform(step: Step, stage: Stage, memory: Memory): Promise<Came[]> {
  if ('clock' in step) stage.clock.set(wallClock(step.clock))
  else if ('minutes_pass' in step) stage.clock.advance(step.minutes_pass)
  else if ('restart' in step) await stage.restart()
  else if ('the_platform_is' in step) stage.platformIs(step.the_platform_is)
  else if ('at_the_salon' in step) await atTheSalon(step.at_the_salon, stage)
  else if ('the_desk_works' in step) {
    const known = await proposalsNow(stage)
    await stage.work()
    const came = [{ work: step, heard: { proposals: await proposalsNow(stage, known) } }]
    keep(came, memory)
    return came
  } else if ('at_once' in step) {
    const came = await Promise.all(step.at_once.map((each) => one(recall(each, memory), stage)))
    keep(came, memory)
    return came
  } else {
    const came = await one(recall(step, memory), stage)
    keep([came], memory)
    return [came]
  }
  return []
}

async function one(each: Act | ClientText | CallStep, stage: Stage): Promise<Exclude<Came, { work: Work }>> {
  if (isCall(each)) {
    const known = await proposalsNow(stage)
    const heard = await performCall(each, stage)
    return { call: each, heard: { ...heard, proposals: await proposalsNow(stage, known) } }
  }
  return 'texts' in each ? { text: each, heard: await clientTexts(each, stage) } : { act: each, heard: await doAct(each, stage) }
}

function isCall(each: Act | ClientText | CallStep): each is CallStep {
  return 'caller' in each || 'the_desk_answers' in each || 'the_desk_does_not_answer' in each || 'the_line_breaks' in each
}

function keep(came: Came[], memory: Memory): void {
  const last = came.flatMap(({ heard }) => heard.proposals).at(-1)
  if (last !== undefined) memory.set('proposal', last.id).set('target', last.target)
}

/** The same with every `{name}` replaced by what is remembered under it. */
export function recall<T>(written: T, memory: Memory): T {
  if (typeof written === 'string') return written.replaceAll(/\{(\w+)\}/g, (whole, name: string) => memory.get(name) ?? whole) as T
  if (Array.isArray(written)) return written.map((each) => recall(each, memory)) as T
  if (typeof written === 'object' && written !== null) return Object.fromEntries(Object.entries(written).map(([key, value]) => [recall(key, memory), recall(value, memory)])) as T
  return written
}

async function doAct(act: Act, stage: Stage): Promise<Heard> {
  const person = stage.people.get(act.who)
  if (person === undefined) throw new Error(`nobody called ${act.who} in this play`)
  try {
    return await actOf(act, person, stage)
  } catch (error) {
    // What the desk refuses in words is an answer; anything else ends the play.
    if (error instanceof DeskError) return { reply: error.userMessage, tools: [], proposals: [], result: 'refused' }
    throw error
  }
}

async function actOf({ verb, what, because }: Act, person: Person, stage: Stage): Promise<Heard> {
  const { approvals, store } = stage.desk
  if (verb === 'says') {
    const agent = await stage.desk.agent()
    const turn = await agent.turn({ conversationId: `play:${person.name}`, person, text: String(what) })
    return { reply: turn.reply, tools: turn.toolCalls.map(({ name }) => name), proposals: turn.proposals.map(brief), result: 'answered' }
  }
  if (verb === 'approves' || verb === 'rejects') {
    return decided(await approvals.decide({ id: String(what), decision: verb === 'approves' ? 'approve' : 'reject', by: person, ...(because === undefined ? {} : { reason: because }) }), stage)
  }
  if (verb === 'reads') {
    const { client, as } = what as { client: string; as: ReadAs }
    const waiting = (await stage.desk.messages.thread(client)).texts.findLast(({ needsPerson }) => needsPerson)
    if (waiting === undefined) throw new Error(`nothing of ${client} waits for a person`)
    return { reply: '', tools: [], proposals: [], result: (await stage.desk.messages.readAs({ textId: waiting.id, as, by: person })).did }
  }
  if (verb === 'sees_to' || verb === 'takes_over' || verb === 'hands_back') {
    const does = { sees_to: 'lookedAfter', takes_over: 'takeOver', hands_back: 'handBack' } as const
    await stage.desk.messages[does[verb]]({ clientId: String(what), by: person })
    return { reply: '', tools: [], proposals: [], result: 'done' }
  }
  if (verb === 'allows') {
    await stage.desk.messages.setConsent({ clientId: String(what), state: 'in', reason: because ?? '', by: person })
    return { reply: '', tools: [], proposals: [], result: 'done' }
  }
  if (verb === 'limits') {
    await changeTextSettings({ store, clock: stage.clock, change: what as Partial<TextSettings>, by: person })
    return { reply: '', tools: [], proposals: [], result: 'done' }
  }
  if (verb === 'undoes') return decided(await approvals.undo({ id: String(what), by: person }), stage)
  if (verb === 'sets') {
    for (const [kind, rollout] of Object.entries(what as Record<string, Rollout>)) await setRollout({ store, kind, rollout, by: person, now: stage.clock.now() })
  } else {
    await setPause({ store, paused: verb === 'pauses', by: person, now: stage.clock.now() })
    if (verb === 'resumes') await approvals.catchUp()
  }
  return { reply: '', tools: [], proposals: [], result: 'done' }
}

/** As a card shows it after the click. */
function decided(decision: Decision, { clock }: Stage): Heard {
  const { proposal, result } = decision
  const shown = [proposal, ...(decision.result === 'stale' && decision.replacement !== undefined ? [decision.replacement] : [])]
  const words = decision.result === 'stale' ? [...decision.differences, decision.problem ?? ''] : []
  return {
    reply: [...words, ...shown.map((each) => sayProposal({ proposal: each, zone: tinyZone, now: clock.now() }))].join('\n'),
    tools: [],
    // A stale card's replacement is what can be approved next.
    proposals: shown.slice(1).map(brief),
    result: result === 'approved' ? (proposal.state === 'approved' ? 'waits' : proposal.state) : result,
  }
}

function brief({ id, kind, facts }: Proposal) {
  return { id, kind, target: facts.target }
}

/** What staff or clients do in the booking system itself, without the desk. */
async function atTheSalon(event: AtTheSalon, { platform }: Stage): Promise<void> {
  const command = { key: `salon:${randomUUID()}`, by: 'salon' }
  const slotAt = async (when: string, wants: { serviceId: string; staffId: string }[], rescheduling?: string) => {
    const from = wallClock(when)
    const [slot] = unwrap(await platform.searchSlots({ locationId: 'main', wants, from, to: addMinutes(from, 1), limit: 1, ...(rescheduling === undefined ? {} : { rescheduling }) }))
    if (slot === undefined) throw new Error(`the play wants ${when}, and it is not free`)
    return slot.id
  }
  if ('book' in event) {
    unwrap(await platform.create({ ...command, clientId: event.book, slotId: await slotAt(event.at, [{ serviceId: event.service, staffId: event.staff }]) }))
    return
  }
  const id = 'move' in event ? event.move : event.cancel
  const { version: expectedVersion, segments } = unwrap(await platform.appointment({ id }))
  if ('move' in event) unwrap(await platform.reschedule({ ...command, id, expectedVersion, slotId: await slotAt(event.to, segments, id) }))
  else unwrap(await platform.cancel({ ...command, id, expectedVersion, cancelledBy: event.by }))
}

/** What a client heard of their own text, what the desk did with it, and the proposals it made. */
export type ClientHeard = { texts: string[]; did: string; proposals: Heard['proposals'] }

/** A client's text reaches the desk as a text service hands it over. */
async function clientTexts({ client, number, texts: body, with_a_picture: withPicture, delivered = 1 }: ClientText, stage: Stage): Promise<ClientHeard> {
  const { phones, desk: { messages }, clock } = stage
  const from = number ?? unwrap(await stage.platform.client({ id: String(client) })).phones[0]
  if (from === undefined) throw new Error(`${client} has no phone`)
  const heard = phones.sent.length
  const known = await proposalsNow(stage)
  phones.hear(from, body)
  const text = { from, body, externalId: `play:${randomUUID()}`, at: clock.now(), ...(withPicture === undefined ? {} : { media: 1 }) }
  const [received] = await Promise.all(Array.from({ length: delivered }, () => messages.receiveFrom(text)))
  if (received === undefined) throw new Error('a text is delivered at least once')
  return { texts: phones.sent.slice(heard).filter(({ to }) => to === from).map((sent) => sent.body), did: received.did, proposals: await proposalsNow(stage, known) }
}

/** The proposals there are, oldest first, without those that were there before. */
async function proposalsNow({ desk: { approvals } }: Stage, before: Heard['proposals'] = []): Promise<Heard['proposals']> {
  const known = new Set(before.map(({ id }) => id))
  return (await approvals.list({ recent: 1_000 })).toReversed().filter(({ id }) => !known.has(id)).map(brief)
}
