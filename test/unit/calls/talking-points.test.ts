import { describe, expect, it } from 'vitest'
import { type PastVisits, talkingPoints } from '../../../src/calls/talking-points.ts'
import { money } from '../../../src/salon/money.ts'
import type { Client, Holding } from '../../../src/salon/salon.ts'
import { addMinutes } from '../../../src/salon/time.ts'
import { appointment, catalog, client, morning } from './day-book.ts'

const regular: PastVisits = { kept: 9, last: '2026-10-10' }
const services = new Map(catalog.services.map((service) => [service.id, service]))

function pointsFor(more: Partial<Client>, { past = regular, serviceId = 'cut', now = morning.now() }: { past?: PastVisits; serviceId?: string; now?: string } = {}) {
  return talkingPoints({ appointment: appointment('a', { clientId: 'c', serviceId }), client: client('c', 'Dana', 'Reyes', more), services, past, zone: 'America/Los_Angeles', now })
}
const holding = (one: Holding) => pointsFor({ holdings: [one] })

describe('talkingPoints', () => {
  it('has nothing to say of a regular client with nothing special', () => {
    expect(pointsFor({})).toEqual([])
  })

  it('knows packages and credits that soon expire, and only those', () => {
    expect(holding({ kind: 'package', name: 'Gloss Five', remaining: 2, expires: '2026-12-04' })).toEqual([{ kind: 'package', text: 'Package "Gloss Five": 2 left, expires Friday 4 December', source: 'client account: packages', say: 'By the way, your Gloss Five package is good until Friday 4 December.' }])
    expect(holding({ kind: 'credit', amount: money(2_550, 'USD'), expires: '2026-11-20' })[0]?.text).toBe('Credit of $25.50, expires Friday 20 November')
    expect(holding({ kind: 'package', name: 'Gloss Five', remaining: 0, expires: '2026-12-04' })).toEqual([])
    expect(holding({ kind: 'package', name: 'Gloss Five', remaining: 2, expires: '2026-11-19' })).toEqual([])
    expect(holding({ kind: 'package', name: 'Gloss Five', remaining: 2, expires: '2027-06-01' })).toEqual([])
  })

  it('asks for a patch test that is missing, too old, or too late', () => {
    const color = (holdings: Holding[], now = addMinutes(morning.now(), -4 * 24 * 60)) => pointsFor({ holdings }, { serviceId: 'balayage', now })[0]
    expect(color([])).toMatchObject({ kind: 'patch test', text: 'Patch test due 48 h before Balayage (none on record)', say: expect.any(String) })
    expect(color([{ kind: 'patch_test', done: '2026-11-18' }])).toBeUndefined()
    expect(color([{ kind: 'patch_test', done: '2026-11-19' }])?.kind).toBe('patch test')
    expect(color([{ kind: 'patch_test', done: '2025-11-18' }])?.text).toContain('the last one was on Tuesday 18 November 2025')
    const late = color([], morning.now())
    expect(late?.text).toContain('the 48 h before it have begun')
    expect(late?.say).toBeUndefined()
    expect(pointsFor({ holdings: [] }, { serviceId: 'cut' })).toEqual([])
  })

  it('tells a first visit from a book that begins after the client', () => {
    expect(pointsFor({}, { past: { kept: 0 } })).toMatchObject([{ text: 'First visit', say: expect.any(String) }])
    const { createdAt: _, ...unknownSince } = client('c', 'Dana', 'Reyes')
    const [point] = talkingPoints({ appointment: appointment('a', { clientId: 'c' }), client: unknownSince, services, past: { kept: 0 }, zone: 'America/Los_Angeles', now: morning.now() })
    expect(point).toEqual({ kind: 'first visit', text: 'No earlier visit on record', source: 'appointment history' })
  })

  it('knows birthdays of the coming week, over the new year too', () => {
    expect(pointsFor({ birthday: '11-20' })[0]?.text).toBe('Birthday today')
    expect(pointsFor({ birthday: '11-27' })[0]?.text).toBe('Birthday on Friday 27 November')
    expect(pointsFor({ birthday: '11-28' })).toEqual([])
    expect(pointsFor({ birthday: '01-02' }, { now: '2026-12-30T18:00:00.000Z' })[0]?.text).toBe('Birthday on Saturday 2 January 2027')
  })

  it('knows a long absence, a language, a membership and the last product', () => {
    expect(pointsFor({}, { past: { kept: 3, last: '2026-03-20' } })[0]?.text).toBe('Not here for 8 months (last visit Friday 20 March)')
    expect(pointsFor({ language: 'es' })[0]?.text).toBe('Prefers Spanish')
    expect(holding({ kind: 'membership', name: 'Gold', since: '2025-02-01' })[0]?.text).toBe('Member: Gold, since Saturday 1 February 2025')
    expect(pointsFor({ holdings: [{ kind: 'product', name: 'Old oil', bought: '2026-01-05' }, { kind: 'product', name: 'Hair oil', bought: '2026-05-05' }] })[0]?.text).toBe('Last bought Hair oil on Tuesday 5 May')
  })

  it('never gives words to say about money owed, and keeps to three, the most useful first', () => {
    const points = pointsFor({ birthday: '11-21', language: 'es', holdings: [{ kind: 'balance', amount: money(4_500, 'USD') }, { kind: 'membership', name: 'Gold' }, { kind: 'package', name: 'Gloss Five', remaining: 1, expires: '2026-12-01' }] })
    expect(points.map(({ kind }) => kind)).toEqual(['package', 'birthday', 'balance'])
    expect(points[2]?.say).toBeUndefined()
    for (const { source } of points) expect(source).not.toBe('')
  })
})
