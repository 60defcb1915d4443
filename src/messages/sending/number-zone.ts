import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Zone } from '../../salon/time.ts'

const Zones = z.object({ prefixes: z.record(z.string(), z.string()) })

/** Prefix → every zone it may be in; `number-zones.json` says where that is from. */
const zonesOf = new Map<string, Zone[]>(
  Object.entries(Zones.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'number-zones.json'), 'utf8'))).prefixes)
    .flatMap(([zones, prefixes]) => prefixes.split(' ').map((prefix) => [prefix, zones.split(' ')] as const)))
const longest = Math.max(...Array.from(zonesOf.keys(), (prefix) => prefix.length))

/**
 * The IANA zones that a number (E.164) may be in, by its longest known prefix: one for most, several where an area code
 * spans a border, none where nothing is known (a toll-free number, an area code newer than the list). People keep their
 * number when they move, so it is a hint and the salon's own zone counts beside it.
 */
export function numberZones(phone: string): Zone[] {
  const digits = phone.replace(/^\+/, '')
  for (let length = Math.min(longest, digits.length); length > 0; length--) {
    const zones = zonesOf.get(digits.slice(0, length))
    if (zones !== undefined) return zones
  }
  return []
}
