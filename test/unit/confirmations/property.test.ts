import { expect, test } from 'vitest'
import type { ClientText } from '../../../src/approvals/action.ts'
import { type ConfirmationArgs, confirmationKind } from '../../../src/confirmations/confirmation-args.ts'
import { visitsOf } from '../../../src/confirmations/confirmation-facts.ts'
import { liveStatuses, type RiskBand } from '../../../src/salon/salon.ts'
import { addDays, at, localDate, localTime, minutesBetween, sayWhen } from '../../../src/salon/time.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { maya } from '../../support/approvals-desk.ts'
import { tinyZone } from '../../support/tiny-book.ts'
import { type ConfirmationsDesk, openConfirmationsDesk, setMode, type Visit } from './confirmations-desk.ts'

const clients = ['fay', 'hana', 'ivan', 'jo', 'george', 'elena']
const days = ['2026-12-02', '2026-12-03', '2026-12-04', '2026-12-05', '2026-12-06', '2026-12-08']

/** Numbers in [0, 1) from a seed (mulberry32), so that a failing run can be had again. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

for (const seed of [1, 2, 3]) {
  test(`F36, seed ${seed}: whatever is moved, cancelled, confirmed and approved when, no step is texted twice, nobody twice a day, and no time is old`, { timeout: 120_000 }, async () => {
    const next = random(seed)
    const pick = <T>(some: readonly T[]): T => some[Math.floor(next() * some.length)] as T
    const visits = Array.from({ length: 18 }, (_, i): Visit => ({ id: `v${i}`, clientId: pick(clients), date: pick(days), time: `${10 + (i % 6)}:${i < 9 ? '00' : '30'}`, staffId: i % 2 === 0 ? 'ana' : 'cruz', risk: pick<RiskBand>(['low', 'medium', 'high']) }))
    const desk = await openConfirmationsDesk({ visits })
    try {
      const seen = { texts: 0, wrong: [] as string[], perDay: new Map<string, number>() }
      await setMode(desk, pick([{ mode: 'assisted' }, { mode: 'autonomous', perDay: 3 }] as const))
      for (let step = 0; step < 45; step++) {
        await pick([look, look, approve, approve, deliver, deliver, move, end, confirm, later, later])({ desk, visits, pick, key: `${seed}-${step}` })
        await check(desk, seen)
      }
      await deliver({ desk })
      await check(desk, seen)
      expect(seen.wrong).toEqual([])
      expect(seen.texts).toBeGreaterThan(0)
      expect([...seen.perDay.values()].filter((count) => count > 1)).toEqual([])
      expect(await stepsTexted(desk)).toEqual([...new Set(await stepsTexted(desk))])
      expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
    } finally {
      await desk.close()
    }
  })
}

type Doing = { desk: ConfirmationsDesk; visits: Visit[]; pick: <T>(some: readonly T[]) => T; key: string }

async function look({ desk }: Doing): Promise<void> {
  await desk.look()
}

async function approve({ desk }: Doing): Promise<void> {
  for (const { id, hash, kind } of await desk.approvals.list()) if (kind === confirmationKind) await desk.approvals.decide({ id, decision: 'approve', by: maya, hash })
}

async function deliver({ desk }: Pick<Doing, 'desk'>): Promise<void> {
  await desk.messages.deliver()
}

async function move({ desk: { platform, clock }, visits, pick, key }: Doing): Promise<void> {
  const read = await platform.appointment({ id: pick(visits).id })
  const date = pick(days)
  if (!read.ok || read.value.start <= clock.now() || at(date, '10:00', tinyZone) <= clock.now()) return
  const wants = read.value.segments.map(({ serviceId, staffId }) => ({ serviceId, staffId }))
  const free = await platform.searchSlots({ locationId: 'main', wants, from: at(date, '10:00', tinyZone), to: at(date, '17:00', tinyZone), rescheduling: read.value.id })
  const slot = free.ok ? pick(free.value) : undefined
  if (slot !== undefined) await platform.reschedule({ key, id: read.value.id, expectedVersion: read.value.version, slotId: slot.id })
}

async function end({ desk: { platform }, visits, pick, key }: Doing): Promise<void> {
  if (pick([0, 1, 2]) > 0) return
  const read = await platform.appointment({ id: pick(visits).id })
  if (read.ok) await platform.cancel({ key, id: read.value.id, expectedVersion: read.value.version, cancelledBy: 'client' })
}

async function confirm({ desk: { platform }, visits, pick, key }: Doing): Promise<void> {
  if (pick([0, 1]) > 0) return
  const read = await platform.appointment({ id: pick(visits).id })
  if (read.ok) await platform.setStatus({ key, id: read.value.id, expectedVersion: read.value.version, to: 'confirmed' })
}

/** Some time on; a night is slept through. */
async function later({ desk: { clock }, pick }: Doing): Promise<void> {
  clock.advance(pick([7, 45, 180, 320]))
  if (localTime(clock.now(), tinyZone) >= '19:30') clock.set(at(addDays(localDate(clock.now(), tinyZone), 1), '09:01', tinyZone))
}

/** Every text that went since the last look at them: each visit it names is the client's, alive and at that time now. */
async function check({ platform, clock, sent }: ConfirmationsDesk, seen: { texts: number; wrong: string[]; perDay: Map<string, number> }): Promise<void> {
  const book = await platform.appointments({ from: '2026-11-30T00:00:00.000Z', to: '2026-12-20T00:00:00.000Z', limit: 500 })
  for (const { to, body } of sent.slice(seen.texts)) {
    const owners = await platform.findClients({ phone: to })
    const owner = owners.ok ? owners.value[0]?.id : undefined
    const times = new Set(book.ok ? book.value.items.filter(({ clientId, status, start }) => clientId === owner && liveStatuses.includes(status) && minutesBetween(clock.now(), start) > 0).map(({ start }) => sayWhen(start, tinyZone, clock.now())) : [])
    const told = body.match(/[A-Z][a-z]+day \d+ [A-Z][a-z]+ at \d+:\d\d [ap]m/g) ?? []
    if (told.length === 0 || told.some((time) => !times.has(time))) seen.wrong.push(body)
    const day = `${to} ${localDate(clock.now(), tinyZone)}`
    seen.perDay.set(day, (seen.perDay.get(day) ?? 0) + 1)
  }
  seen.texts = sent.length
}

/** Every step of a visit at a time that a text which went was for. */
async function stepsTexted({ store }: ConfirmationsDesk): Promise<string[]> {
  const rows = await store.db.selectFrom('texts').innerJoin('proposals', 'proposals.id', 'texts.proposal_id').select(['texts.client_id', 'proposals.args', 'proposals.facts']).where('texts.state', '=', 'sent').execute()
  return rows.flatMap(({ client_id: clientId, args, facts }) => {
    const text = (facts as { texts: ClientText[] }).texts.find((one) => one.clientId === clientId)
    const told = new Set(text === undefined ? [] : visitsOf(text).map(({ id }) => id))
    return (args as ConfirmationArgs).texts.filter((one) => one.clientId === clientId).flatMap(({ visits }) => visits.filter(({ id, step }) => step !== 'again' && told.has(id)).map(({ id, start, step }) => `${id} ${start} ${step}`))
  })
}

