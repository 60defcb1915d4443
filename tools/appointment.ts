import { z } from 'zod'
import type { ClientAppointments, ClientRef } from '../src/agent/tool-results.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { clientName } from '../src/salon/salon.ts'
import { visitsOf } from './describe.ts'
import { defineTool, type ToolDeps } from './tool.ts'

/** How many are read out. */
const shown = 4

export function appointment(deps: ToolDeps) {
  return defineTool({
    name: 'appointment',
    description: 'The upcoming and recent appointments of one client, with their ids, times, services and staff. Use it to answer "when is she coming?" and before proposing to move, cancel or mark an appointment. Needs a clientId from find_client. Not for a whole day: that is day_book.',
    effect: 'read',
    schema: z.object({ clientId: z.string().min(1).describe('From find_client') }),
    doing: 'looking at the appointments',
    async run({ clientId }): Promise<ClientAppointments> {
      const client = unwrap(await deps.platform.client({ id: clientId }))
      const { upcoming, past, cancelled } = await visitsOf(deps, clientId)
      const ref: ClientRef = { clientId, name: clientName(client) }
      const next = upcoming.length === 1 ? 'Use this appointmentId.' : upcoming.length === 0 ? 'Nothing is booked ahead.' : 'Several appointments. If it matters which, ask.'
      return { client: ref, upcoming, past: past.slice(0, 3), cancelled, next }
    },
    say({ client, upcoming, past }) {
      if (upcoming.length === 0) {
        const last = past[0]
        return `${client.name} has nothing booked.${last === undefined ? '' : ` The last visit was ${last.when}, ${last.services} with ${last.staff}.`}`
      }
      const [only] = upcoming
      if (upcoming.length === 1 && only !== undefined) return `${client.name} comes ${only.when} for ${only.services} with ${only.staff} (${only.location}, ${only.status}).`
      const more = upcoming.length > shown ? [`… and ${upcoming.length - shown} more.`] : []
      return [`${client.name} has ${upcoming.length} appointments ahead:`, ...upcoming.slice(0, shown).map(({ when, services, staff, location, status }, index) => `${index + 1}. ${when}: ${services} with ${staff} (${location}, ${status})`), ...more].join('\n')
    },
  })
}
