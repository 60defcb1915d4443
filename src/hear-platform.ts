import type { Desk } from './app.ts'
import type { PlatformReceiver } from './channels/web/platform-routes.ts'
import { fromLocal } from './platforms/kit/local-times.ts'
import type { Heard } from './platforms/mirror/hear.ts'
import { unwrap } from './platforms/unwrap.ts'
import type { Catalog, Slot } from './salon/salon.ts'
import { addMinutes } from './salon/time.ts'

type Opening = Heard['openings'][number]['opening']

/** What the page's server hands a connected platform's webhooks to; undefined while none is connected. */
export function platformReceiver(desk: Desk): PlatformReceiver | undefined {
  const { mirrored, config } = desk
  if (mirrored === undefined) return undefined
  return {
    provider: mirrored.kind.provider,
    async receive({ url, rawBody, headers }) {
      // Signatures are over the address as the platform knows it: from the setting, never from the Host header.
      const heard = await mirrored.hear({ url: `${config.publicUrl ?? `http://localhost:${config.port}`}${url}`, rawBody, headers })
      if (heard.status === 401) return { status: 401, body: { error: 'not_proven', message: 'This delivery does not carry the proof that was agreed on.' } }
      if (heard.status === 400) return { status: 400, body: { error: 'not_understood', message: 'This is not what this platform sends.' } }
      if (heard.openings.length === 0) return { status: 200, body: { ok: true } }
      const fills = (await Promise.all(heard.openings.map(({ opening }) => fill(desk, opening)))).flat()
      return { status: 200, body: { processed: heard.openings.length, fills, ...(fills.length === 0 && { why: 'the platform does not offer that time itself' }) } }
    },
  }
}

type Fill = { opening: string; service: string; start: string; proposal?: string; why?: string }

/**
 * A seat came free, as somebody outside says. It is a hint like every webhook: unless the platform itself offers the time
 * nothing is opened. Whoever waits for it is asked by the waitlist's own rules; in assisted mode that is a card.
 */
async function fill(desk: Desk, opening: Opening): Promise<Fill[]> {
  const { platform, waitlist, approvals } = desk
  const catalog = unwrap(await platform.catalog())
  const fills: Fill[] = []
  for (const slot of await offered(desk, { opening, catalog })) {
    const [first] = slot.segments
    if (first === undefined) continue
    const by = { id: `platform:${platform.provider}`, name: 'The booking platform', role: 'front_desk' as const }
    const id = await waitlist.offer({ freed: { locationId: slot.locationId, staffId: first.staffId, serviceId: first.serviceId, start: slot.start, end: slot.end, cause: 'partner' }, by })
    const made = await waitlist.propose({ openingId: id, approvals, by, reason: 'a place came free, as the booking platform says' })
    fills.push({ opening: id, service: first.serviceId, start: slot.start, ...('why' in made ? { why: made.why } : { proposal: made.id }) })
  }
  return fills
}

/** The times of that service that the platform offers at that moment, at every location that has it. */
async function offered({ platform }: Desk, { opening: { serviceId, start, local }, catalog }: { opening: Opening; catalog: Catalog }): Promise<Slot[]> {
  const slots: Slot[] = []
  // A product of a tour operator may be several services here, one for each of its options.
  const services = catalog.services.filter(({ id, active }) => active && (id === serviceId || id.startsWith(`${serviceId}/`)))
  for (const location of catalog.locations) {
    const at = start ?? (local === undefined ? undefined : fromLocal(local, location.zone))
    if (at === undefined) continue
    for (const service of services) {
      const found = await platform.searchSlots({ locationId: location.id, wants: [{ serviceId: service.id }], from: at, to: addMinutes(at, 1), limit: 1 })
      if (found.ok) slots.push(...found.value)
    }
  }
  return slots
}
