import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { keepUp } from '../../../../src/platforms/mirror/keep-up.ts'
import { follow } from '../../../../src/platforms/mirror/hear.ts'
import { applySeen } from '../../../../src/platforms/mirror/refresh.ts'
import type { SeenVisit } from '../../../../src/platforms/platform-adapter.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { addMinutes, type Instant } from '../../../../src/salon/time.ts'
import { mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { bookThere, onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

const desks = mirroredDesks(onSquare)
let desk: SquareDesk
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

/** What somebody at Square's screen does to one visit, and how we hear of it: by a webhook, late, or only by polling. */
const step = fc.record({
  does: fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), quarters: fc.integer({ min: 0, max: 180 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'restore' as const, 'other staff' as const, 'note' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('no_show' as const, 'delete' as const) }) },
  ),
  minutes: fc.integer({ min: 0, max: 45 }),
  heard: fc.constantFrom('webhook' as const, 'webhook twice' as const, 'old reading' as const, 'poll' as const, 'not' as const),
})
const life = fc.array(step, { minLength: 1, maxLength: 8 })

test('any life of visits: the copy ends as Square has it, and nothing is known before it could be', async () => {
  const base = desk.clock.now()
  let run = 0
  await fc.assert(fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 3 }), async (lives) => {
    run++
    const { book } = desk.fake
    /** When each visit was first heard of and when it was changed there: nothing can be known of a change before that. */
    const changes = new Map<string, Instant[]>()
    const begun = desk.clock.now()
    const ids = lives.map((_, n) => `run-${run}-${n}`)
    ids.forEach((id, n) => {
      bookThere(desk, { id, start: addMinutes(begun, 120 + n * 45), serviceId: 'beard', staffId: ['ana', 'cruz', 'ana'][n] ?? 'ana' })
      changes.set(id, [begun])
    })
    const kept: SeenVisit[] = []
    const longest = Math.max(...lives.map(({ length }) => length))
    for (let turn = 0; turn < longest; turn++) {
      for (const [n, steps] of lives.entries()) {
        const [id, now] = [ids[n] ?? '', steps[turn]]
        const visit = book.visits.get(id)
        if (now === undefined || visit === undefined) continue
        const before = await desk.adapter.visit({ id })
        if (before.ok) kept.push(before.value)
        desk.clock.advance(now.minutes)
        const { does } = now
        if (does.kind === 'move') book.change(id, { segments: book.segmentsOf(visit.segments, addMinutes(begun, 60 + does.quarters * 15)) })
        else if (does.kind === 'cancel') book.change(id, { status: 'cancelled', cancelledBy: 'client' })
        else if (does.kind === 'restore') book.change(id, { status: 'booked' })
        else if (does.kind === 'other staff') book.change(id, { segments: book.segmentsOf(visit.segments.map(({ serviceId, staffId }) => ({ serviceId, staffId: staffId === 'ana' ? 'cruz' : 'ana' })), visit.start) })
        else if (does.kind === 'note') book.change(id, { note: `note ${turn}` })
        else if (does.kind === 'no_show') book.change(id, { status: 'no_show' })
        else book.remove(id)
        changes.get(id)?.push(desk.clock.now())
        if (now.heard.startsWith('webhook')) await follow(desk.room, { payload: { kind: 'visit', id } })
        if (now.heard === 'webhook twice') await follow(desk.room, { payload: { kind: 'visit', id } })
        if (now.heard === 'old reading') for (const old of kept.slice(-4)) await applySeen(desk.room, old)
        if (now.heard === 'poll') await keepUp(desk.room)
      }
    }
    desk.clock.advance(61)
    await keepUp(desk.room)
    const copies = new Map(unwrap(await desk.platform.history({ clientIds: ['jo', 'nobody'] })).map((one) => [one.appointment.id, one]))
    for (const id of ids) {
      const there = await desk.adapter.visit({ id })
      const copy = copies.get(id)
      // One that came and went unheard never was.
      if (!there.ok && copy === undefined) continue
      // What was over when it was taken out there stays as it was.
      if (!there.ok) expect(['cancelled', 'completed', 'no_show']).toContain(copy?.appointment.status)
      else expect(copy?.appointment).toMatchObject({ status: there.value.visit.status, start: there.value.visit.start, end: there.value.visit.end, segments: there.value.visit.segments.map(({ serviceId, staffId, start, durationMin }) => ({ serviceId, staffId, start, durationMin })), notes: there.value.visit.notes })
      const events = copy?.events ?? []
      const known = events.map(({ knownAt }) => knownAt)
      expect(known).toEqual(known.toSorted())
      expect(known.every((at) => at >= begun && at <= desk.clock.now())).toBe(true)
      // Each is known when it was changed there, or later: never before.
      for (const { kind, knownAt } of events.filter((event) => event.kind !== 'booked' && event.kind !== 'completed')) {
        expect([kind, (changes.get(id) ?? []).some((at) => at <= knownAt)]).toEqual([kind, true])
        if (kind === 'moved' || kind === 'cancelled') expect(knownAt >= (changes.get(id)?.[1] ?? '')).toBe(true)
      }
      expect(events.filter(({ kind }) => kind === 'completed').every(({ knownAt }) => knownAt >= begun)).toBe(true)
    }
    // The next life begins on another day, so that they do not lie on each other.
    desk.clock.set(addMinutes(base, run * 4 * 1_440))
  }), { numRuns: 15, endOnFailure: true })
}, 120_000)

test('what a first reading says of a life that is over is known when it could be: cancelled when it was changed, missed not before its start', async () => {
  const { book } = desk.fake
  const start = when('10:00')
  for (const [id, status] of [['first-cancelled', 'cancelled'], ['first-missed', 'no_show'], ['first-kept', 'booked']] as const) bookThere(desk, { id, start, status, serviceId: 'beard', staffId: 'cruz', ...(status === 'cancelled' && { cancelledBy: 'client' as const }) })
  desk.clock.advance(60)
  book.change('first-cancelled', { note: 'later' })
  desk.clock.set(when('20:00'))
  await keepUp(desk.room)
  const lives = new Map(unwrap(await desk.platform.history({})).map(({ appointment, events }) => [appointment.id, events.map(({ kind, knownAt }) => `${kind} ${knownAt}`)]))
  expect(lives.get('first-cancelled')).toEqual(['booked 2026-11-21T15:30:00.000Z', 'cancelled 2026-11-21T16:30:00.000Z'])
  expect(lives.get('first-missed')).toEqual(['booked 2026-11-21T15:30:00.000Z', `no_show ${start}`])
  expect(lives.get('first-kept')).toEqual(['booked 2026-11-21T15:30:00.000Z', `completed ${addMinutes(start, 15)}`])
})
