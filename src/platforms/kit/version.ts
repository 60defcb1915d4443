import { createHash } from 'node:crypto'
import type { Appointment } from '../../salon/salon.ts'

/** A version for vendors that keep none: it differs whenever time, people, services, status or client differ; notes and scores leave it alone. */
export function versionOf({ status, start, clientId, locationId, segments }: Pick<Appointment, 'status' | 'start' | 'clientId' | 'locationId' | 'segments'>): string {
  const parts = [status, start, clientId, locationId, ...segments.flatMap(({ serviceId, staffId, start: at, durationMin }) => [serviceId, staffId, at, durationMin])]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
}
