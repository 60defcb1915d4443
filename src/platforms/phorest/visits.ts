import { z } from 'zod'
import type { Catalog } from '../../salon/salon.ts'
import { addDays, addMinutes, type Clock, type Instant, type LocalDate } from '../../salon/time.ts'
import { failed, ok, type Outcome, type Page } from '../booking-platform.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import { allPages, hasMore, pageSize, type PhorestClient, type PhorestCredentials } from './client.ts'
import { type Known, toVisit } from './read.ts'
import { Appointment, Branch, ListOf, PageOf } from './schema.ts'
import { dayOf } from './times.ts'

/** Phorest lists at most a month; the shortest has 28 days, and both its dates count. */
export const mostDays = 27

export type Reader = ReturnType<typeof visitReader>

// Where a listing goes on: which branch, from when (changes come in windows of at most `mostDays`), which page, and until when.
const Cursor = z.object({ branch: z.number().int().min(0), since: z.string(), page: z.number().int().min(0), until: z.string() })

/** Reads appointments, branch by branch: that is how Phorest keeps them. */
export function visitReader({ client, credentials, catalog, clock }: { client: PhorestClient; credentials: PhorestCredentials; catalog: () => Promise<Catalog | undefined>; clock: Clock }) {
  // Whether this salon's Phorest finds an appointment by its id at all; one salon's program reports that it never does.
  let byIdWorks: boolean | undefined

  async function branchIds(): Promise<Outcome<string[]>> {
    const known = await catalog()
    if (known !== undefined && known.locations.length > 0) return ok(known.locations.map(({ id }) => id), clock.now())
    const branches = await allPages(client, { path: '/branch', schema: ListOf('branches', Branch) })
    return branches.ok ? ok(branches.value.map(({ branchId }) => branchId), branches.observedAt) : branches
  }

  async function learn(branchId: string): Promise<Known> {
    const known = await catalog()
    const zone = known?.locations.find(({ id }) => id === branchId)?.zone ?? credentials.timezone
    return { serviceById: new Map(known?.services.map((service) => [service.id, service])), currency: credentials.currency, dating: { times: credentials.times, zone }, branchId }
  }

  async function list(branchId: string, { page, ...query }: { page: number } & Record<string, string | number>): Promise<Outcome<{ items: SeenVisit[]; more: boolean }>> {
    const answer = await client({ path: `/branch/${encodeURIComponent(branchId)}/appointment`, query: { ...query, fetch_canceled: true, fetch_deleted: true, fetch_notes: true, size: pageSize, page }, schema: PageOf('appointments', Appointment) })
    if (!answer.ok) return answer
    const known = await learn(branchId)
    const items = answer.value.items.flatMap((appointment) => toVisit({ appointment, known, asked: answer.observedAt }) ?? [])
    return ok({ items, more: hasMore(answer.value) }, answer.observedAt)
  }

  const reader = {
    learn,
    /** One page of what starts in `[from, to)`. */
    async visits({ from, to, cursor }: { from: Instant; to: Instant; cursor?: string }): Promise<Outcome<Page<SeenVisit>>> {
      const branches = await branchIds()
      if (!branches.ok) return branches
      const at = readCursor(cursor) ?? { branch: 0, since: from, page: 0, until: to }
      const branchId = branches.value[at.branch]
      if (branchId === undefined) return ok({ items: [] }, branches.observedAt)
      const { dating } = await learn(branchId)
      // Both dates are included, and whole days come: cut to what was asked.
      const found = await list(branchId, { from_date: dayOf(from, dating), to_date: dayOf(addMinutes(to, -1), dating), page: at.page })
      if (!found.ok) return found
      const next = found.value.more ? { ...at, page: at.page + 1 } : at.branch + 1 < branches.value.length ? { ...at, branch: at.branch + 1, page: 0 } : undefined
      return ok({ items: found.value.items.filter(({ visit }) => visit.start >= from && visit.start < to), ...(next !== undefined && { cursor: JSON.stringify(next) }) }, found.observedAt)
    },
    /** One page of what changed at or after `since`, in windows of at most a month. */
    async changed({ since, cursor }: { since: Instant; cursor?: string }): Promise<Outcome<Page<SeenVisit>>> {
      const branches = await branchIds()
      if (!branches.ok) return branches
      const at = readCursor(cursor) ?? { branch: 0, since, page: 0, until: clock.now() }
      const branchId = branches.value[at.branch]
      if (branchId === undefined) return ok({ items: [] }, branches.observedAt)
      const windowEnd = addMinutes(at.since, mostDays * 1440)
      const until = windowEnd < at.until ? windowEnd : at.until
      // A change in the second of the question itself is not to be missed.
      const found = await list(branchId, { updated_from: at.since, updated_to: until === at.until ? addMinutes(until, 1) : until, page: at.page })
      if (!found.ok) return found
      const next = found.value.more ? { ...at, page: at.page + 1 }
        : until < at.until ? { ...at, since: until, page: 0 }
          : at.branch + 1 < branches.value.length ? { ...at, branch: at.branch + 1, since, page: 0 } : undefined
      return ok({ items: found.value.items, ...(next !== undefined && { cursor: JSON.stringify(next) }) }, found.observedAt)
    },
    /** One appointment by its id: asked of every branch in turn, then listed for its notes, which only a list tells. */
    async visit(id: string): Promise<Outcome<SeenVisit>> {
      const branches = await branchIds()
      if (!branches.ok) return branches
      for (const branchId of branches.value) {
        const found = await byId(branchId, id)
        if (found.ok) {
          byIdWorks = true
          const whole = await reader.readBack({ branchId, id, start: found.value.visit.start, clientId: found.value.visit.clientId })
          return whole.ok || whole.error.kind !== 'not_found' ? whole : found
        }
        if (found.error.kind !== 'not_found') return found
      }
      for (const branchId of byIdWorks === undefined ? branches.value : []) byIdWorks ??= await findsById(branchId)
      return byIdWorks === false ? failed('unavailable', 'this salon\'s Phorest finds no appointment by its id', { providerCode: 'by_id' }) : failed('not_found', 'no such appointment')
    },
    /** One appointment of which the time is known, as it is listed now. */
    async readBack({ branchId, id, start, clientId }: { branchId: string; id: string; start: Instant; clientId: string }): Promise<Outcome<SeenVisit>> {
      const { dating } = await learn(branchId)
      // The days around too: where times are dated otherwise than we were told, it must still be found.
      const date = dayOf(start, dating)
      for (let page = 0; page < 10; page++) {
        const found = await list(branchId, { from_date: addDays(date, -1), to_date: addDays(date, 1), ...(clientId !== '' && { client_id: clientId }), page })
        if (!found.ok) return found
        const mine = found.value.items.find(({ visit }) => visit.id === id)
        if (mine !== undefined) return ok(mine, found.observedAt)
        if (!found.value.more) break
      }
      return failed('not_found', 'the appointment is not listed on its day')
    },
  }

  async function byId(branchId: string, id: string): Promise<Outcome<SeenVisit>> {
    const found = await client({ path: `/branch/${encodeURIComponent(branchId)}/appointment/${encodeURIComponent(id)}`, schema: Appointment })
    if (!found.ok) return found
    const visit = toVisit({ appointment: found.value, known: await learn(branchId), asked: found.observedAt })
    return visit === undefined ? failed('unavailable', 'an appointment without a time', { providerCode: 'shape' }) : ok(visit, found.observedAt)
  }

  /** Tries with an appointment that is certainly there; undefined when the branch has none about now. */
  async function findsById(branchId: string): Promise<boolean | undefined> {
    const today: LocalDate = dayOf(clock.now(), (await learn(branchId)).dating)
    const some = await list(branchId, { from_date: addDays(today, -13), to_date: addDays(today, 13), page: 0 })
    const [first] = some.ok ? some.value.items.filter(({ visit }) => visit.status !== 'cancelled') : []
    if (first === undefined) return undefined
    const found = await byId(branchId, first.visit.id)
    return found.ok ? true : found.error.kind === 'not_found' ? false : undefined
  }

  return reader
}

function readCursor(cursor: string | undefined): z.infer<typeof Cursor> | undefined {
  return cursor === undefined ? undefined : Cursor.parse(JSON.parse(cursor))
}
