import { expect } from 'vitest'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { clientName, type Appointment, type WaitlistEntry } from '../../src/salon/salon.ts'
import { localDate, localTime } from '../../src/salon/time.ts'
import { verifyAudit } from '../../src/store/audit.ts'
import { type BookPicture, differences } from './play-book.ts'
import { judgeTexts, pattern } from './judge-texts.ts'
import type { Act, Play, Step } from './play-format.ts'
import type { Stage } from './play-stage.ts'
import type { Heard } from './play-steps.ts'
import { tinyZone } from './tiny-book.ts'

/** What one step was expected to bring. */
export function judgeAct({ act, heard, where }: { act: Act; heard: Heard; where: string }): void {
  for (const words of act.hears ?? []) expect(heard.reply, `${where} hears`).toMatch(pattern(words))
  for (const words of act.does_not_hear ?? []) expect(heard.reply, `${where} does not hear`).not.toMatch(pattern(words))
  for (const tool of act.uses ?? []) expect(heard.tools, `${where} uses`).toContain(tool)
  for (const tool of act.does_not_use ?? []) expect(heard.tools, `${where} does not use`).not.toContain(tool)
  if (act.verb === 'says') expect(heard.proposals.map(({ kind }) => kind), `${where} proposes, having said:\n${heard.reply}\n`).toEqual(act.proposes ?? [])
  if (act.comes_to !== undefined) expect([heard.result], `${where} comes to, having said:\n${heard.reply}\n`).toEqual(act.comes_to)
}

/** What holds in every play for everything that is said. */
export function judgeWords({ heard, stage, where, play }: { heard: Heard; stage: Stage; where: string; play: Play }): void {
  expect(heard.reply, `${where}: something was said`).not.toBe(heard.result === 'answered' ? '' : undefined)
  const digits = [...heard.reply.matchAll(/\+?\d[\d ().-]{5,}\d/g)].map(([number]) => number.replaceAll(/\D/g, '')).filter((number) => number.length >= 7)
  const told = digits.filter((number) => stage.numbers.some((phone) => phone.endsWith(number) || number.endsWith(phone)))
  expect(told, `${where}: no phone number is read out`).toEqual([])
  expect(heard.reply, `${where}: no e-mail address is read out`).not.toMatch(/[\w.+-]+@[\w-]+\.\w+/)
  expect(heard.reply, `${where}: plain words only`).not.toMatch(/\bat \S+\.[jt]s:\d|\w*Error\b:|\bundefined\b|\bNaN\b|\[object |ECONN|node_modules|\bnull\b|\{"|slotId|clientId|appointmentId/)
  for (const words of play.never.hears) expect(heard.reply, `${where}: never hears`).not.toMatch(pattern(words))
  for (const tool of play.never.uses) expect(heard.tools, `${where}: never uses`).not.toContain(tool)
  for (const kind of play.never.proposes) expect(heard.proposals.map((each) => each.kind), `${where}: never proposes`).not.toContain(kind)
}

/** What holds after every step: the log is whole, and the desk changed nothing that nobody had approved. */
export async function judgeMoment({ stage, step, before, after, start, play, where }: { stage: Stage; step: Step; before: BookPicture; after: BookPicture; start: BookPicture; play: Play; where: string }): Promise<void> {
  expect(await verifyAudit(stage.store.db), `${where}: the audit log is whole`).toMatchObject({ ok: true })
  const talk = 'verb' in step ? step.verb === 'says' : 'at_once' in step && step.at_once.every((each) => 'verb' in each && each.verb === 'says')
  const alone = (await stage.store.db.selectFrom('audit').select('seq').where('action', '=', 'decision.approved').where('actor', '=', 'rule:autonomous').execute()).length > 0
  if (talk && !alone) expect(differences(before, after), `${where}: talking changes nothing in the book`).toEqual([])
  const changes = await stage.store.db.selectFrom('book_changes').select(['id', 'key', 'by']).execute()
  // A client's YES confirms a visit of their own, and nothing else.
  const ownVisits = new Set((await stage.store.db.selectFrom('book_appointments').select(['id', 'client_id']).execute()).map((visit) => `${visit.id} client:${visit.client_id}`))
  const ownYes = ({ id, key, by }: { id: string; key: string | null; by: string | null }) => key?.startsWith('question:') === true && ownVisits.has(`${id} ${by}`)
  // Their own text puts a client on the waitlist, and nobody else.
  const ownPlaces = new Set((await stage.store.db.selectFrom('book_waitlist').select(['id', 'client_id']).execute()).map((entry) => `${entry.id} client:${entry.client_id}`))
  const ownWish = ({ id, key, by }: { id: string; key: string | null; by: string | null }) => /^reply:\d+:waitlist:/.test(key ?? '') && ownPlaces.has(`${id} ${by}`)
  const approved = new Set((await stage.store.db.selectFrom('audit').select('subject').where('action', '=', 'decision.approved').execute()).map(({ subject }) => subject))
  // An offer's YES books what the card of its whole cascade said, for the client who was offered it.
  const offered = new Map((await stage.store.db.selectFrom('waitlist_offers as offer').innerJoin('waitlist_openings as opening', 'opening.id', 'offer.opening_id').select(['offer.id', 'opening.proposal_id']).execute()).map((offer) => [offer.id, `proposal:${offer.proposal_id}`]))
  const approvedBy = (key: string | null): string => /^proposal:P-\w{6}/.exec(key ?? '')?.[0] ?? offered.get(/^offer:(offer-\w+)/.exec(key ?? '')?.[1] ?? '') ?? ''
  const unapproved = changes.filter(({ id, key, by }) => by !== 'salon' && !ownYes({ id, key, by }) && !ownWish({ id, key, by }) && !approved.has(approvedBy(key)))
  expect(unapproved, `${where}: every change has its approval`).toEqual([])
  for (const name of play.never.changes) expect(after.get(name), `${where}: ${name} never changes`).toBe(start.get(name))
}

/** What must be true in the store at the end, and what must not be in it. */
export async function judgeEnd({ play, stage, start, end }: { play: Play; stage: Stage; start: BookPicture; end: BookPicture }): Promise<void> {
  const { in_the_end: wanted, never } = play
  const { store, platform } = stage
  const isNew = (name: string) => /^(?:appointment|waitlist):/.test(name) && !start.has(name)
  const changed = differences(start, end)
  expect(changed.filter((name) => !isNew(name)), 'changed in the book, and nothing else').toEqual(wanted.changed.toSorted())

  const fresh = await Promise.all(changed.filter((name) => isNew(name) && name.startsWith('appointment:')).map((name) => platform.appointment({ id: name.slice('appointment:'.length) }).then(unwrap)))
  expect(fresh.map(describe), 'new appointments').toEqual(wanted.new_appointments)
  const joined = unwrap(await platform.waitlist({ ids: changed.filter((name) => isNew(name) && name.startsWith('waitlist:')).map((name) => name.slice('waitlist:'.length)) }))
  expect(joined.map(describeEntry), 'new on the waitlist').toEqual(wanted.new_waitlist)
  for (const [id, { instant, ...visit }] of Object.entries(wanted.appointments)) {
    const appointment = unwrap(await platform.appointment({ id: id.replace(/^appointment:/, '') }))
    expect(describe(appointment), `appointment ${id}`).toMatchObject(visit)
    if (instant !== undefined) expect(appointment.start, `instant of ${id}`).toBe(instant)
  }
  for (const [id, status] of Object.entries(wanted.waitlist)) expect(unwrap(await platform.waitlist({ ids: [id] }))[0]?.status, `waitlist entry ${id}`).toBe(status)
  for (const [id, texts] of Object.entries(wanted.notes)) {
    const client = unwrap(await platform.client({ id }))
    expect(client.notes.map(({ text }) => text), `notes of ${clientName(client)}`).toEqual(texts.map((text) => expect.stringMatching(pattern(text))))
  }

  const calls = await store.db.selectFrom('call_outcomes').selectAll().orderBy('id').execute()
  const called = await platform.clients({ ids: calls.map((call) => call.client_id) }).then(unwrap)
  const nameOf = new Map(called.map((client) => [client.id, clientName(client)]))
  expect(calls.map((call) => `${nameOf.get(call.client_id)}: ${call.outcome}`), 'calls written down').toEqual(wanted.calls)
  const count = (states: { state: string }[]) => Object.fromEntries(Map.groupBy(states, ({ state }) => state).entries().map(([state, all]) => [state, all.length]))
  expect(count(await store.db.selectFrom('proposals').select('state').execute()), 'proposals by state').toEqual(wanted.proposals)
  if (play.phones === undefined) expect(count(await store.db.selectFrom('outbox').select('state').execute()), 'outbox by state').toEqual(wanted.outbox)
  await judgeTexts({ wanted, stage })

  const audit = (await store.db.selectFrom('audit').select('action').orderBy('seq').execute()).map(({ action }) => action)
  let from = 0
  for (const action of wanted.audit) {
    const at = audit.indexOf(action, from)
    expect(at, `"${action}" in the audit log, in this order: ${audit.join(', ')}`).toBeGreaterThanOrEqual(from)
    from = at + 1
  }
  for (const action of never.audit) expect(audit, 'never in the audit log').not.toContain(action)
  const shown = JSON.stringify(stage.model?.requests ?? [])
  for (const words of never.model_sees) expect(shown, 'the language model never sees').not.toContain(words)
  expect(stage.model?.problems ?? [], 'what a real model endpoint would have refused').toEqual([])
}

function describe({ clientId, start, status, segments }: Appointment) {
  return { client: clientId, at: `${localDate(start, tinyZone)} ${localTime(start, tinyZone)}`, staff: segments.map(({ staffId }) => staffId).join('+'), service: segments.map(({ serviceId }) => serviceId).join('+'), status }
}

function describeEntry({ clientId, serviceId, staffId, insteadOf, wanted, status }: WaitlistEntry): Play['in_the_end']['new_waitlist'][number] {
  const local = (at: string) => `${localDate(at, tinyZone)} ${localTime(at, tinyZone)}`
  return { client: clientId, service: serviceId, status, wanted: wanted.map(({ from, to }) => `${local(from)} to ${local(to)}`), ...(staffId !== undefined && { staff: staffId }), ...(insteadOf !== undefined && { instead_of: insteadOf }) }
}
