import { afterEach, expect, test } from 'vitest'
import { setPause } from '../../../src/approvals/rollout.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { writeSetting } from '../../../src/store/settings.ts'
import { maya, olga, slotAt } from '../../support/approvals-desk.ts'
import { at } from '../../../src/salon/time.ts'
import { tinyZone } from '../../support/tiny-book.ts'
import { held, lastText, lastWhy, nextSaturday, openTimesDesk, proposals, type TimesDesk, visit, when } from './times-desk.ts'

let desk: TimesDesk
afterEach(() => desk.store.close())

const alone = { mode: 'autonomous', perDay: 5 } as const

test('the time that was asked for is offered alone and held; YES moves the visit at once where the desk may, and one text says so', async () => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  expect(await desk.write('hana', 'Can we do 4 instead?')).toMatchObject({ reading: 'change', did: 'offered' })
  expect(lastText(desk)).toBe("Hi Hana, it's Tiny Salon. Friday 27 November at 4:00 pm with Cruz is free for your women's cut. Reply YES and we'll move you there, or tell us what would suit you better.")
  expect(await held(desk, 'hana')).toEqual(['2026-11-27 16:00'])
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')

  expect(await desk.write('hana', 'yes please')).toMatchObject({ did: 'moved' })
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 16:00')
  expect(desk.sent).toHaveLength(3)
  expect(lastText(desk)).toMatch(/We've moved your women's cut with Cruz to Friday 27 November at 4:00 pm\. Reply YES to confirm/)
  expect(await held(desk, 'hana')).toEqual([])
  const [move] = await proposals(desk)
  expect(move).toMatchObject({ state: 'done', requestedBy: 'client:hana', decidedBy: 'rule:autonomous', reason: 'based on a message from the client: "yes please"' })
  expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
})

test('assisted: "2" prepares the move for the desk, the client hears that it was passed on, and only the approval moves it', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'mañana por la tarde')
  // "2" is the second and two o'clock at once.
  expect(lastText(desk)).toContain('1) Wed 25 Nov, 4:00 pm\n2) Wed 25 Nov, 2:00 pm\n3) Wed 25 Nov, 3:00 pm\n')
  expect(await desk.write('hana', '2')).toMatchObject({ reading: 'choice', did: 'proposed' })
  expect(lastText(desk)).toBe("Thanks Hana! Tiny Salon here: we've asked the front desk to move your women's cut to Wednesday 25 November at 2:00 pm with Cruz. You'll hear from us; until then it stays as it is.")
  expect(await held(desk, 'hana')).toEqual(['2026-11-25 14:00'])
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')
  const [card] = await proposals(desk)
  expect(card).toMatchObject({ state: 'pending', reason: 'based on a message from the client: "2"' })
  await desk.approvals.decide({ id: card?.id ?? '', decision: 'approve', by: maya })
  expect(await when(desk, 'c-friday')).toBe('2026-11-25 14:00')
  expect(lastText(desk)).toContain("We've moved your women's cut")
  expect(await held(desk, 'hana')).toEqual([])
})

test('a move that the platform leaves to a person: the client hears that it was passed on, and of the move only when it is there', async () => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  desk.platform.failNext('reschedule', { do: 'refuse', kind: 'assisted_required', manualSteps: ['Move it there.'] })
  expect(await desk.write('hana', 'yes please')).toMatchObject({ did: 'proposed' })
  expect(lastText(desk)).toMatch(/we've asked the front desk to move your women's cut to Friday 27 November at 4:00 pm with Cruz\. You'll hear from us; until then it stays as it is\.$/)
  const [task] = await proposals(desk)
  expect(task).toMatchObject({ state: 'by_hand', decidedBy: 'rule:autonomous' })
  // Too late to take it back by text: somebody may be at it.
  expect(await desk.write('hana', 'no, leave it please')).toMatchObject({ did: 'handed_over' })
  expect(await lastWhy(desk, 'hana')).toBe('move_under_way')
  const sent = desk.sent.length
  await desk.approvals.byHand({ id: task?.id ?? '', says: 'done', by: maya })
  expect(desk.sent).toHaveLength(sent)
  const { version } = await visit(desk, 'c-friday')
  await desk.platform.reschedule({ key: 'person', id: 'c-friday', expectedVersion: version, slotId: await slotAt({ platform: desk.platform, date: '2026-11-27', time: '16:00', rescheduling: 'c-friday' }) })
  desk.clock.advance(2)
  await desk.approvals.catchUp()
  expect(lastText(desk)).toContain("We've moved your women's cut with Cruz to Friday 27 November at 4:00 pm")
  expect(desk.sent).toHaveLength(sent + 1)
})

test('WL-3: no text promises a time before it was read back', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'saturday at 2')
  await desk.write('hana', 'the second one')
  for (const { body } of desk.sent.slice(1)) expect(body).not.toMatch(/you're booked|it's yours|we've moved|we have moved/i)
})

test('nothing said of when: asked once, then once more, then a person', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  expect(await desk.write('hana', 'I need to reschedule')).toMatchObject({ did: 'asked_back' })
  expect(lastText(desk)).toContain('Which day and time would suit you better')
  expect(await desk.write('hana', 'saturday at 4:30')).toMatchObject({ did: 'offered' })
  expect(lastText(desk)).toContain('Saturday 28 November at 4:30 pm with Cruz is free')
})

test('am or pm that the opening hours leave open is asked back, and both a number and "in the evening" settle it', async () => {
  desk = await openTimesDesk({ book: nextSaturday((book) => ({ ...book, shifts: [], catalog: { ...book.catalog, locations: book.catalog.locations.map((each) => Object.assign({}, each, { hours: [2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '07:00', close: '22:00' })) })) } })) })
  await desk.ask('c-friday')
  expect(await desk.write('hana', 'Can we do 8 instead?')).toMatchObject({ did: 'asked_back' })
  expect(lastText(desk)).toContain('1) 8:00 am\n2) 8:00 pm')
  expect(await desk.write('hana', 'in the evening please')).toMatchObject({ did: 'offered' })
  expect(lastText(desk)).toContain('Friday 27 November at 8:00 pm')
  await desk.write('hana', 'could we do 9 instead')
  expect(await desk.write('hana', '1')).toMatchObject({ did: 'offered' })
  expect(lastText(desk)).toContain('Friday 27 November at 9:00 am')
})

test('a requested stylist is sacred: only that person is offered', async () => {
  const wish = (book: Parameters<Parameters<typeof nextSaturday>[0] & object>[0]) => ({ ...book, appointments: book.appointments.map((each) => (each.appointment.id === 'c-friday' ? { ...each, appointment: { ...each.appointment, segments: each.appointment.segments.map((segment) => Object.assign({}, segment, { staffPreference: 'requested' as const })) } } : each)) })
  desk = await openTimesDesk({ book: nextSaturday(wish) })
  await desk.ask('c-friday')
  // Saturday at two Cruz has a beard trim; Bea would be free.
  await desk.write('hana', 'saturday at 2')
  expect(lastText(desk)).toContain("That time isn't free")
  expect(lastText(desk)).not.toContain('Bea')
  const searches = desk.platform.calls.filter(({ operation }) => operation === 'searchSlots').map(({ argument }) => (argument as { wants: unknown }).wants)
  expect(searches.every((wants) => JSON.stringify(wants) === JSON.stringify([{ serviceId: 'cut', staffId: 'cruz' }]))).toBe(true)
})

test('a change of mind while times are on offer: other times, then "keep it": nothing is held, and the visit is asked about again', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  await desk.write('hana', 'actually wednesday after 3')
  expect(await held(desk, 'hana')).toEqual(['2026-11-25 15:00', '2026-11-25 16:00', '2026-11-25 17:00'])
  expect(await desk.write('hana', 'no thanks')).toMatchObject({ did: 'declined' })
  expect(lastText(desk)).toBe("Hi Hana, it's Tiny Salon. Your women's cut with Cruz stays on Friday 27 November at 3:00 pm. Reply YES to confirm it, or text us if that changes.")
  expect(await held(desk, 'hana')).toEqual([])
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'confirmed' })
  expect(await visit(desk, 'c-friday')).toMatchObject({ status: 'confirmed' })
})

test('a change of mind while the desk has it: the card is taken back; after it was moved it is another change', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  await desk.write('hana', 'yes')
  expect(await desk.write('hana', 'no, keep it')).toMatchObject({ did: 'declined' })
  const [taken] = await proposals(desk)
  expect(taken).toMatchObject({ state: 'rejected', decidedBy: 'client:hana', decisionReason: 'The client changed their mind by text.' })
  expect(await desk.approvals.decide({ id: taken?.id ?? '', decision: 'approve', by: maya })).toMatchObject({ result: 'already_decided' })
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')

  await desk.write('hana', 'saturday at 4 please')
  await desk.write('hana', 'yes')
  const [second] = await proposals(desk)
  await desk.approvals.decide({ id: second?.id ?? '', decision: 'approve', by: maya })
  expect(await when(desk, 'c-friday')).toBe('2026-11-28 16:00')
  expect(await desk.write('hana', 'can we do 3 instead')).toMatchObject({ did: 'offered' })
})

test('another wish while the desk has one takes the first card back', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  await desk.write('hana', 'yes')
  expect(await desk.write('hana', 'actually could we do 5 instead')).toMatchObject({ did: 'offered' })
  await desk.write('hana', 'yes')
  expect((await proposals(desk)).map(({ state, facts }) => [state, facts.changes[0]?.after])).toEqual([['pending', 'Friday 27 November at 5:00 pm'], ['rejected', 'Friday 27 November at 4:00 pm']])
})

test('YES to several times is asked back once, then a person decides what was meant', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'wednesday after 3')
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'asked_back' })
  expect(lastText(desk)).toContain('Which one would you like?\n1) ')
  expect(await desk.write('hana', 'ok yes')).toMatchObject({ did: 'handed_over' })
  expect(await lastWhy(desk, 'hana')).toBe('unclear_choice')
  expect(await proposals(desk)).toEqual([])
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')
})

test.each(['keep it', 'no, keep it', 'Actually no, leave it as it is please', 'never mind', 'mejor déjela así'])('"%s" to a time on offer keeps the visit and never takes the time', async (words) => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  expect(await desk.write('hana', words)).toMatchObject({ did: 'declined' })
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')
  expect(await held(desk, 'hana')).toEqual([])
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'confirmed' })
})

test('"none of those work" is asked when', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  await desk.write('hana', 'wednesday after 3')
  expect(await desk.write('hana', 'none of those work for me')).toMatchObject({ did: 'asked_back' })
  expect(lastText(desk)).toContain('Which day and time')
  expect(await held(desk, 'hana')).toEqual([])
})

test('an offer that is answered after its hold ran out is checked and offered anew, never moved silently', async () => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  await desk.write('hana', 'wednesday after 3')
  desk.clock.advance(31)
  expect(await held(desk, 'hana')).toEqual([])
  expect(await desk.write('hana', 'the first one')).toMatchObject({ did: 'offered' })
  expect(lastText(desk)).toContain('Wednesday 25 November at 4:00 pm with Cruz is free')
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'moved' })
  expect(await when(desk, 'c-friday')).toBe('2026-11-25 16:00')
})

test('F39: a chosen time that is gone is replaced by others once, and then a person takes over; nobody is told "moved"', async () => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  await desk.platform.create({ key: 'walk-in', clientId: 'jo', slotId: await slotAt({ platform: desk.platform, date: '2026-11-27', time: '16:00', wants: [{ serviceId: 'cut', staffId: 'cruz' }] }) })
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'offered' })
  expect(lastText(desk)).toContain("That time isn't free. The nearest for your women's cut:\n1)")
  await desk.platform.create({ key: 'walk-in-2', clientId: 'jo', slotId: await slotAt({ platform: desk.platform, date: '2026-11-27', time: '17:00', wants: [{ serviceId: 'cut', staffId: 'cruz' }] }) })
  desk.platform.failNext('slot', { do: 'refuse', kind: 'unavailable' })
  expect(await desk.write('hana', '1')).toMatchObject({ did: 'handed_over' })
  expect(await lastWhy(desk, 'hana')).toBe('unavailable')
  expect(desk.sent.some(({ body }) => body.includes("We've moved"))).toBe(false)
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 15:00')
})

test('F38: the answer of the write is lost: what was read back counts, one write, one text', async () => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  desk.platform.failNext('reschedule', { do: 'drop' })
  const got = await desk.write('hana', 'yes')
  expect(['moved', 'proposed']).toContain(got.did)
  desk.clock.advance(1)
  await desk.approvals.catchUp()
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 16:00')
  expect(desk.platform.calls.filter(({ operation }) => operation === 'reschedule')).toHaveLength(1)
  expect(desk.sent.filter(({ body }) => body.includes("We've moved"))).toHaveLength(1)
})

test('beyond what the desk may do a day, and while it is paused, a person decides', async () => {
  desk = await openTimesDesk()
  await desk.mode({ mode: 'autonomous', perDay: 1 })
  await desk.ask('c-friday')
  await desk.write('hana', 'Can we do 4 instead?')
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'moved' })
  await desk.write('hana', 'sorry, can we do 5 instead?')
  expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'proposed' })
  expect(await when(desk, 'c-friday')).toBe('2026-11-27 16:00')
  await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
  expect(await desk.write('hana', 'could we do saturday at 2')).toMatchObject({ did: 'handed_over' })
  expect(await lastWhy(desk, 'hana')).toBe('paused')
})

test('a visit is moved by text twice; the third time is for a person', async () => {
  desk = await openTimesDesk()
  await desk.mode(alone)
  await desk.ask('c-friday')
  for (const time of ['4', '5']) {
    await desk.write('hana', `Can we do ${time} instead?`)
    expect(await desk.write('hana', 'yes')).toMatchObject({ did: 'moved' })
  }
  expect(await desk.write('hana', 'Can we do 2 instead?')).toMatchObject({ did: 'handed_over' })
  expect(await lastWhy(desk, 'hana')).toBe('moved_often')
})

test('shadow mode, the last day before the visit, a visit that has begun, and a card of the desk are for people', async () => {
  desk = await openTimesDesk()
  await desk.mode({ mode: 'shadow' })
  await desk.ask('c-friday')
  const why = async (words: string) => {
    const { did } = await desk.write('hana', words)
    const reason = await lastWhy(desk, 'hana')
    await desk.messages.lookedAfter({ clientId: 'hana', by: olga })
    return [did, reason]
  }
  expect(await why('Can we do 4 instead?')).toEqual(['handed_over', 'shadow'])
  expect(await held(desk, 'hana')).toEqual([])
  expect(desk.sent).toHaveLength(1)

  await desk.mode({ mode: 'assisted' })
  await desk.approvals.propose({ kind: 'reschedule', args: { appointmentId: 'c-friday', slotId: await slotAt({ platform: desk.platform, date: '2026-11-28', time: '16:00', rescheduling: 'c-friday' }) }, reason: 'she called', requestedBy: maya.id })
  expect(await why('Can we do 4 instead?')).toEqual(['handed_over', 'change_under_way'])
  desk.clock.set(at('2026-11-26', '16:00', tinyZone))
  expect(await why('Can we do 4 instead?')).toEqual(['handed_over', 'late_window'])
  await desk.store.transaction((trx) => writeSetting(trx, { name: 'move_by_text', scope: 'main', value: { late: 'offer' }, by: olga.id, now: desk.clock.now() }))
  await desk.ask('c-friday')
  expect((await why('Can we do 4 instead?'))[0]).toBe('offered')
})

test('with the platform away nothing is offered and a person gets it', async () => {
  desk = await openTimesDesk()
  await desk.ask('c-friday')
  desk.platform.failNext('searchSlots', { do: 'refuse', kind: 'unavailable' })
  expect(await desk.write('hana', 'Can we do 4 instead?')).toMatchObject({ did: 'handed_over' })
  expect(await lastWhy(desk, 'hana')).toBe('unavailable')
  expect(await held(desk, 'hana')).toEqual([])
})

test('LLM-2: an open question about somebody else\'s visit moves nothing', async () => {
  desk = await openTimesDesk()
  const reading = { intent: 'change' as const, confidence: 1, sure: true, quote: '', parts: [], questions: [], language: 'en' as const, by: 'test' }
  const question = { id: 1, clientId: 'elena', subject: 'appointment:c-friday', data: { start: (await visit(desk, 'c-friday')).start }, expiresAt: '2026-11-27T23:00:00.000Z', locationId: 'main' }
  const reply = { id: 1, at: desk.clock.now(), clientId: 'elena', words: 'can we do saturday at 4', reading }
  expect(await desk.rescheduling.talk.take({ reply, question, key: 'k' })).toEqual({ did: 'handed_over', why: 'other_client' })
  const offer = { ...question, data: { stage: 'times', appointmentId: 'c-friday', start: question.data.start, times: [{ slotId: await slotAt({ platform: desk.platform, date: '2026-11-27', time: '16:00', rescheduling: 'c-friday' }), start: '2026-11-28T00:00:00.000Z', end: '2026-11-28T00:45:00.000Z' }] } }
  expect(await desk.rescheduling.question.answer({ question: offer, reply: { ...reply, reading: { ...reading, intent: 'yes' } }, key: 'k' })).toEqual({ did: 'handed_over', why: 'other_client' })
  expect(await desk.rescheduling.question.answer({ question: offer, reply: { ...reply, reading: { ...reading, intent: 'no' } }, key: 'k' })).toEqual({ did: 'handed_over', why: 'other_client' })
  expect(await proposals(desk)).toEqual([])
})

test('without an open question the one visit ahead is meant; of several the one whose day is named, else nobody\'s guess', async () => {
  desk = await openTimesDesk({ book: nextSaturday((book) => ({ ...book, appointments: book.appointments.map((each) => (each.appointment.id === 'a-cut' ? { ...each, appointment: { ...each.appointment, clientId: 'hana' } } : each)) })) })
  const phrase = (text: string, words: string, from: string) => ({ text, start: words.indexOf(text), end: words.indexOf(text) + text.length, from, to: from })
  const ask = (words: string, dates: ReturnType<typeof phrase>[], clientId = 'hana') => desk.rescheduling.talk.take({ reply: { id: 1, at: desk.clock.now(), clientId, words, reading: { intent: 'change', confidence: 1, sure: true, quote: words, parts: [], questions: [], language: 'en', by: 'test', when: { dates, times: [], notDates: [], notTimes: [] } } }, key: 'k' })
  expect(await ask('move my appointment to sunday', [phrase('sunday', 'move my appointment to sunday', '2026-11-29')])).toEqual({ did: 'handed_over', why: 'which_visit' })
  const named = 'move my friday appointment to sunday'
  expect(await ask(named, [phrase('friday', named, '2026-11-27'), phrase('sunday', named, '2026-11-29')])).toMatchObject({ did: 'offered', say: { appointmentId: 'c-friday', template: 'offer-times' } })
  expect(await ask('move it to sunday', [phrase('sunday', 'move it to sunday', '2026-11-29')], 'dana-k')).toMatchObject({ did: 'offered', say: { appointmentId: 'b-cut' } })
  expect(await ask('move it to sunday', [phrase('sunday', 'move it to sunday', '2026-11-29')], 'fay')).toEqual({ did: 'handed_over', why: 'no_visit' })
})
