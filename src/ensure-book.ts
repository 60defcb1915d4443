import { z } from 'zod'
import { changeConfirmationSettings } from './confirmations/confirmation-settings.ts'
import { demoPreparation } from './demo/demo-preparation.ts'
import { generateSalon } from './demo/generate-salon.ts'
import { nextDays } from './demo/next-days.ts'
import type { Mirrored } from './open-platform.ts'
import type { BookingPlatform } from './platforms/booking-platform.ts'
import { appendToBook } from './platforms/embedded/append-to-book.ts'
import { bookSummary } from './platforms/embedded/book-summary.ts'
import { loadBook } from './platforms/embedded/load-book.ts'
import { unwrap } from './platforms/unwrap.ts'
import { DeskError } from './salon/errors.ts'
import { addMinutes, type Clock, type LocalDate, localDate } from './salon/time.ts'
import type { Store } from './store/open-store.ts'
import { readSetting, writeSetting } from './store/settings.ts'

const demoZone = 'America/Los_Angeles'
const demoDay = { name: 'demo.day', schema: z.iso.date().optional(), fallback: undefined }

type BookNeeds = { kind: 'nothing' } | { kind: 'demo'; today: LocalDate } | { kind: 'next days'; today: LocalDate; lastGenerated: LocalDate }

/** What the book lacks now. */
export async function bookNeeds({ store, clock, clockFixed }: { store: Store; clock: Clock; clockFixed: boolean }): Promise<BookNeeds> {
  const summary = await bookSummary(store)
  // From seven in the evening the day ahead is tomorrow: the demo is busy on the day whose list is shown.
  const today = localDate(addMinutes(clock.now(), 5 * 60), demoZone)
  if (summary === undefined) return { kind: 'demo', today }
  const lastGenerated = summary.demo && !clockFixed ? await readSetting(store.db, demoDay) : undefined
  return lastGenerated === undefined || lastGenerated >= today ? { kind: 'nothing' } : { kind: 'next days', today, lastGenerated }
}

/** Waits until the catalogue and the near future of a connected platform are here, so that there is something to work with. Throws `DeskError('unavailable')` when it cannot be reached for the very first time. */
export async function ensureCopy(mirrored: Mirrored): Promise<{ loadedDemo: boolean }> {
  const { room: { store }, kind } = mirrored
  const isHere = async () => (await store.db.selectFrom('platform_sync').select('as_of').executeTakeFirst())?.as_of != null
  while (!(await isHere())) {
    const { more } = await mirrored.keepUp({ budgetMs: 0 })
    if (more || await isHere()) continue
    const { error_code: code } = await store.db.selectFrom('platform_sync').select('error_code').executeTakeFirstOrThrow()
    // No error: another instance is reading.
    if (code === null) await new Promise((resolve) => { setTimeout(resolve, 1_000) })
    else throw new DeskError('unavailable', { message: `first reading: ${code}`, userMessage: `${kind.name} could not be read yet (${code === 'auth' ? 'it refuses the key: connect it again with "desk connect"' : code}). Nothing is here to work with until it is; try again in a minute.` })
  }
  return { loadedDemo: false }
}

/** Loads the demo salon into an empty book, or carries the demo on to today. */
export async function ensureBook({ store, platform, clock, clockFixed }: { store: Store; platform: BookingPlatform; clock: Clock; clockFixed: boolean }): Promise<{ loadedDemo: boolean }> {
  const needs = await bookNeeds({ store, clock, clockFixed })
  if (needs.kind === 'nothing') return { loadedDemo: false }
  const { today } = needs
  const rememberDay = () => store.transaction((trx) => writeSetting(trx, { name: demoDay.name, value: today, by: 'desk', now: clock.now() }))
  if (needs.kind === 'demo') {
    // The day first: a demo without it would never be carried on, a day without a demo is simply written again.
    await rememberDay()
    await loadBook({ store, book: generateSalon({ today }), now: clock.now() })
    await changeConfirmationSettings({ store, clock, change: { preparation: demoPreparation }, by: { id: 'desk', name: 'The desk', role: 'manager' } })
    return { loadedDemo: true }
  }
  // The demo lives on: past days get their outcomes and today is busy again; what a user changed stays.
  const existing = unwrap(await platform.history({}))
  const catalog = unwrap(await platform.catalog())
  const clients = unwrap(await platform.clients({ ids: [...new Set(existing.map(({ appointment }) => appointment.clientId))] }))
  await appendToBook({ store, now: clock.now(), ...nextDays({ today, lastGenerated: needs.lastGenerated, existing, catalog, clients }) })
  await rememberDay()
  return { loadedDemo: false }
}
