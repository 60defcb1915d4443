import type { Client } from '../salon/salon.ts'
import type { Instant } from '../salon/time.ts'
import { firstNames, lastNames } from './client-names.ts'
import { seededRandom } from '../salon/seeded-random.ts'

/** Two people share this name on purpose: "move Dana" must be answered with a question. */
const danas = ['Reyes', 'Wu']
export const danaIds = danas.map((_, index) => clientId(index))

/** Real area codes, Portland's first. With the fictional range 555-0100 to 555-0199 each gives a hundred numbers that ring nowhere. */
const areaCodes = ['503', '971', '360', '541', '458', '564', '206', '253', '425', '509', '208', '916', '415', '510', '702', '775', '801', '303', '720', '602']

/** How many clients there can be before two would share a number. Two numbers of 503 belong to the shops. */
export const maxClients = areaCodes.length * 100 - 2

/** A stride that shares no factor with the number of name pairs gives every client another pair. */
const stride = 7919

/** The `index`-th client of the demo (0 and 1 are the two Danas), with name, contact details and consent, without holdings or notes. */
export function makeClient({ index, seed, createdAt }: { index: number; seed: string; createdAt: Instant }): Client {
  const random = seededRandom(`${seed} client ${index}`)
  const { firstName, lastName } = nameOf(index)
  const address = `${firstName}.${lastName}`.toLowerCase()
  return {
    id: clientId(index),
    firstName,
    lastName,
    phones: [phoneOf(index)],
    ...(random.chance(0.88) ? { email: `${address}@example.${random.chance(0.7) ? 'com' : 'org'}` } : {}),
    ...(random.chance(0.05) ? { language: 'es' } : {}),
    birthday: `${two(random.whole(1, 12))}-${two(random.whole(1, 28))}`,
    consent: {
      sms: random.chance(0.82) ? 'in' : random.chance(0.3) ? 'out' : 'unknown',
      email: random.chance(0.7) ? 'in' : random.chance(0.3) ? 'out' : 'unknown',
    },
    tags: [],
    notes: [],
    holdings: [],
    createdAt,
  }
}

/** How many people of the demo's list have come up to this id; 0 for a client the user made. */
export function personNumber(id: string): number {
  return Number(/^cli-(\d+)$/.exec(id)?.[1] ?? 0)
}

function clientId(index: number): string {
  return `cli-${String(index + 1).padStart(4, '0')}`
}

function nameOf(index: number): { firstName: string; lastName: string } {
  const dana = danas[index]
  if (dana !== undefined) return { firstName: 'Dana', lastName: dana }
  const pair = (index * stride) % (firstNames.length * lastNames.length)
  return { firstName: firstNames[pair % firstNames.length] ?? '', lastName: lastNames[Math.floor(pair / firstNames.length)] ?? '' }
}

function phoneOf(index: number): string {
  // 37 shares no factor with 98 or 100, so the numbers of an area code come in a mixed order. 98 and 99 of 503 are the shops'.
  if (index < 98) return `+1${areaCodes[0] ?? ''}55501${two((index * 37) % 98)}`
  const place = index + 2
  return `+1${areaCodes[Math.floor(place / 100)] ?? ''}55501${two((place * 37) % 100)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
