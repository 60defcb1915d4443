import { expect, onTestFinished, test } from 'vitest'
import { setPause } from '../../../src/approvals/rollout.ts'
import { at } from '../../../src/salon/time.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { maya, olga } from '../../support/approvals-desk.ts'
import { tinyZone } from '../../support/tiny-book.ts'
import { approve, card, type ConfirmationsDesk, lookAndSend, move, openConfirmationsDesk, set, setMode, setStatus, stepRows, type Visit } from './confirmations-desk.ts'

async function desk(visits: Visit[], more: Omit<Parameters<typeof openConfirmationsDesk>[0], 'visits'> = {}): Promise<ConfirmationsDesk> {
  const opened = await openConfirmationsDesk({ visits, ...more })
  onTestFinished(() => opened.close())
  return opened
}

const low: Visit = { id: 'low', clientId: 'fay', date: '2026-12-03' }
const early: Visit = { id: 'risky', clientId: 'hana', date: '2026-12-04', time: '15:00', risk: 'high' }
const last: Visit = { id: 'soon', clientId: 'ivan', date: '2026-12-02', time: '11:00', risk: 'medium' }
const texts = async (one: ConfirmationsDesk) => (await one.store.db.selectFrom('texts').select(['client_id', 'state', 'error_code']).where('direction', '=', 'out').where('template', 'like', 'confirm%').orderBy('id').execute()).map((row) => [row.client_id, row.state, ...(row.error_code === null ? [] : [row.error_code])].join(' '))

test('what is due is one card with every text, word for word, and goes out as it was approved', async () => {
  const one = await desk([low, early, last, { id: 'far', clientId: 'jo', date: '2026-12-08' }])
  expect(await one.look()).toEqual({ locations: 1, texts: 3, leftOut: 0 })
  const { facts, expiresAt, hash } = await card(one)
  expect(facts.title).toBe('Send 3 confirmation texts for visits from Wednesday 2 December to Friday 4 December')
  expect(facts.texts?.map(({ to, body }) => `${to}: ${body}`)).toEqual([
    "Ivan Petrov: Hi Ivan, it's Tiny Salon. We're keeping Wednesday 2 December at 11:00 am for your women's cut with Ana. Will you come? Reply YES, or tell us a better time. STOP to opt out.",
    "Fay O'Neil: Hi Fay, it's Tiny Salon. You have your women's cut with Ana on Thursday 3 December at 10:00 am. Reply YES to confirm or STOP to opt out.",
    "Hana Suzuki: Hi Hana, it's Tiny Salon. Is Friday 4 December at 3:00 pm still good for your women's cut with Ana? Reply YES, or tell us a better time. STOP to opt out.",
  ])
  expect(expiresAt).toBe(at('2026-12-01', '13:01', tinyZone))
  expect(await stepRows(one)).toEqual(['low confirm proposed', 'risky early proposed', 'soon last proposed'])
  expect(await one.look()).toEqual({ locations: 1, texts: 0, leftOut: 0 })
  expect((await card(one)).hash).toBe(hash)

  const done = await approve(one)
  expect(done).toMatchObject({ state: 'done', result: { said: '3 confirmation texts are on the way.' } })
  await one.messages.deliver()
  expect(one.sent.map(({ body }) => body).toSorted()).toEqual(facts.texts?.map(({ body }) => body).toSorted())
  expect(await stepRows(one)).toEqual(['low confirm queued', 'risky early queued', 'soon last queued'])
  expect(await lookAndSend(one)).toEqual([])
  expect(await verifyAudit(one.store.db)).toMatchObject({ ok: true })
  const audit = await one.store.db.selectFrom('audit').select('detail').where('action', '=', 'confirmations.planned').execute()
  expect(audit).toEqual([{ detail: { day: '2026-12-01', proposalId: done.id, steps: { confirm: 1, early: 1, last: 1 }, texts: 3, visits: ['soon', 'low', 'risky'] } }])
})

test('a YES confirms, and ends the sequence; without an answer there is one more text the day before', async () => {
  const one = await desk([early, { ...early, id: 'other', clientId: 'ivan', time: '16:00' }])
  expect(await lookAndSend(one)).toHaveLength(2)
  one.clock.advance(60)
  expect((await one.messages.receive({ clientId: 'hana', body: 'YES', externalId: 'r1' })).did).toBe('confirmed')
  one.clock.set(at('2026-12-02', '09:05', tinyZone))
  expect(await lookAndSend(one)).toEqual([])
  one.clock.set(at('2026-12-03', '09:05', tinyZone))
  const [second, ...more] = await lookAndSend(one)
  expect(second?.body).toContain("We're keeping Friday 4 December at 4:00 pm")
  expect(more).toEqual([])
  one.clock.set(at('2026-12-04', '09:05', tinyZone))
  expect(await lookAndSend(one)).toEqual([])
})

test('no visit, nothing: no card, no row', async () => {
  const one = await desk([])
  expect(await one.look()).toEqual({ locations: 1, texts: 0, leftOut: 0 })
  expect(await stepRows(one)).toEqual([])
})

test('nothing for visits that are confirmed, only asked for, or within two hours', async () => {
  const one = await desk([{ ...low, status: 'confirmed' }, { ...early, status: 'requested' }, { ...last, date: '2026-12-01', time: '10:45' }])
  expect((await one.look()).texts).toBe(0)
})

test('F36: moved, cancelled or confirmed between the card and the approval: left out, and a moved one begins anew', async () => {
  const visits: Visit[] = [low, { ...low, id: 'moved', clientId: 'george', time: '11:00' }, { ...low, id: 'gone', clientId: 'ivan', time: '12:00' }, { ...low, id: 'sure', clientId: 'hana', time: '13:00' }]
  const one = await desk(visits)
  await one.look()
  const proposal = await card(one)
  await move(one, 'moved', '2026-12-04', '11:00')
  await setStatus(one, 'gone', 'cancelled')
  await setStatus(one, 'sure', 'confirmed')
  const done = await approve(one, proposal)
  expect(done.result?.said).toBe('1 confirmation text is on the way. 3 no longer fitted and were left out.')
  await one.messages.deliver()
  expect(one.sent.map(({ to }) => to)).toEqual(['+12135550104'])
  one.clock.set(at('2026-12-02', '09:05', tinyZone))
  const [again, ...more] = await lookAndSend(one)
  expect(again?.body).toContain('Friday 4 December at 11:00 am')
  expect(more).toEqual([])
})

test('F36: moved, cancelled or confirmed between the approval and the sending: the text is not sent', async () => {
  const one = await desk([low, { ...low, id: 'moved', clientId: 'george', time: '11:00' }, { ...low, id: 'gone', clientId: 'ivan', time: '12:00' }, { ...low, id: 'sure', clientId: 'hana', time: '13:00' }])
  await one.look()
  await approve(one)
  await move(one, 'moved', '2026-12-04', '11:00')
  await setStatus(one, 'gone', 'cancelled')
  await setStatus(one, 'sure', 'confirmed')
  await one.messages.deliver()
  expect(one.sent.map(({ to }) => to)).toEqual(['+12135550104'])
  expect((await texts(one)).toSorted()).toEqual(['fay sent', 'george suppressed outdated', 'hana suppressed outdated', 'ivan suppressed outdated'])
})

test('F37: words that would read otherwise now are not sent under an approval of the old ones; they get a card of their own', async () => {
  const one = await desk([low, early])
  await one.look()
  const old = await card(one)
  await one.store.db.insertInto('text_templates').values({ template: 'confirm', language: 'en', body: 'Hi{{client}}, {{salon}}: {{services}}{{staff}}, {{when}}.{{prep}} YES? STOP to opt out.', by: 'test:olga', at: one.clock.now() }).execute()
  await approve(one, old)
  await one.messages.deliver()
  expect(one.sent.map(({ body }) => body)).toEqual([old.facts.texts?.find(({ clientId }) => clientId === 'hana')?.body])
  await lookAndSend(one)
  expect(one.sent[1]?.body).toBe("Hi Fay, Tiny Salon: women's cut with Ana, Thursday 3 December at 10:00 am. YES? STOP to opt out.")
})

test('several visits of one client within the hold window are one text and one question; YES confirms each', async () => {
  const one = await desk([{ ...low, time: '10:00' }, { ...low, id: 'low-2', time: '11:00', serviceId: 'beard' }, { ...low, id: 'tomorrow', date: '2026-12-04' }, { ...low, id: 'beyond', date: '2026-12-05' }])
  const [text, ...more] = await lookAndSend(one)
  expect(more).toEqual([])
  expect(text?.body).toBe("Hi Fay, it's Tiny Salon. You have your women's cut on Thursday 3 December at 10:00 am, your beard trim on Thursday 3 December at 11:00 am and your women's cut on Friday 4 December at 10:00 am. Reply YES to confirm all, or tell us what to change. STOP to opt out.")
  one.clock.advance(10)
  expect((await one.messages.receive({ clientId: 'fay', body: 'yes', externalId: 'r' })).did).toBe('confirmed')
  const statuses = await Promise.all(['low', 'low-2', 'tomorrow', 'beyond'].map(async (id) => {
    const read = await one.platform.appointment({ id })
    return read.ok ? read.value.status : read.error.kind
  }))
  expect(statuses).toEqual(['confirmed', 'confirmed', 'confirmed', 'booked'])
})

test('one of several moved before the YES: the others are confirmed, and a person sees to it', async () => {
  const one = await desk([low, { ...low, id: 'low-2', time: '11:00' }])
  await lookAndSend(one)
  await move(one, 'low-2', '2026-12-05', '11:00')
  one.clock.advance(10)
  expect((await one.messages.receive({ clientId: 'fay', body: 'yes', externalId: 'r' })).did).toBe('handed_over')
  const read = await one.platform.appointment({ id: 'low' })
  expect(read.ok && read.value.status).toBe('confirmed')
})

test('one of several moved before the text left: it is not sent, and the other one gets a text of its own', async () => {
  const one = await desk([low, { ...low, id: 'low-2', time: '11:00' }])
  await one.look()
  await approve(one)
  await move(one, 'low-2', '2026-12-08', '11:00')
  await one.messages.deliver()
  expect(one.sent).toEqual([])
  const [text, ...more] = await lookAndSend(one)
  expect(text?.body).toContain('Thursday 3 December at 10:00 am. Reply YES to confirm or STOP')
  expect(more).toEqual([])
})

test('a visit that was asked about and not answered is named again with the next one, so that one YES answers both', async () => {
  const one = await desk([early, { ...low, id: 'next', clientId: 'hana', date: '2026-12-06', time: '11:00', staffId: 'cruz' }], { now: at('2026-12-01', '09:01', tinyZone) })
  await set(one, { mergeHours: 20 })
  expect(await lookAndSend(one)).toHaveLength(1)
  one.clock.set(at('2026-12-04', '09:01', tinyZone)) // the morning of the first: its last text was missed
  await set(one, { lastHours: 1, leastHours: 1 })
  const [text] = await lookAndSend(one)
  expect(text?.body).toContain('Reply YES to confirm all')
  const open = await one.store.db.selectFrom('pending_questions').select('subject').where('answered_at', 'is', null).execute()
  expect(open).toEqual([{ subject: 'appointments:risky,next' }])
})

test('F23: a number that two clients share is never asked: both are left for a person', async () => {
  const one = await desk([low, { ...low, id: 'hers', clientId: 'hana', time: '11:00' }, { ...low, id: 'fine', clientId: 'ivan', time: '12:00' }], { clients: { george: { phones: ['+12135550104'] } } })
  await one.look()
  const { facts } = await card(one)
  expect(facts.texts?.map(({ clientId }) => clientId)).toEqual(['hana', 'ivan'])
  expect(facts.context).toEqual([{ label: 'Not texted, please call', value: "Fay O'Neil shares a number with another client." }])
  expect(await stepRows(one)).toEqual(['fine confirm proposed', 'hers confirm proposed', 'low confirm skipped shared_number'])
})

test('no number, said STOP, taken over, waiting for a person: recorded with the reason, and texted once it is gone', async () => {
  const one = await desk([low, { ...low, id: 'stop', clientId: 'george' }, { ...low, id: 'mine', clientId: 'ivan' }, { ...low, id: 'asks', clientId: 'hana' }, { ...low, id: 'none', clientId: 'jo' }], { clients: { jo: { phones: [] } } })
  await one.messages.setConsent({ clientId: 'george', state: 'out', reason: 'asked at the desk', by: maya })
  await one.messages.takeOver({ clientId: 'ivan', by: maya })
  await one.messages.receive({ clientId: 'hana', body: 'is it ok to bring my dog?', externalId: 'q' })
  expect((await lookAndSend(one)).map(({ to }) => to)).toEqual(['+12135550104'])
  expect(await stepRows(one)).toEqual(['asks confirm skipped waits_for_person', 'low confirm queued', 'mine confirm skipped taken_over', 'none confirm skipped no_number', 'stop confirm skipped no_text'])
  await one.messages.handBack({ clientId: 'ivan', by: maya })
  await one.messages.lookedAfter({ clientId: 'hana', by: maya })
  one.clock.advance(30)
  expect((await lookAndSend(one)).map(({ to }) => to).toSorted()).toEqual(['+12135550106', '+12135550107'])
})

test('a shop that texts nobody yet or is switched off prepares nothing; nor does a paused desk', async () => {
  const one = await desk([low])
  await set(one, { on: false })
  expect((await one.look()).locations).toBe(0)
  await set(one, { on: true })
  await setPause({ store: one.store, paused: true, by: olga, now: one.clock.now() })
  expect((await one.look()).locations).toBe(0)
  await setPause({ store: one.store, paused: false, by: olga, now: one.clock.now() })
  one.clock.set(at('2026-12-01', '20:30', tinyZone))
  expect((await one.look()).locations).toBe(0)
})

test('a move that asked the client just before leaves the step out', async () => {
  const one = await desk([{ ...low, date: '2026-12-05' }])
  const moved = await one.approvals.propose({ kind: 'reschedule', args: { appointmentId: 'low', slotId: await slotOn(one, '2026-12-03', '14:00') }, reason: 'asked', requestedBy: maya.id })
  await approve(one, moved)
  await one.messages.deliver()
  expect(one.sent).toHaveLength(1)
  one.clock.set(at('2026-12-01', '12:00', tinyZone))
  await lookAndSend(one)
  expect(await stepRows(one)).toEqual(['low confirm skipped just_asked'])
  expect(one.sent).toHaveLength(1)
})

async function slotOn({ platform }: ConfirmationsDesk, date: string, time: string): Promise<string> {
  const from = at(date, time, tinyZone)
  const found = await platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from, to: at(date, '18:00', tinyZone), rescheduling: 'low', limit: 1 })
  return found.ok ? found.value[0]?.id ?? '' : ''
}

test('what to know before coming: a patch test that is due, and the salon\'s own words by service', async () => {
  const one = await desk([
    { id: 'test-due', clientId: 'hana', date: '2026-12-04', time: '10:00', serviceId: 'color', risk: 'high' },
    { id: 'test-done', clientId: 'dana-w', date: '2026-12-04', time: '13:00', serviceId: 'color', risk: 'high', staffId: 'cruz' },
    { ...low, serviceId: 'blowdry' },
  ])
  await set(one, { preparation: { color: 'Please come with dry hair.', blowdry: 'Please come with washed hair.' } })
  await one.look()
  const bodies = Object.fromEntries((await card(one)).facts.texts?.map(({ clientId, body }) => [clientId, body]) ?? [])
  expect(bodies['hana']).toContain('? It needs a patch test at least 48 hours before: please call us for a time. Please come with dry hair. Reply')
  expect(bodies['dana-w']).toContain('? Please come with dry hair. Reply')
  expect(bodies['fay']).toContain('. Please come with washed hair. Reply')
})

test('a visit without a time of day is never told one', async () => {
  const one = await desk([{ ...low, timeKnown: false }, { ...low, id: 'too', time: '12:00' }])
  const [text] = await lookAndSend(one)
  expect(text?.body).toContain('on Thursday 3 December. Reply')
})

test('the day the clocks change: due at nine on the wall, and once', async () => {
  const one = await desk([{ id: 'spring', clientId: 'fay', date: '2027-03-16', time: '10:00', staffId: 'ana' }], { now: '2027-03-14T15:59:00.000Z' })
  expect(await lookAndSend(one)).toEqual([]) // 8:59 on the wall, although 48 hours before is an hour away by UTC
  one.clock.set('2027-03-14T16:00:00.000Z')
  expect(await lookAndSend(one)).toHaveLength(1)
  one.clock.advance(60)
  expect(await lookAndSend(one)).toEqual([])
})

test('shadow mode records what it would have sent, and sends nothing later', async () => {
  const one = await desk([low, early])
  await setMode(one, { mode: 'shadow' })
  expect(await lookAndSend(one)).toEqual([])
  const [recorded] = await one.approvals.list({ recent: 5 })
  expect(recorded).toMatchObject({ state: 'shadow', facts: { texts: [{ clientId: 'fay' }, { clientId: 'hana' }] } })
  expect(await stepRows(one)).toEqual(['low confirm recorded', 'risky early recorded'])
  await setMode(one, { mode: 'assisted' })
  expect(await lookAndSend(one)).toEqual([])
  expect(await texts(one)).toEqual([])
})

test('autonomous mode: as many texts as the day\'s cap allows go by themselves, the rest waits on a card', async () => {
  const clients = ['fay', 'hana', 'ivan', 'jo', 'george']
  const one = await desk(clients.map((clientId, i): Visit => ({ id: `v${i}`, clientId, date: low.date, time: `1${i}:00` })))
  await setMode(one, { mode: 'autonomous', perDay: 3 })
  expect((await one.look()).texts).toBe(5)
  await one.messages.deliver()
  expect(one.sent).toHaveLength(3)
  expect((await card(one)).facts.title).toBe('Send 2 confirmation texts for Thursday 3 December')
  const units = await one.store.db.selectFrom('proposals').select(['state', 'units', 'decided_by']).orderBy('created_at').orderBy('units', 'desc').execute()
  expect(units).toEqual([{ state: 'done', units: 3, decided_by: 'rule:autonomous' }, { state: 'pending', units: 2, decided_by: null }])
  await one.look()
  await one.messages.deliver()
  expect(one.sent).toHaveLength(3)
  await approve(one)
  await one.messages.deliver()
  expect(one.sent).toHaveLength(5)
})

test('what becomes due while a card waits joins it on a new one; the old one is replaced', async () => {
  const one = await desk([low, { ...early, date: '2026-12-04', time: '09:00', risk: 'low' }])
  await set(one, { mergeHours: 0 })
  await one.look()
  const old = await card(one)
  await one.platform.create({ key: 'new', clientId: 'ivan', slotId: await slotFor(one, '2026-12-03', '16:00') })
  await one.store.db.updateTable('book_appointments').set({ booked_at: '2026-11-20T18:00:00.000Z' }).where('client_id', '=', 'ivan').execute()
  await one.look()
  expect((await one.approvals.get(old.id)).state).toBe('superseded')
  expect((await card(one)).facts.texts?.map(({ clientId }) => clientId)).toEqual(['fay', 'ivan'])
})

async function slotFor({ platform }: ConfirmationsDesk, date: string, time: string): Promise<string> {
  const from = at(date, time, tinyZone)
  const found = await platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut' }], from, to: at(date, '18:00', tinyZone), limit: 1 })
  return found.ok ? found.value[0]?.id ?? '' : ''
}

test('an expired card is planned anew, a turned-down one is not; one text can be left out for good', async () => {
  const one = await desk([low, { ...low, id: 'hers', clientId: 'hana', time: '11:00' }])
  await one.look()
  const first = await card(one)
  one.clock.advance(5 * 60)
  await one.approvals.catchUp()
  await one.look()
  const again = await card(one)
  expect(again.id).not.toBe(first.id)
  const without = await one.approvals.edit({ id: again.id, by: maya, values: { without: 'hana' }, hash: again.hash })
  expect(without.facts.texts?.map(({ clientId }) => clientId)).toEqual(['fay'])
  expect(await stepRows(one)).toEqual(['hers confirm skipped left_out', 'low confirm proposed'])
  await one.approvals.decide({ id: without.id, decision: 'reject', by: maya, hash: without.hash })
  one.clock.advance(20)
  expect(await lookAndSend(one)).toEqual([])
})

test('one text a client and day, whatever else falls due', async () => {
  const one = await desk([low, { ...early, clientId: 'fay' }])
  await set(one, { mergeHours: 0 })
  expect(await lookAndSend(one)).toHaveLength(1)
  one.clock.advance(30)
  expect(await lookAndSend(one)).toEqual([])
  one.clock.set(at('2026-12-02', '09:05', tinyZone))
  expect(await lookAndSend(one)).toHaveLength(1)
})

test('two instances at once: each text is prepared and sent once', async () => {
  const one = await desk([low, early, last])
  const other = await one.another()
  await Promise.all([one.look(), other.look()])
  await setMode(one, { mode: 'autonomous', perDay: 50 })
  one.clock.advance(5 * 60)
  await Promise.all([one, other].map((instance) => instance.approvals.catchUp()))
  await Promise.all([one.look(), other.look(), one.look(), other.look()])
  await Promise.all([one.messages.deliver(), other.messages.deliver()])
  expect(one.sent.map(({ to }) => to).toSorted()).toEqual(['+12135550104', '+12135550106', '+12135550107'])
})

test('the same location is looked at by one instance within the interval', async () => {
  const one = await desk([low])
  const plan = () => one.confirmations.plan({ approvals: one.approvals, everyMin: 10, onError: (error) => { throw error } })
  const looked = await Promise.all([plan(), plan()])
  expect(looked.reduce((sum, { locations }) => sum + locations, 0)).toBe(1)
  one.clock.advance(9)
  expect((await plan()).locations).toBe(0)
  one.clock.advance(1)
  expect((await plan()).locations).toBe(1)
})

test('killed between queueing and saying so: what is queued is found again and not queued twice', async () => {
  const one = await desk([low, early])
  await one.look()
  const proposal = await card(one)
  const action = one.confirmations.action
  const args = action.schema.parse(proposal.args)
  const run = async () => action.run(args, { key: `proposal:${proposal.id}`, by: maya.id, facts: proposal.facts, approved: proposal.facts })
  await run()
  const seen = await action.look(args, proposal.facts, { key: `proposal:${proposal.id}` })
  expect(seen).toMatchObject({ ok: true, value: { data: { queued: 2, leftOut: 0 } } })
  await run()
  await one.messages.deliver()
  expect(one.sent).toHaveLength(2)
})

test('the preview of a day says who, what and why not, and changes nothing', async () => {
  const one = await desk([low, early, { ...low, id: 'hers', clientId: 'hana', date: '2026-12-04', time: '12:00' }, { ...low, id: 'none', clientId: 'jo' }], { clients: { jo: { phones: [] } } })
  const [today] = await one.confirmations.preview({})
  expect(today?.lines.map((line) => [line.client.name, 'text' in line ? line.text.slice(0, 30) : line.why])).toEqual([
    ["Fay O'Neil", "Hi Fay, it's Tiny Salon. You h"], ['Hana Suzuki', "Hi Hana, it's Tiny Salon. You "], ['Jo Danvers', 'There is no phone number on file: please call where there is another way.'],
  ])
  const [tomorrow] = await one.confirmations.preview({ date: '2026-12-02' })
  expect(tomorrow?.lines.map(({ client: { id }, visits }) => [id, visits.map((visit) => visit.id)])).toEqual([['hana', ['hers', 'risky']]])
  expect(await stepRows(one)).toEqual([])
})
