import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BriefDay, briefSubject, readBrief, readBriefTime, saveBrief, writeBriefTime } from '../../../src/calls/brief.ts'
import { buildCallList } from '../../../src/calls/build-call-list.ts'
import type { CallList, LocationCallList, ScoreAppointments } from '../../../src/calls/call-list.ts'
import { makeBriefs } from '../../../src/calls/make-briefs.ts'
import { recordCallOutcome } from '../../../src/calls/record-call-outcome.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import { at } from '../../../src/salon/time.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore, openTestStore } from '../../support/test-store.ts'
import { testClock, type TestClock } from '../../support/tiny-book.ts'
import { appointment, client, openDayBook, scoreBy, today } from './day-book.ts'

const clients = [client('dana', 'Dana', 'Reyes'), client('noor', 'Noor', 'Owens'), client('yuki', 'Yuki', 'Cho')]
const appointments = [
  appointment('one', { clientId: 'dana', time: '10:00' }),
  appointment('two', { clientId: 'noor', time: '15:00', staffId: 'theo' }),
  appointment('three', { clientId: 'yuki', time: '11:00', staffId: 'theo', locationId: 'east' }),
]
const { score } = scoreBy({ one: 0.5, two: 0.3, three: 0.4 })
const west: BriefDay = { locationId: 'west', date: today }

let store: Store
let platform: BookingPlatform
let clock: TestClock
/** The audit row before the test began: the tests share one database. */
let began: number
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())
beforeEach(async () => {
  await store.db.deleteFrom('briefs').execute()
  await store.db.deleteFrom('call_outcomes').execute()
  await store.db.deleteFrom('settings').execute()
  clock = testClock('2026-11-20T07:30:00-08:00')
  platform = await openDayBook({ store, clients, appointments, clock })
  began = (await store.db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow()).seq
})

/** The next minute of the desk's clock at `now`. */
function tick({ now, on = store, by = score, ...more }: { now?: string; on?: Store; by?: ScoreAppointments; record?: (list: CallList) => Promise<unknown>; andThen?: Parameters<typeof makeBriefs>[0]['andThen']; onError?: (error: unknown) => void }) {
  if (now !== undefined) clock.set(now)
  return makeBriefs({ platform: openEmbeddedBook({ store: on, clock }), score: by, store: on, clock, onError: (error) => { throw error }, ...more })
}

async function westList(): Promise<LocationCallList> {
  const { locations: [list] } = await buildCallList({ platform, score, store, clock, locationId: 'west', date: today })
  return list as LocationCallList
}

test('the first brief of a day stays as it was made, whoever makes another', async () => {
  const list = await westList()
  expect(await readBrief({ store, ...west })).toBeUndefined()
  expect(await saveBrief({ store, clock, list })).toBe(true)
  expect(await saveBrief({ store, clock, list: { ...list, items: [] } })).toBe(false)
  expect(await readBrief({ store, ...west })).toEqual(JSON.parse(JSON.stringify(list)))
  expect(await auditOf(west)).toEqual(['brief.made'])
  expect(await verifyAudit(store.db)).toMatchObject({ ok: true })
})

test('what came of calls is laid over it; its order and words stay', async () => {
  const list = await westList()
  await saveBrief({ store, clock, list })
  clock.advance(90)
  await recordCallOutcome({ store, clock, appointmentId: 'one', clientId: 'dana', locationId: 'west', outcome: 'voicemail', by: 'slack:U1' })
  await recordCallOutcome({ store, clock, appointmentId: 'one', clientId: 'dana', locationId: 'west', outcome: 'reached-confirmed', by: 'slack:U2' })
  const brief = await readBrief({ store, ...west })
  expect(brief?.items.map(({ appointment, outcome }) => [appointment, outcome?.outcome, outcome?.by])).toEqual([['one', 'reached-confirmed', 'slack:U2'], ['two', undefined, undefined]])
  expect(brief?.items[0]?.script).toEqual(list.items[0]?.script)
})

test('clients cannot be read from the table, nor with another key', async () => {
  await saveBrief({ store, clock, list: await westList() })
  const [row] = await store.db.selectFrom('briefs').selectAll().execute()
  expect(JSON.stringify(row)).not.toMatch(/Dana|Reyes|voicemail|Pearl/)
  await store.db.updateTable('briefs').set({ list: JSON.stringify('v1.AAAA') }).execute()
  await expect(readBrief({ store, ...west })).rejects.toMatchObject({ code: 'corrupt' })
  await store.db.updateTable('briefs').set({ list: JSON.stringify(store.seal.seal('{"items":[]}')) }).execute()
  await expect(readBrief({ store, ...west })).rejects.toMatchObject({ code: 'corrupt', userMessage: expect.stringContaining('desk calls') })
})

test('each location has its brief at half past seven on its own clock, once', async () => {
  expect(await tick({ now: '2026-11-20T07:29:00-05:00' })).toEqual([])
  expect(await tick({ now: '2026-11-20T07:30:00-05:00' })).toEqual([{ locationId: 'east', date: today }])
  expect(await tick({ now: '2026-11-20T07:29:59-08:00' })).toEqual([])
  expect(await tick({ now: '2026-11-20T07:30:00-08:00' })).toEqual([west])
  expect(await tick({ now: '2026-11-20T07:31:00-08:00' })).toEqual([])
  expect((await readBrief({ store, ...west }))?.items.map(({ client }) => client.name)).toEqual(['Dana Reyes', 'Noor Owens'])
})

test('a desk that was off makes it when it is back, until closing', async () => {
  expect(await tick({ now: '2026-11-20T20:00:00-05:00' })).toEqual([west]) // Five in the afternoon there; east has just closed.
  expect(await tick({ now: '2026-11-21T19:59:00-08:00' })).toEqual([{ locationId: 'west', date: '2026-11-21' }])
  expect(await tick({ now: '2026-11-24T20:00:00-08:00' })).toEqual([])
})

test('no brief on a closed day or weekday; on days of the clock change by the wall', async () => {
  expect(await tick({ now: '2026-11-26T09:00:00-08:00' })).toEqual([{ locationId: 'east', date: '2026-11-26' }])
  expect(await tick({ now: '2026-11-22T12:00:00-08:00' })).toEqual([])
  const sundays = { id: 'west', name: 'Pearl', zone: 'America/Los_Angeles', currency: 'USD', hours: [{ weekday: 7, open: '09:00', close: '20:00' }], closures: [] }
  await openDayBook({ store, clients, appointments: [], clock, of: { business: { id: 'b', name: 'Juniper & Sage', demo: false }, locations: [sundays], staff: [], services: [] } })
  expect(await tick({ now: '2026-11-01T14:30:00Z' })).toEqual([]) // 6:30 after the change, 7:30 before it
  expect(await tick({ now: '2026-11-01T15:30:00Z' })).toEqual([{ locationId: 'west', date: '2026-11-01' }])
  expect(await tick({ now: '2027-03-14T14:30:00Z' })).toEqual([{ locationId: 'west', date: '2027-03-14' }])
})

test('two instances at once make one', async () => {
  const second = openTestStore(store.url)
  try {
    clock.set('2026-11-20T08:00:00-08:00')
    const made = (await Promise.all([tick({}), tick({ on: second }), tick({}), tick({ on: second })])).flat().map(briefSubject).sort()
    expect(made).toEqual([`brief:east:${today}`, `brief:west:${today}`])
    expect(await auditOf(west)).toEqual(['brief.made'])
  } finally {
    await second.close()
  }
})

test('what follows from a brief is wanted with it or not at all; its scores are recorded once', async () => {
  const followed: string[] = []
  const recorded: string[] = []
  const errors: unknown[] = []
  const failing = { andThen: async () => { throw new Error('cannot want the post') }, onError: (error: unknown) => { errors.push(error) } }
  expect(await tick({ now: '2026-11-20T08:00:00-08:00', ...failing })).toEqual([])
  expect(errors).toHaveLength(2)
  expect(await readBrief({ store, ...west })).toBeUndefined()
  await tick({ andThen: async (_trx, day) => { followed.push(briefSubject(day)) }, record: async (list) => { recorded.push(...list.locations.map(({ location }) => location.id)) } })
  await tick({ andThen: async (_trx, day) => { followed.push(briefSubject(day)) } })
  expect(followed).toEqual([`brief:west:${today}`, `brief:east:${today}`])
  expect(recorded).toEqual(['west', 'east'])
})

test('one location that fails does not keep the others from theirs, and is tried again', async () => {
  const errors: unknown[] = []
  const failing: ScoreAppointments = (query) => (query.appointments.some(({ id }) => id === 'one') ? Promise.reject(new Error('no model')) : score(query))
  expect(await tick({ now: '2026-11-20T08:00:00-08:00', by: failing, onError: (error) => { errors.push(error) } })).toEqual([{ locationId: 'east', date: today }])
  expect(errors).toHaveLength(1)
  expect(await tick({})).toEqual([west])
})

test('its time is a setting, of a location before the salon, with an audit row; anything else is refused', async () => {
  expect(await readBriefTime({ db: store.db, locationId: 'west' })).toBe('07:30')
  await writeBriefTime({ store, clock, time: '08:15', by: 'slack:U9' })
  await writeBriefTime({ store, clock, locationId: 'west', time: '06:45', by: 'slack:U9' })
  expect(await readBriefTime({ db: store.db, locationId: 'west' })).toBe('06:45')
  expect(await readBriefTime({ db: store.db, locationId: 'east' })).toBe('08:15')
  await expect(writeBriefTime({ store, clock, time: '7:30 am', by: 'slack:U9' })).rejects.toMatchObject({ code: 'invalid_time', userMessage: expect.stringContaining('07:30') })
  expect(await tick({ now: at(today, '06:45', 'America/Los_Angeles') })).toEqual([west, { locationId: 'east', date: today }])
  const settings = await store.db.selectFrom('audit').select(['actor', 'subject']).where('action', '=', 'setting.changed').where('seq', '>', began).orderBy('seq').execute()
  expect(settings).toEqual([{ actor: 'slack:U9', subject: 'setting:brief' }, { actor: 'slack:U9', subject: 'setting:west/brief' }])
})

async function auditOf(day: BriefDay): Promise<string[]> {
  const rows = await store.db.selectFrom('audit').select('action').where('subject', '=', briefSubject(day)).where('seq', '>', began).execute()
  return rows.map(({ action }) => action)
}
