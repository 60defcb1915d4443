import { failed, ok, type BookingPlatform, type Outcome } from '../../platforms/booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'
import type { WaitlistEntry } from '../../salon/salon.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { mirrorEntries } from './mirror-entries.ts'
import { type AddCommand, addOwnEntry, areRanges, firstOutcome, isOwnListEmpty, type OwnEntry, readOwnEntries, type SetCommand, setOwnEntry, type WaitlistQuery } from './own-entries.ts'

type Room = { platform: BookingPlatform; store: Store; clock: Clock }

/**
 * The same platform with a whole waitlist, whatever it has of its own: none (ours is the list), one that can only be added
 * to (ours is the list, and the platform's gets every entry too), or a whole one (that is the list; who is left on ours
 * from before is shown beside it, once, and on an empty list of ours nothing is asked twice). Everything else goes
 * straight through.
 */
export function withOwnWaitlist({ platform, store, clock }: Room): BookingPlatform {
  const room = { platform, store, clock }
  const listOf = async () => (await platform.capabilities()).waitlist
  // On a platform with its own list nobody joins ours any more: once empty, it stays so.
  let nobodyLeft = false
  return {
    ...platform,
    async capabilities() {
      const own = await platform.capabilities()
      return own.waitlist === 'native_full' ? own : { ...own, waitlist: 'native_full' }
    },
    async waitlist(query) {
      if ((await listOf()) !== 'native_full') {
        nobodyLeft = false
        return ok(entriesOf(await readOwnEntries(store.db, { ...query, now: clock.now() })), clock.now())
      }
      nobodyLeft ||= query.ids === undefined && (await isOwnListEmpty(store.db))
      if (nobodyLeft && query.ids?.some(isOwnId) !== true) return platform.waitlist(query)
      return besideOurs(room, query)
    },
    async waitlistAdd(command) {
      const list = await listOf()
      if (list === 'native_full') return platform.waitlistAdd(command)
      return add(room, { command, mirror: list === 'native_add_only' })
    },
    async waitlistSet(command) {
      if (!isOwnId(command.id)) return (await listOf()) === 'native_full' ? platform.waitlistSet(command) : valued(() => setOwnEntry({ store, command, now: clock.now() }))
      return (await listOf()) === 'native_full' ? setBoth(room, command) : valued(() => setOwnEntry({ store, command, now: clock.now() }))
    },
  }
}

function isOwnId(id: string): boolean {
  return id.startsWith('own-')
}

/** The platform's list, and those of ours whom it does not have: neither under their own name there nor for the same thing. */
async function besideOurs({ platform, store, clock }: Room, query: WaitlistQuery): Promise<Outcome<WaitlistEntry[]>> {
  const asked = query.ids === undefined ? query : { ...query, ids: query.ids.filter((id) => !isOwnId(id)) }
  const ours = await readOwnEntries(store.db, { ...query, now: clock.now() })
  const theirs = await platform.waitlist(asked)
  if (!theirs.ok || ours.length === 0) return theirs
  const key = ({ clientId, serviceId, locationId }: WaitlistEntry) => JSON.stringify([clientId, serviceId, locationId])
  const there = new Set(theirs.value.map(key))
  const mirrored = new Set(query.ids === undefined ? await stillThere(platform, ours) : [])
  const left = query.ids === undefined ? ours.filter(({ entry, mirrorId }) => !there.has(key(entry)) && (mirrorId === undefined || !mirrored.has(mirrorId))) : ours
  return ok([...theirs.value, ...entriesOf(left)].toSorted(byArrival), theirs.observedAt)
}

/** What the platform has of ours under its own names, whatever has become of it there: that is the newer truth. */
async function stillThere(platform: BookingPlatform, ours: OwnEntry[]): Promise<string[]> {
  const ids = ours.flatMap(({ mirrorId }) => (mirrorId === undefined ? [] : [mirrorId]))
  const found = ids.length === 0 ? undefined : await platform.waitlist({ ids })
  return found?.ok === true ? found.value.map(({ id }) => id) : ids
}

async function add({ platform, store, clock }: Room, { command, mirror }: { command: AddCommand; mirror: boolean }): Promise<Outcome<WaitlistEntry>> {
  return valued(async () => {
    const first = await firstOutcome(store.db, { operation: 'waitlistAdd', command })
    if (first !== undefined) return first
    const { locationId, clientId, serviceId, staffId, wanted } = command
    const [catalog, client] = await Promise.all([platform.catalog(), platform.client({ id: clientId })])
    if (!catalog.ok) return catalog
    if (!catalog.value.locations.some(({ id }) => id === locationId)) return failed('not_found', 'no such location')
    if (!catalog.value.services.some(({ id }) => id === serviceId)) return failed('not_found', 'no such service')
    if (staffId !== undefined && !catalog.value.staff.some(({ id }) => id === staffId)) return failed('not_found', 'no such staff member')
    if (!areRanges(wanted)) return failed('invalid', 'a wanted range ends before it begins')
    if (!client.ok) return client
    const added = await addOwnEntry({ store, command, mirror, now: clock.now() })
    // Whatever the platform's list says to it: whoever is on ours is on it. What fails is tried again (`mirrorEntries`).
    if (mirror && added.ok) await mirrorEntries({ platform, store, clock, id: added.value.id }).catch(() => 0)
    return added
  })
}

/** One of ours that the platform's list got before it was a whole one: there too. */
async function setBoth({ platform, store, clock }: Room, command: SetCommand): Promise<Outcome<WaitlistEntry>> {
  const [own] = await readOwnEntries(store.db, { ids: [command.id], now: clock.now() })
  if (own?.mirrorId !== undefined) {
    const there = await platform.waitlistSet({ ...command, key: `${command.key}:mirror`, id: own.mirrorId })
    if (!there.ok && there.error.kind !== 'not_found') return there
  }
  return valued(() => setOwnEntry({ store, command, now: clock.now() }))
}

/** What cannot be a value at all is refused, as a platform would. */
async function valued(work: () => Promise<Outcome<WaitlistEntry>>): Promise<Outcome<WaitlistEntry>> {
  try {
    return await work()
  } catch (error) {
    // 22xxx: a value the database cannot hold. PostgreSQL manual, appendix A.
    const isValue = (error instanceof DeskError && error.code === 'invalid_time') || (error instanceof Error && 'code' in error && String(error.code).startsWith('22'))
    if (isValue) return failed('invalid', 'a value that the list cannot hold')
    throw error
  }
}

function entriesOf(own: OwnEntry[]): WaitlistEntry[] {
  return own.map(({ entry }) => entry)
}

function byArrival(a: WaitlistEntry, b: WaitlistEntry): number {
  return a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1
}
