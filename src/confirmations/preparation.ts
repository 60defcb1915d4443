import { missingPatchTest } from '../calls/talking-points.ts'
import type { Appointment, Client, Service } from '../salon/salon.ts'
import type { Instant, Zone } from '../salon/time.ts'
import type { ConfirmationSettings } from './confirmation-settings.ts'

/** With more than this the text no longer fits into two SMS (TWI-9), and all of it would give way. */
const most = 120

/**
 * What a client should know before coming, as salon's own sentences with a space before them; '' for nothing: a patch test
 * that is due and can still be had, then what its settings say of the services, as far as there is room.
 */
export function preparationFor({ appointment, client, services, settings, zone, now }: { appointment: Appointment; client: Client; services: Map<string, Service>; settings: ConfirmationSettings; zone: Zone; now: Instant }): string {
  const missing = missingPatchTest({ appointment, client, services, zone })
  const patch = missing === undefined || missing.latest <= now ? '' : settings.patchTest.replaceAll('{hours}', String(missing.hours))
  const known = appointment.segments.map(({ serviceId }) => settings.preparation[serviceId] ?? settings.preparation[services.get(serviceId)?.category ?? ''] ?? '')
  let said = ''
  for (const sentence of new Set([patch, ...known])) if (sentence !== '' && said.length + sentence.length <= most) said += ` ${sentence}`
  return said
}
