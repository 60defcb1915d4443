import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildCallList } from '../../../src/calls/build-call-list.ts'
import { callListJson } from '../../../src/calls/call-list-json.ts'
import { recordCallOutcome } from '../../../src/calls/record-call-outcome.ts'
import type { TextModel } from '../../../src/prompts/text-model.ts'
import { addMinutes, fixedClock } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { writeSetting } from '../../../src/store/settings.ts'
import { createTestStore } from '../../support/test-store.ts'
import { appointment, client, morning, openDayBook, scoreBy, today } from './day-book.ts'

let store: Store
beforeEach(async () => { store = await createTestStore() })
afterEach(async () => { await store.close() })

const clock = morning
const settings = { holdOutShare: 0 }
const dana = client('dana', 'Dana', 'Reyes')
const priya = client('priya', 'Priya', 'Nair', { holdings: [{ kind: 'package', name: 'Gloss Five', remaining: 2, expires: '2026-11-27' }, { kind: 'balance', amount: { minor: 4_500, currency: 'USD' } }] })
const earlier = appointment('old', { clientId: 'dana', date: '2026-10-20', status: 'completed' })

describe('buildCallList', () => {
  it('orders by risk times money at stake, and says what went into it', async () => {
    const platform = await openDayBook({ store, clients: [dana, priya], appointments: [
      earlier,
      appointment('risky-cut', { clientId: 'dana', time: '10:00' }),
      appointment('dear-color', { clientId: 'priya', serviceId: 'balayage', time: '13:00' }),
    ] })
    const { score } = scoreBy({ 'risky-cut': 0.4, 'dear-color': 0.2 })
    const list = await buildCallList({ platform, score, store, clock, locationId: 'west', settings })
    const [west] = list.locations
    expect(west?.items.map(({ rank, appointment: id }) => [rank, id])).toEqual([[1, 'dear-color'], [2, 'risky-cut']])
    expect(west?.items[0]?.expectedValue).toEqual({
      risk: 0.2, atStake: { amount: { minor: 26_000, currency: 'USD' }, from: 'price' }, chance: { value: 0.22, from: 'trial', factors: [] }, value: { minor: 1_144, currency: 'USD' },
    })
    expect(west?.summary).toEqual({ appointments: 2, atRisk: 2, expectedFailures: 0.6000000000000001, moneyAtRisk: { minor: 8_400, currency: 'USD' }, confirmed: 0, unscored: 0 })
    expect(list.effect.note).toContain('29.2 to 22.8 %')
  })

  it('gives each item its points with sources and a script that names it rightly', async () => {
    const platform = await openDayBook({ store, clients: [priya], appointments: [appointment('a', { clientId: 'priya', serviceId: 'balayage' })] })
    const [item] = (await buildCallList({ platform, score: scoreBy({}).score, store, clock, locationId: 'west', settings })).locations[0]?.items ?? []
    expect(item).toMatchObject({ time: '2026-11-20T15:00:00-08:00', timeText: '3:00 pm', services: ['Balayage'], staff: ['Maya Lind'], band: 'low', reasons: ['two late cancellations in 60 days'], holdOut: false })
    expect(item?.talkingPoints).toHaveLength(3)
    expect(item?.talkingPoints.map(({ kind }) => kind)).toEqual(['patch test', 'package', 'first visit'])
    for (const point of item?.talkingPoints ?? []) expect(point.source).not.toBe('')
    expect(item?.script).toEqual({
      from: 'template',
      spoken: "Hi Priya, it's the front desk at Juniper & Sage. I'm calling about your balayage with Maya today at 3 pm. By the way, your Gloss Five package is good until Friday 27 November. Does that still work for you? If not, I can look for a better time with you right now.",
      text: "Hi Priya, it's Juniper & Sage. We're expecting you for your balayage with Maya today at 3 pm. By the way, your Gloss Five package is good until Friday 27 November. Reply YES to keep it, or tell us what time would suit you better.",
    })
  })

  it('keeps each location to its own zone and day', async () => {
    const platform = await openDayBook({ store, clients: [dana], appointments: [
      appointment('west-late', { clientId: 'dana', time: '19:30' }),
      appointment('east-late', { clientId: 'dana', locationId: 'east', staffId: 'theo', time: '19:30' }),
      appointment('east-tomorrow', { clientId: 'dana', locationId: 'east', staffId: 'theo', date: '2026-11-21', time: '09:00' }),
    ] })
    const list = await buildCallList({ platform, score: scoreBy({}).score, store, clock, settings })
    expect(list.locations.map(({ location, items }) => [location.id, items.map(({ appointment: id, time }) => [id, time])])).toEqual([
      ['west', [['west-late', '2026-11-20T19:30:00-08:00']]],
      ['east', [['east-late', '2026-11-20T19:30:00-05:00']]],
    ])
  })

  it('takes local days across both clock changes', async () => {
    const platform = await openDayBook({ store, clients: [dana], clock: fixedClock('2026-03-07T12:00:00Z'), appointments: [
      appointment('before', { clientId: 'dana', date: '2027-03-13', time: '23:30' }),
      appointment('spring', { clientId: 'dana', date: '2027-03-14', time: '09:00' }),
      appointment('spring-last', { clientId: 'dana', date: '2027-03-14', time: '23:30', staffId: 'theo' }),
      appointment('after', { clientId: 'dana', date: '2027-03-15', time: '00:30' }),
    ] })
    const list = await buildCallList({ platform, score: scoreBy({}).score, store, clock: fixedClock('2027-03-13T12:00:00-08:00'), locationId: 'west', date: '2027-03-14', settings })
    expect(list.locations[0]?.items.map(({ appointment: id, time }) => [id, time])).toEqual([['spring', '2027-03-14T09:00:00-07:00'], ['spring-last', '2027-03-14T23:30:00-07:00']])
    expect(list.locations[0]?.items[0]?.script.spoken).toContain('tomorrow at 9 am')
  })

  it('leaves out what has begun, ended or arrived, and keeps a visit without a time', async () => {
    const at11 = fixedClock('2026-11-20T11:00:00-08:00')
    const platform = await openDayBook({ store, clients: [dana, priya], clock: at11, appointments: [
      appointment('begun', { clientId: 'dana', time: '10:30' }),
      appointment('arrived', { clientId: 'dana', time: '11:30', status: 'arrived' }),
      appointment('cancelled', { clientId: 'priya', time: '15:00', status: 'cancelled' }),
      appointment('timeless', { clientId: 'priya', time: '09:00', timeKnown: false }),
      appointment('later', { clientId: 'dana', time: '16:00' }),
    ] })
    const list = await buildCallList({ platform, score: scoreBy({}).score, store, clock: at11, locationId: 'west', settings })
    expect(list.locations[0]?.items.map(({ appointment: id }) => id).sort()).toEqual(['later', 'timeless'])
    const timeless = callListJson(list).items.find(({ appointment: id }) => id === 'timeless')
    expect(timeless).toMatchObject({ time: null, timeText: 'time not in the export' })
    expect(timeless?.script.spoken).not.toMatch(/ at \d|o'clock/)
  })

  it('ranks confirmed ones low, or leaves them out by setting', async () => {
    const platform = await openDayBook({ store, clients: [dana, priya], appointments: [appointment('sure', { clientId: 'dana', status: 'confirmed', time: '10:00' }), appointment('open', { clientId: 'priya', time: '12:00' })] })
    const { score } = scoreBy({ sure: 0.2, open: 0.15 })
    const low = await buildCallList({ platform, score, store, clock, locationId: 'west', settings })
    expect(low.locations[0]?.items.map(({ appointment: id }) => id)).toEqual(['open', 'sure'])
    expect(low.locations[0]?.items[1]?.expectedValue.chance.factors).toEqual(['already confirmed'])
    await store.transaction((trx) => writeSetting(trx, { name: 'calls', scope: 'west', value: { confirmed: 'leave-out', holdOutShare: 0 }, by: 'manager', now: clock.now() }))
    const out = await buildCallList({ platform, score, store, clock, locationId: 'west' })
    expect(out.locations[0]?.items.map(({ appointment: id }) => id)).toEqual(['open'])
    expect(out.locations[0]?.notes).toContain('1 already confirmed, left out.')
  })

  it('lists everything at risk, fills up to the length asked for, and gives a free service its chair time', async () => {
    const clients = Array.from({ length: 6 }, (_, i) => client(`c${i}`, `Name${'abcdef'[i] ?? ''}`, ''))
    const platform = await openDayBook({ store, clients, appointments: clients.map(({ id }, i) => appointment(`a${i}`, { clientId: id, time: `${9 + 2 * i}:00`.padStart(5, '0'), serviceId: i === 5 ? 'consult' : 'cut' })) })
    const { score } = scoreBy({ a0: 0.2, a1: 0.31, a5: 0.5 })
    const list = await buildCallList({ platform, score, store, clock, locationId: 'west', settings: { ...settings, atLeast: 4 } })
    expect(list.locations[0]?.items.map(({ appointment: id }) => id)).toEqual(['a1', 'a5', 'a0', 'a2'])
    // (80 + 260) dollars in 60 + 180 minutes are 1.42 a minute: half an hour is worth 42.50.
    expect(list.locations[0]?.items[1]?.expectedValue.atStake).toEqual({ amount: { minor: 4_250, currency: 'USD' }, from: 'chair time' })
    expect(list.locations[0]?.scored).toHaveLength(6)
  })

  it('says so when the day is empty, closed or over', async () => {
    const platform = await openDayBook({ store, clients: [dana], appointments: [earlier] })
    const { score, calls } = scoreBy({})
    const notesOn = async (date: string) => (await buildCallList({ platform, score, store, clock, locationId: 'west', date, settings })).locations[0]?.notes
    expect(await notesOn(today)).toEqual(['No appointments are left on Friday 20 November.'])
    expect(await notesOn('2026-11-22')).toEqual(['Pearl is closed on Sunday 22 November.'])
    expect(await notesOn('2026-11-26')).toEqual(['Pearl is closed on Thursday 26 November.'])
    expect(await notesOn('2026-10-20')).toEqual(['Tuesday 20 October is over: nobody is left to call.'])
    expect(calls).toEqual([])
  })

  it('refuses an unknown location with the ones there are, and a date that is none', async () => {
    const platform = await openDayBook({ store, clients: [dana], appointments: [earlier] })
    const build = (more: { locationId?: string; date?: string }) => buildCallList({ platform, score: scoreBy({}).score, store, clock, ...more })
    await expect(build({ locationId: 'moon' })).rejects.toMatchObject({ code: 'invalid_input', userMessage: 'There is no location "moon". Locations: Pearl, Harbor.' })
    await expect(build({ date: '2026-02-30' })).rejects.toMatchObject({ code: 'invalid_time' })
    expect((await build({ locationId: 'pearl' })).locations.map(({ location }) => location.id)).toEqual(['west'])
  })

  it('shows the latest outcome and sends whoever was reached to the end', async () => {
    const platform = await openDayBook({ store, clients: [dana, priya], appointments: [appointment('a', { clientId: 'dana', time: '10:00' }), appointment('b', { clientId: 'priya', time: '12:00' })] })
    const { score } = scoreBy({ a: 0.4, b: 0.2 })
    const record = (outcome: 'voicemail' | 'reached-confirmed') => recordCallOutcome({ store, clock, appointmentId: 'a', clientId: 'dana', locationId: 'west', outcome, by: 'sam' })
    await record('voicemail')
    await record('reached-confirmed')
    const list = await buildCallList({ platform, score, store, clock: fixedClock(addMinutes(clock.now(), 5)), locationId: 'west', settings })
    expect(list.locations[0]?.items.map(({ appointment: id }) => id)).toEqual(['b', 'a'])
    expect(list.locations[0]?.items[1]).toMatchObject({ outcome: { outcome: 'reached-confirmed', by: 'sam' }, expectedValue: { chance: { value: 0, factors: ['already reached'] } } })
  })

  it('holds out the same ones at every look, whatever the time', async () => {
    const clients = Array.from({ length: 40 }, (_, i) => client(`c${i}`, 'Dana', ''))
    const platform = await openDayBook({ store, clients, appointments: clients.map(({ id }, i) => appointment(`a${i}`, { clientId: id, time: `${12 + (i % 8)}:00` })) })
    const heldOut = async (now: string, holdOutShare: number) => {
      const [west] = (await buildCallList({ platform, score: scoreBy({}).score, store, clock: fixedClock(now), locationId: 'west', settings: { holdOutShare, atLeast: 40 } })).locations
      expect((west?.items.length ?? 0) + (west?.heldOut.length ?? 0)).toBe(40)
      expect(west?.items.map(({ rank }) => rank)).toEqual(west?.items.map((_, i) => i + 1))
      return west?.heldOut.map(({ appointment: id }) => id).sort()
    }
    const half = await heldOut('2026-11-20T07:30:00-08:00', 0.5)
    expect(half?.length).toBeGreaterThan(8)
    expect(half?.length).toBeLessThan(32)
    expect(await heldOut('2026-11-20T09:45:00-08:00', 0.5)).toEqual(half)
    expect(await heldOut('2026-11-20T07:30:00-08:00', 0)).toEqual([])
  })

  it('takes no phone as a bad sign only where the platform knows phones', async () => {
    const silent = client('silent', 'Sam', 'Ito', { phones: [] })
    const platform = await openDayBook({ store, clients: [dana, silent], appointments: [appointment('a', { clientId: 'dana', time: '10:00' }), appointment('b', { clientId: 'silent', time: '12:00' }), appointment('c', { clientId: 'silent', locationId: 'east', staffId: 'theo' })] })
    const both = await buildCallList({ platform, score: scoreBy({}).score, store, clock, locationId: 'west', settings })
    expect(both.locations[0]?.items[1]).toMatchObject({ appointment: 'b', expectedValue: { chance: { factors: ['no phone number on file'] } } })
    const alone = await buildCallList({ platform, score: scoreBy({}).score, store, clock, locationId: 'east', settings })
    expect(alone.locations[0]?.items[0]?.expectedValue.chance.factors).toEqual([])
    expect(alone.locations[0]?.notes).toContain('The booking data holds no phone numbers: look them up before calling.')
  })

  it('scores all appointments of all locations at once, as of now', async () => {
    const platform = await openDayBook({ store, clients: [dana], appointments: [appointment('a', { clientId: 'dana' }), appointment('b', { clientId: 'dana', locationId: 'east', staffId: 'theo' })] })
    const { score, calls } = scoreBy({})
    await buildCallList({ platform, score, store, clock, settings })
    expect(calls).toEqual([{ ids: ['a', 'b'], asOf: clock.now() }])
  })
})

describe('scripts by a language model', () => {
  const build = async (model: TextModel) => {
    const platform = await openDayBook({ store, clients: [dana, priya], appointments: [appointment('a', { clientId: 'dana' })] })
    return (await buildCallList({ platform, score: scoreBy({}).score, store, clock, locationId: 'west', settings, model })).locations[0]?.items[0]?.script
  }
  const spoken = "Hi Dana, Juniper & Sage here. Just checking that today at 3 pm still suits you for your women's cut with Maya?"

  it('are used when everything in them is the appointment\'s', async () => {
    const asked: { system: string; user: string }[] = []
    const script = await build({ complete: async (query) => { asked.push(query); return `Here you go: ${JSON.stringify({ spoken, text: spoken })}` } })
    expect(script).toEqual({ spoken, text: spoken, from: 'model' })
    expect(JSON.parse(asked[0]?.user ?? '')).toEqual({ client: 'Dana', salon: 'Juniper & Sage', services: ["women's cut"], staff: ['Maya'], when: 'today at 3 pm', mayMention: ['We look forward to meeting you.'] })
    expect(`${asked[0]?.system}${asked[0]?.user}`).not.toContain('+1503')
  })

  it.each([
    ['another time', JSON.stringify({ spoken: spoken.replace('3 pm', '4 pm'), text: spoken }), 'spoken: it does not say the time'],
    ['somebody else', JSON.stringify({ spoken, text: spoken.replace('Maya', 'Theo') }), 'text: it contains the name or word "Theo"'],
    ['no JSON', 'Sure! I would call Dana.', 'the answer was not the JSON'],
  ])('give way to the template, visibly, when they hold %s', async (_what, answer, reason) => {
    const script = await build({ complete: async () => answer })
    expect(script).toMatchObject({ from: 'template', modelRejected: expect.stringContaining(reason) })
    expect(script?.spoken).toContain('today at 3 pm')
  })

  it('give way to the template when the model does not answer in time', async () => {
    const platform = await openDayBook({ store, clients: [dana, priya], appointments: [appointment('a', { clientId: 'dana' }), appointment('b', { clientId: 'priya', time: '10:00' })] })
    let asked = 0
    const list = await buildCallList({ platform, score: scoreBy({}).score, store, clock, locationId: 'west', settings: { ...settings, modelScripts: 1 }, signal: AbortSignal.timeout(150), model: { complete: () => { asked += 1; return new Promise(() => {}) } } })
    expect(list.locations[0]?.items.map(({ script: { from, modelRejected } }) => [from, modelRejected])).toEqual([['template', 'the language model took too long'], ['template', undefined]])
    expect(asked).toBe(1)
  })

  it('give way to the template when the model fails', async () => {
    expect(await build({ complete: async () => { throw new Error('401 sk-secret') } })).toMatchObject({ from: 'template', modelRejected: 'the language model did not answer' })
  })
})

