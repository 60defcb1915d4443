import type { ScoreAppointments } from '../calls/call-list.ts'
import type { Appointment, RiskBand } from '../salon/salon.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'

/** A band is looked up again after this many hours, or once the visit has changed. */
const keptHours = 12

/** The bands of visits, each scored once in half a day: the book is looked at every few minutes, and scoring reads whole histories. */
export function rememberBands({ score, clock }: { score: ScoreAppointments; clock: Clock }): (visits: Appointment[]) => Promise<ReadonlyMap<string, RiskBand>> {
  const known = new Map<string, { version: string; band: RiskBand; at: Instant }>()
  return async (visits) => {
    const now = clock.now()
    const oldest = addMinutes(now, -keptHours * 60)
    for (const [id, { at }] of known) if (at < oldest || at > now) known.delete(id)
    const asked = visits.filter(({ id, version }) => known.get(id)?.version !== version)
    const scores = asked.length === 0 ? new Map() : await score({ appointments: asked, asOf: now })
    for (const { id, version } of asked) {
      const band = scores.get(id)?.band
      if (band !== undefined) known.set(id, { version, band, at: now })
    }
    return new Map(visits.flatMap(({ id, version }) => {
      const found = known.get(id)
      return found?.version === version ? [[id, found.band] as const] : []
    }))
  }
}
