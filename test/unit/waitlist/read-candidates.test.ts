import { afterEach, expect, test } from 'vitest'
import type { RiskScore } from '../../../src/risk/open-model.ts'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { addMinutes, at } from '../../../src/salon/time.ts'
import type { FreeChair } from '../../../src/waitlist/ranking/ranked.ts'
import { readCandidates } from '../../../src/waitlist/ranking/read-candidates.ts'
import { usualWaitlistSettings } from '../../../src/waitlist/waitlist-settings.ts'
import { writeConsent } from '../../../src/messages/consent/consent.ts'
import { addOffers, openOffersDesk, type OffersDesk } from '../../support/past-offers.ts'
import { createTinyDesk, tinyBook, tinyZone } from '../../support/tiny-book.ts'

let desk: OffersDesk
afterEach(() => desk.close())

const today = (time: string) => at('2026-11-21', time, tinyZone)
const chairAt = (from: string, to: string, more: Partial<FreeChair> = {}): FreeChair => ({ locationId: 'main', start: today(from), end: today(to), ...more })
const read = (chair: FreeChair, more: Partial<Parameters<typeof readCandidates>[0]> = {}) => readCandidates({ ...desk, settings: usualWaitlistSettings, chair, ...more })
const said = async (chair: FreeChair, more: Partial<Parameters<typeof readCandidates>[0]> = {}) => (await read(chair, more)).map(({ client, excluded }) => [client.id, excluded?.because])
const wait = (clientId: string, entry: { serviceId?: string; staffId?: string; insteadOf?: string } = {}) => desk.platform.waitlistAdd({ key: `${clientId} ${entry.serviceId}`, locationId: 'main', clientId, serviceId: 'cut', wanted: [], ...entry }).then(unwrap)

test('a processing gap is filled as the platform fills it, and a chair that still stands counts as free', async () => {
  desk = await openOffersDesk()
  await wait('fay', { serviceId: 'blowdry' })
  await wait('dana-k', { serviceId: 'beard' })
  // Ana's colour of nine to eleven develops from 9:45 to 10:15.
  const found = await read(chairAt('09:30', '10:30', { staffId: 'ana' }))
  expect(found.filter(({ excluded }) => excluded === undefined).map(({ client, slot }) => [client.id, slot?.start])).toEqual([['dana-k', today('09:45')], ['fay', today('09:45')]])
  expect(found.find(({ client }) => client.id === 'jo')?.excluded?.because).toBe('no_time_free')
  // The cut at one is Elena's; should she leave, it is Jo's.
  expect(await said(chairAt('13:00', '13:45', { staffId: 'ana' }), { serviceIds: ['cut'] })).toEqual([['jo', 'no_time_free']])
  expect(await said(chairAt('13:00', '13:45', { staffId: 'ana', leftBy: 'a-cut', notFor: ['elena'] }), { serviceIds: ['cut'] })).toEqual([['jo', undefined]])
})

test('what a number has said, what a record says, and whom a number is shared with', async () => {
  const book = tinyBook()
  const [shared] = book.clients.find(({ id }) => id === 'fay')?.phones ?? []
  for (const client of book.clients) {
    if (client.id === 'george') client.phones = [shared ?? '']
    if (client.id === 'dana-k') client.consent.sms = 'out'
    if (client.id === 'elena') client.consent.sms = 'unknown'
    if (client.id === 'dana-w') client.phones = []
  }
  const tiny = await createTinyDesk({ book })
  desk = { ...tiny, now: tiny.clock.now(), close: () => tiny.store.close() }
  for (const id of ['fay', 'dana-k', 'elena', 'dana-w', 'jo']) await wait(id, { serviceId: 'blowdry' })
  await desk.store.transaction((trx) => writeConsent(trx, { seal: desk.store.seal, phoneHash: desk.store.seal.lookup('+12135550108'), purpose: 'all', state: 'out', source: 'keyword', words: 'STOP', by: 'client:jo', at: desk.now, subject: 'client:jo' }))
  expect((await read(chairAt('15:00', '16:00', { staffId: 'bea' }), { serviceIds: ['blowdry'] })).map(({ client, excluded }) => [client.id, excluded?.because, excluded?.words])).toEqual([
    ['dana-k', 'opted_out', 'has a record that says no texts'],
    ['dana-w', 'no_number', 'has no phone number on file'],
    ['elena', 'opted_out', 'has not asked for texts about free times'],
    ['fay', 'shared_number', expect.stringContaining('shares a number')],
    ['jo', 'opted_out', 'asked for no more texts (STOP)'],
  ])
})

test('offers of the last week and those that are open keep somebody from being asked again; older ones do not', async () => {
  desk = await openOffersDesk()
  for (const id of ['fay', 'george', 'dana-k']) await wait(id, { serviceId: 'blowdry' })
  await addOffers(desk, [
    ...[1, 2, 3].map((days) => ({ clientId: 'fay', state: 'expired' as const, at: addMinutes(desk.now, -days * 24 * 60) })),
    { clientId: 'george', state: 'sent', at: addMinutes(desk.now, -60) },
    ...[8, 9, 10].map((days) => ({ clientId: 'dana-k', state: 'expired' as const, at: addMinutes(desk.now, -days * 24 * 60) })),
  ])
  expect(await said(chairAt('15:00', '16:00', { staffId: 'bea' }), { serviceIds: ['blowdry'] })).toEqual([['dana-k', undefined], ['fay', 'asked_too_often'], ['george', 'asked_elsewhere']])
})

test('W6: a model that does not answer costs the order, not the list', async () => {
  desk = await openOffersDesk()
  await wait('fay')
  const chair = chairAt('15:00', '16:00', { staffId: 'bea' })
  const settings = { ...usualWaitlistSettings, policy: 'highest_value' as const }
  const risk = (score: number): RiskScore => ({ score, band: 'low', confidence: 'high', reasons: [], model: 'test' } as unknown as RiskScore)
  const byRisk = await read(chair, { settings, score: async ({ appointments }) => new Map(appointments.map(({ id, clientId }) => [id, risk(clientId === 'jo' ? 0.9 : 0.05)])), serviceIds: ['cut'] })
  expect(byRisk.map(({ client }) => client.id)).toEqual(['fay', 'jo'])
  expect(byRisk[1]?.why.join()).toContain('10 % likely to come')
  const without = await read(chair, { settings, score: () => Promise.reject(new Error('no model')), serviceIds: ['cut'] })
  expect(without.map(({ client }) => client.id)).toEqual(['jo', 'fay'])
  expect(without[0]?.why.at(-1)).toBe('in the order they came, because the risk of not coming cannot be told right now')
})

test('a visit that would be given up is moved: its own time counts as free, and it keeps its length', async () => {
  const book = tinyBook()
  book.waitlist.push({ id: 'w-hana', locationId: 'main', clientId: 'hana', serviceId: 'cut', wanted: [], insteadOf: 'c-friday', createdAt: '2026-11-19T18:00:00.000Z', status: 'waiting' })
  const tiny = await createTinyDesk({ book })
  desk = { ...tiny, now: tiny.clock.now(), close: () => tiny.store.close() }
  const [entry] = unwrap(await desk.platform.waitlist({ ids: ['w-hana'] }))
  expect(entry?.insteadOf).toBe('c-friday')
  const found = (await read(chairAt('15:00', '16:00', { staffId: 'bea' }))).find(({ client }) => client.id === 'hana')
  expect(found?.excluded).toBeUndefined()
  expect(found?.why).toContain('would give up Friday 27 November at 3:00 pm for it')
  const later = { locationId: 'main', staffId: 'ana', start: at('2026-11-28', '10:00', tinyZone), end: at('2026-11-28', '12:00', tinyZone) }
  expect((await read(later)).find(({ client }) => client.id === 'hana')?.excluded).toMatchObject({ because: 'already_booked', words: 'already has it sooner, on Friday 27 November at 3:00 pm' })
})

test('five hundred who wait are read in calls that do not grow with them', async () => {
  const book = tinyBook()
  const many = Array.from({ length: 500 }, (_, i) => ({ ...book.clients[0]!, id: `m${i}`, firstName: `M${i}`, phones: [`+1213556${1000 + i}`], holdings: [] }))
  book.clients.push(...many)
  book.waitlist.push(...many.map(({ id }, i) => ({ id: `w-${id}`, locationId: 'main', clientId: id, serviceId: i % 2 === 0 ? 'cut' : 'blowdry', wanted: [], createdAt: addMinutes('2026-11-01T18:00:00.000Z', i), status: 'waiting' as const })))
  const tiny = await createTinyDesk({ book: { ...tinyBook(), waitlist: [] } })
  await loadBook({ store: tiny.store, book, now: tiny.clock.now() })
  const calls: string[] = []
  const platform = Object.fromEntries(Object.entries(tiny.platform).map(([name, call]) => [name, typeof call === 'function' ? (given: unknown) => { calls.push(name); return (call as (query: unknown) => unknown)(given) } : call])) as typeof tiny.platform
  desk = { ...tiny, platform, now: tiny.clock.now(), close: () => tiny.store.close() }
  const found = await read(chairAt('15:00', '16:00', { staffId: 'bea' }))
  expect(found.filter(({ excluded }) => excluded === undefined)).toHaveLength(501)
  expect(calls.sort()).toEqual(['catalog', 'clients', 'clientsByPhone', 'history', 'searchSlots', 'searchSlots', 'waitlist'])
})
