import type { Desk } from '../../../app.ts'
import { unwrap } from '../../../platforms/unwrap.ts'
import { chooseLocations } from '../../../salon/choose-locations.ts'
import { DeskError } from '../../../salon/errors.ts'
import type { Location } from '../../../salon/salon.ts'
import { localDate, toLocalDate } from '../../../salon/time.ts'
import { readWaitlistSetting, sayWaitlistSettings } from '../../../waitlist/settings-in-words.ts'
import { changeWaitlistSettings, readWaitlistSettings, type WaitlistSettings } from '../../../waitlist/waitlist-settings.ts'
import { sayView } from '../../cards/render-text.ts'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

type Json = { json?: boolean }

/** `desk waitlist`: what is free, how it stands, and who waits. */
export async function waitlistNow({ terminal, options }: { terminal: Terminal; options: Json & { location?: string } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const locations = await locationsOf(desk, options.location)
    if (options.json === true) {
      const perLocation = await Promise.all(locations.map(async ({ id, name }) => ({ location: { id, name }, openings: await desk.waitlist.openings({ locationId: id }), waiting: await desk.waitlist.line({ locationId: id }) })))
      return terminal.out(JSON.stringify(perLocation, null, 2))
    }
    const subjects = options.location === undefined ? ['waitlist'] : locations.map(({ id }) => `waitlist:${id}`)
    for (const subject of subjects) await show(desk, terminal, subject)
    for (const { id, chair } of await desk.waitlist.openings()) terminal.out(wrapText(`${chair}: desk waitlist replay ${id}`, terminal.columns))
  })
}

/** `desk waitlist preview`: who would be asked, before anything is approved. */
export async function previewOffers({ terminal, id, options }: { terminal: Terminal; id: string; options: Json }): Promise<void> {
  await withDesk({ terminal }, async (desk) => (options.json === true ? terminal.out(JSON.stringify(await desk.waitlist.preview({ id }), null, 2)) : show(desk, terminal, `preview:${id}`)))
}

/** `desk waitlist replay`: the whole story of one opening. */
export async function replayOpening({ terminal, id, options }: { terminal: Terminal; id: string; options: Json }): Promise<void> {
  await withDesk({ terminal }, async (desk) => (options.json === true ? terminal.out(JSON.stringify(await desk.waitlist.replay({ openingId: id }), null, 2)) : show(desk, terminal, `story:${id}`)))
}

/** `desk waitlist line-up`: who would be asked if the risky visits of a day fell out. */
export async function showLineUp({ terminal, options }: { terminal: Terminal; options: Json & { date?: string; location?: string } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const days = (await locationsOf(desk, options.location)).map(({ id, zone }) => ({ locationId: id, date: options.date === undefined ? localDate(desk.clock.now(), zone) : toLocalDate(options.date) }))
    if (options.json === true) return terminal.out(JSON.stringify(await Promise.all(days.map((day) => desk.waitlist.lineUp(day))), withoutNumbers, 2))
    for (const { locationId, date } of days) await show(desk, terminal, `lineup:${locationId}:${date}`)
  })
}

/** `desk waitlist close`: nobody is asked about it any more. Fails when somebody has said yes already. */
export async function closeOpening({ terminal, id, options }: { terminal: Terminal; id: string; options: Who & Json }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    await desk.waitlist.close({ openingId: id, by: personAt(terminal, options) })
    const [opening] = await desk.waitlist.openings({ ids: [id] })
    terminal.out(options.json === true ? JSON.stringify(opening, null, 2) : 'Stopped. Nobody is asked about it any more; the time stays free in the book.')
  })
}

/** `desk waitlist offer`: prepares the card for the chair that a cancelled visit has left. Exit code 1 when there is nobody, or no time, to ask. */
export async function offerVisit({ terminal, id, options }: { terminal: Terminal; id: string; options: Who & Json }): Promise<number> {
  return withDesk({ terminal }, async (desk) => {
    const by = personAt(terminal, options)
    const made = []
    for (const openingId of await desk.waitlist.offerVisit({ appointmentId: id, by })) {
      const came = await desk.waitlist.propose({ openingId, approvals: desk.approvals, by, reason: '' })
      made.push({ openingId, ...('why' in came ? { why: came.why } : { proposal: came.id, state: came.state }) })
      if (options.json !== true) await show(desk, terminal, 'why' in came ? `preview:${openingId}` : `proposal:${came.id}`)
      if (options.json !== true && 'id' in came && came.state === 'pending') terminal.out(`To approve: desk approve ${came.id}`)
    }
    if (options.json === true) terminal.out(JSON.stringify(made, null, 2))
    return made.some((one) => 'proposal' in one) ? 0 : 1
  })
}

/** `desk waitlist settings`: how chairs are filled; with `set` (managers) changed first, for one location or the salon. */
export async function settings({ terminal, options }: { terminal: Terminal; options: Who & Json & { set: string[]; location?: string } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const { store, clock } = desk
    const locations = await locationsOf(desk, options.location)
    const change: Partial<WaitlistSettings> = Object.assign({}, ...options.set.map(readSet))
    if (options.set.length > 0) {
      for (const locationId of options.location === undefined ? [undefined] : locations.map(({ id }) => id)) {
        await changeWaitlistSettings({ store, clock, change, by: personAt(terminal, options), ...(locationId === undefined ? {} : { locationId }) })
      }
    }
    const now = await Promise.all(locations.map(async ({ id, name }) => ({ location: { id, name }, settings: await readWaitlistSettings(store.db, { locationId: id }) })))
    if (options.json === true) return terminal.out(JSON.stringify(now, null, 2))
    for (const { location, settings: own } of now) terminal.out([location.name, ...sayWaitlistSettings(own).map(({ name, label, value }) => wrapText(`  ${name.padEnd(16)}  ${label}: ${value}`, terminal.columns))].join('\n'))
  })
}

function readSet(text: string): Partial<WaitlistSettings> {
  const [, name, value] = /^\s*([\w-]+)\s*=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new DeskError('invalid_input', { message: 'not name=value', userMessage: `"${text.slice(0, 60)}" does not fit: write name=value, as in policy=best_match.` })
  return readWaitlistSetting(name, value)
}

async function locationsOf({ platform }: Desk, named: string | undefined): Promise<Location[]> {
  return chooseLocations(unwrap(await platform.catalog()).locations, named)
}

async function show({ cards }: Desk, terminal: Terminal, subject: string): Promise<void> {
  terminal.out(wrapText(`${sayView(await cards.view(subject))}\n`, terminal.columns))
}

/** Whom to ask, not how to reach them: clients are named by id and name alone. */
function withoutNumbers(key: string, value: unknown): unknown {
  if (key !== 'client' || typeof value !== 'object' || value === null || !('firstName' in value)) return value
  const { id, firstName, lastName } = value as { id: string; firstName: string; lastName: string }
  return { id, name: `${firstName} ${lastName}`.trim() }
}
