import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../src/platforms/kit/ask.ts'
import type { PlatformAdapter, PlatformKind } from '../../src/platforms/platform-adapter.ts'
import { at } from '../../src/salon/time.ts'
import { openAdapter } from '../support/platforms/open-adapter.ts'
import { findSpec, openVendorSpec } from '../support/platforms/vendor-spec.ts'
import { testClock, tinyZone, type TestClock } from '../support/tiny-book.ts'
import type { AdapterFake } from './adapter-contract.ts'

type SpecSetup<Credentials> = {
  kind: PlatformKind<Credentials>
  credentials: unknown
  /** The specification's file name. */
  spec: string
  /** The address that the specification's paths begin after. */
  base: string
  makeFake: (clock: TestClock) => AdapterFake
  /** What the specification says that is known to be wrong, each with who says so. A violation that fits none fails. */
  knownWrong?: RegExp[]
  /** The requests ("GET /api/v1/bookings") that a specification of a part only covers; all others go past it unwatched. */
  only?: RegExp
  /** An address as the specification writes it, where it differs from what servers answer to (a slash at the end). */
  spell?: (url: string) => string
  /** Let the specification's own examples (or `dynamic`, anything its schemas allow) answer the reads. False where it has too little of them. */
  answers?: 'examples' | 'dynamic' | false
  /** Reads (`catalog`, `visits`, `visit`) for which no answer can be made from the specification. */
  cannotAnswer?: string[]
}

/**
 * Everything that the adapter asks and that our fake answers, held against the vendor's published specification; and the
 * adapter reading what the specification itself answers. Skipped where the specification is not to be had (its licence keeps
 * it out of the project).
 */
export function describeAgainstSpec<Credentials>({ kind, credentials, spec, base, makeFake, knownWrong = [], answers = 'examples', only = /^/, spell = (url) => url, cannotAnswer = [] }: SpecSetup<Credentials>): void {
  const file = findSpec(spec)
  describe.skipIf(file === undefined)(`against ${spec}`, () => {
    const open = async () => openVendorSpec(file ?? '')

    test('says nothing that the specification does not allow, and neither does our fake of it', async () => {
      const clock = testClock()
      const fake = makeFake(clock)
      const violations: string[] = []
      const vendor = await open()
      const watched: Fetch = (url, init) => !only.test(`${init.method} ${new URL(url).pathname}`) ? fake.server.fetch(url, init) : vendor.watching((_spelled, sent) => fake.server.fetch(url, sent), { base, violations })(spell(url), init)
      const { adapter } = openAdapter({ kind, credentials, server: { ...fake.server, fetch: watched }, clock })
      const said = await everyOperation({ adapter, kind: kind.declared, id: fake.book.idOf })
      expect(violations.filter((violation) => !knownWrong.some((known) => known.test(violation)))).toEqual([])
      expect(said.filter(([, kindOfOutcome]) => kindOfOutcome !== 'ok')).toEqual([])
      expect(said.length).toBeGreaterThan(4)
    }, 60_000)

    test.skipIf(answers === false)('reads what the specification itself answers', async () => {
      const clock = testClock()
      const fake = makeFake(clock)
      const violations: string[] = []
      const answering = (await open()).answering({ base, violations, ...(answers === 'dynamic' && { dynamic: true }) })
      const { adapter } = openAdapter({ kind, credentials, server: { ...fake.server, fetch: (url, init) => answering(spell(url), init) }, clock })
      const outcomes = { catalog: await adapter.catalog(), visits: await adapter.visits({ from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }), visit: await adapter.visit({ id: fake.book.idOf('b-cut') }) }
      for (const [name, outcome] of Object.entries(outcomes)) {
        if (cannotAnswer.includes(name)) continue
        // What is made up is another visit than the one that was asked for.
        const fits = outcome.ok || (answers === 'dynamic' && name === 'visit' && outcome.error.kind === 'not_found')
        expect([name, fits ? 'ok' : `${outcome.error.kind}: ${outcome.error.message}`]).toEqual([name, 'ok'])
      }
    }, 60_000)
  })
}

/** Each thing that the adapter can do, once, with how it ended. */
async function everyOperation({ adapter, kind, id }: { adapter: PlatformAdapter; kind: PlatformKind['declared']; id: (name: string) => string }): Promise<[string, string][]> {
  const said: [string, string][] = []
  const note = <T extends { ok: boolean; error?: { kind: string; message: string } }>(name: string, outcome: T): T => {
    said.push([name, outcome.ok ? 'ok' : `${outcome.error?.kind}: ${outcome.error?.message}`])
    return outcome
  }
  const clock = testClock()
  note('capabilities', await adapter.capabilities())
  note('check', await adapter.check())
  note('catalog', await adapter.catalog())
  note('visits', await adapter.visits({ from: at('2026-11-21', '00:00', tinyZone), to: at('2026-11-22', '00:00', tinyZone) }))
  if (adapter.changedVisits !== undefined) note('changedVisits', await adapter.changedVisits({ since: at('2026-11-01', '00:00', tinyZone) }))
  const booked = note('visit', await adapter.visit({ id: id('b-cut') }))
  if (adapter.clients !== undefined) note('clients', await adapter.clients({}))
  const client = adapter.client === undefined ? undefined : note('client', await adapter.client({ id: id('fay') }))
  const fay = client?.ok === true ? client.value : { id: id('fay'), firstName: 'Fay', lastName: "O'Neil", phones: ['+12135550104'], email: 'fay@example.com', consent: { sms: 'unknown' as const, email: 'unknown' as const }, tags: [], notes: [], holdings: [] }
  if (!booked.ok) return said
  let visit = booked.value
  const slots = adapter.slots === undefined ? undefined : note('slots', await adapter.slots({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone) }))
  const [first, second] = slots?.ok === true ? slots.value : []
  if (kind.create === 'yes' && first !== undefined) note('create', await adapter.create!({ key: 'spec-create', slot: first, client: fay, note: 'by the window' }))
  const latest = async () => {
    const read = await adapter.visit({ id: visit.visit.id })
    if (read.ok) visit = read.value
    return visit
  }
  if (adapter.addVisitNote !== undefined) note('addVisitNote', await adapter.addVisitNote({ key: 'spec-note', visit: await latest(), text: 'likes tea', by: 'Maya', at: clock.now() }))
  if (adapter.addClientNote !== undefined) note('addClientNote', await adapter.addClientNote({ key: 'spec-client-note', client: fay, text: 'likes tea', by: 'Maya', at: clock.now() }))
  if (adapter.writeRisk !== undefined) note('writeRisk', await adapter.writeRisk({ visit: await latest(), score: 0.31, band: 'high', model: 'test', at: clock.now() }))
  if (kind.confirm === 'yes') note('confirm', await adapter.setStatus!({ key: 'spec-confirm', visit: await latest(), to: 'confirmed' }))
  if (kind.reschedule === 'yes' && second !== undefined) {
    const last = await adapter.slots!({ locationId: id('main'), wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: at('2026-11-24', '14:00', tinyZone), to: at('2026-11-24', '17:00', tinyZone), moving: await latest() })
    if (last.ok && last.value[0] !== undefined) {
      const moved = note('reschedule', await adapter.reschedule!({ key: 'spec-move', visit: await latest(), slot: last.value[0] }))
      if (moved.ok) visit = moved.value
    }
  }
  if (kind.cancel === 'yes') note('cancel', await adapter.cancel!({ key: 'spec-cancel', visit: await latest(), cancelledBy: 'client' }))
  return said
}
