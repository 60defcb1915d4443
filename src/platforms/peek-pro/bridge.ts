import type { z } from 'zod'
import { addMinutes, type Zone } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { AdapterRoom, PlatformAdapter, SeenVisit } from '../platform-adapter.ts'
import { peekSteps } from './manual-steps.ts'
import { toCatalog, toVisit } from './read.ts'
import { Anything, Bookings, OneBooking, Products } from './schema.ts'

/** What an operator's bridge key gives: the whole book, read, and notes. Everything else a person does in Peek Pro. */
export const bridgeCapabilities: Capabilities = {
  read: 'live', availability: 'none', multiService: 'none', hold: 'none', conflicts: 'unknown',
  create: 'assisted', reschedule: 'assisted', cancel: 'assisted', cancelGranularity: 'appointment', setNoShow: 'assisted', confirm: 'none', restore: 'none',
  notes: { appointment: 'yes', client: 'none' }, riskField: 'none', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'token', maxRangeDays: 31,
}

const base = 'https://n8n.peeklabs.com'

/** The operator's book through Peek's n8n bridge (`x-api-key`); without webhooks. */
export function bridgeAdapter({ bridgeKey, zone, ask, clock, catalog, tokenGiven }: { bridgeKey: string; zone: Zone; tokenGiven: boolean } & Pick<AdapterRoom<unknown>, 'ask' | 'clock' | 'catalog'>): PlatformAdapter {
  const bridge = <T>({ path, ...request }: { method?: 'GET' | 'POST'; path: string; query?: Record<string, string>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => ask({ ...request, url: `${base}${path}`, headers: { 'x-api-key': bridgeKey } })
  const pathOf = (id: string) => `/bookings/${encodeURIComponent(id)}`
  const read = async (id: string): Promise<Outcome<{ seen: SeenVisit; notes: string | undefined }>> => {
    const found = await bridge({ path: pathOf(id), schema: OneBooking })
    if (!found.ok) return found
    const seen = toVisit({ booking: found.value, catalog: await catalog(), zone, asked: found.observedAt, now: clock.now() })
    return seen === undefined ? failed('unavailable', 'the booking has no time that can be read') : ok({ seen, notes: found.value.notes }, found.observedAt)
  }
  /** What a note that was taken led to. That it cannot be read does not undo it: sent again, it would stand there twice. */
  const readBack = async (id: string): Promise<Outcome<SeenVisit>> => {
    const found = await read(id)
    return found.ok ? ok(found.value.seen, found.observedAt) : failed('unknown_outcome', `done, and not read back: ${found.error.kind}`, { ...(found.error.providerCode !== undefined && { providerCode: found.error.providerCode }) })
  }
  return {
    provider: 'peek-pro',
    async capabilities() {
      const products = await bridge({ path: '/products', schema: Products })
      return products.ok ? ok({ ...bridgeCapabilities, webhookProof: tokenGiven ? 'token' : 'none' }, products.observedAt) : products
    },
    async check() {
      const products = await bridge({ path: '/products', schema: Products })
      // Whose account it is the bridge does not say; what is sold tells a person whether it is theirs.
      return products.ok ? ok({ account: `Peek Pro: ${products.value.slice(0, 3).map(({ name }) => name ?? 'an activity').join(', ') || 'no activities'}` }, products.observedAt) : products
    },
    async catalog() {
      const products = await bridge({ path: '/products', schema: Products })
      return products.ok ? ok(toCatalog({ products: products.value, zone }), products.observedAt) : products
    },
    async visits({ from, to }) {
      // Whether it takes these as instants or as days of the place is not documented: a day more on each side, and cut here.
      const found = await bridge({ path: '/bookings', query: { start: addMinutes(from, -1440), end: addMinutes(to, 1440), searchBy: 'activityDate' }, schema: Bookings })
      if (!found.ok) return found
      const known = await catalog()
      const items = found.value.flatMap((booking) => toVisit({ booking, catalog: known, zone, asked: found.observedAt, now: clock.now() }) ?? []).filter(({ visit }) => visit.start >= from && visit.start < to)
      return ok({ items }, found.observedAt)
    },
    async visit({ id }) {
      const found = await read(id)
      return found.ok ? ok(found.value.seen, found.observedAt) : found
    },
    async addVisitNote({ visit: { visit }, text, by, at }) {
      // Appended by Peek itself, so that nothing that somebody wrote meanwhile is lost; on a line of its own.
      const done = await bridge({ method: 'POST', path: `${pathOf(visit.id)}/notes`, body: { note: `\n${withNote('', { text, by, at })}`, appendOrOverwrite: 'append' }, schema: Anything, writes: true })
      return done.ok ? readBack(visit.id) : done
    },
    async removeVisitNote({ visit: { visit }, noteId }) {
      const before = await read(visit.id)
      if (!before.ok) return before
      const note = withoutNote(before.value.notes, noteId)
      if (note === undefined) return failed('not_found', 'no such note')
      const done = await bridge({ method: 'POST', path: `${pathOf(visit.id)}/notes`, body: { note, appendOrOverwrite: 'overwrite' }, schema: Anything, writes: true })
      return done.ok ? readBack(visit.id) : done
    },
    manualSteps: peekSteps,
  }
}
