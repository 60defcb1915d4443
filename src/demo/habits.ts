import type { Catalog, Service } from '../salon/salon.ts'
import { danaIds } from './make-client.ts'
import { seededRandom } from './seeded-random.ts'
import type { Random } from './seeded-random.ts'

type Persona = 'cut-women' | 'cut-men' | 'blowdry' | 'color' | 'mixed'

/** How one client behaves: drawn once from the seed and the client's id, so that it is the same on every day. */
export type Habits = {
  persona: Persona
  locationId: string
  staffId: string
  /** Days from one visit to the next. */
  rhythmDays: number
  /** Chance to fail an ordinary visit booked a week ahead. */
  failing: number
  /** Usually books the next visit when leaving. */
  rebooks: boolean
  /** How many visits before they stay away for good. */
  staysFor: number
}

/** Shares of visits by kind of client, close to the mix of a real hair salon (women's cuts two in five, men's one in five, styling one in six, color one in six). */
const personas: { persona: Persona; share: number; rhythm: readonly number[] }[] = [
  { persona: 'cut-women', share: 0.43, rhythm: [21, 28, 28, 35, 42, 49] },
  { persona: 'cut-men', share: 0.2, rhythm: [14, 21, 21, 28] },
  { persona: 'blowdry', share: 0.09, rhythm: [7, 7, 14] },
  { persona: 'color', share: 0.21, rhythm: [28, 35, 42, 42, 56] },
  { persona: 'mixed', share: 0.07, rhythm: [28, 42, 56] },
]

export function habitsOf({ clientId, seed, catalog }: { clientId: string; seed: string; catalog: Catalog }): Habits {
  const random = seededRandom(`${seed} habits ${clientId}`)
  const dana = danaIds.indexOf(clientId)
  const { persona, rhythm } = dana < 0 ? choosePersona(random) : { persona: 'cut-women' as const, rhythm: [28] }
  const colorist = persona === 'color' || persona === 'mixed'
  const able = catalog.staff.filter((member) => member.active && (!colorist || member.serviceIds.includes('color-full')))
  // The Danas are the regulars of the two people a newcomer to the demo meets first.
  const person = dana < 0 ? random.pick(able) : (catalog.staff.find(({ name }) => name === (dana === 0 ? 'Maya' : 'Jamie')) ?? random.pick(able))
  const luck = random.next()
  return {
    persona,
    locationId: person.locationIds[0] ?? '',
    staffId: person.id,
    rhythmDays: random.pick(rhythm),
    failing: luck < 0.05 ? 0.28 : luck < 0.22 ? 0.08 : 0.0265,
    rebooks: random.chance(0.4),
    staysFor: random.chance(0.3) ? 1 : random.whole(6, 120),
  }
}

/** What this client asks for on this visit, in order: one service or two. */
export function chooseServices({ habits, random, catalog, firstVisit }: { habits: Habits; random: Random; catalog: Catalog; firstVisit: boolean }): Service[] {
  if (random.chance(firstVisit ? 0.4 : 0.022)) return byId(catalog, ['consult'])
  return byId(catalog, chooseWish(habits.persona, random))
}

/** Short visits only: what still fits into the gaps of a full day. */
export function chooseShortService({ habits, random, catalog }: { habits: Habits; random: Random; catalog: Catalog }): Service[] {
  return byId(catalog, [habits.persona === 'cut-men' ? 'cut-men' : random.pick(['blowdry-express', 'cut-fringe', 'treat-deep', 'cut-child'])])
}

export function byId(catalog: Catalog, ids: string[]): Service[] {
  return ids.flatMap((id) => catalog.services.filter((service) => service.id === id))
}

/** What each kind of client asks for, with the share of visits (per kind, adding up to 100). */
const wishes: Record<Persona, [number, string[]][]> = {
  'cut-women': [[74, ['cut-women']], [5, ['cut-women', 'treat-deep']], [4, ['cut-women', 'blowdry-express']], [4, ['cut-curly']], [4, ['cut-restyle']], [4, ['cut-fringe']], [4, ['blowdry']], [1, ['cut-women', 'color-gloss']]],
  'cut-men': [[72, ['cut-men']], [21, ['cut-men', 'beard']], [7, ['treat-scalp']]],
  'blowdry': [[55, ['blowdry']], [30, ['blowdry-express']], [9, ['cut-women', 'blowdry-express']], [6, ['updo']]],
  'color': [[42, ['color-root']], [18, ['color-root', 'cut-women']], [8, ['color-full']], [8, ['color-gloss']], [8, ['color-partial']], [8, ['cut-women']], [4, ['color-foils']], [2, ['color-balayage']], [2, ['color-correction']]],
  'mixed': [[25, ['cut-child']], [13, ['silk-press']], [13, ['updo']], [13, ['treat-scalp']], [12, ['treat-keratin']], [12, ['bridal-trial']], [12, ['cut-women']]],
}

function chooseWish(persona: Persona, random: Random): string[] {
  let left = random.next() * 100
  return wishes[persona].find(([share]) => (left -= share) < 0)?.[1] ?? ['cut-women']
}

function choosePersona(random: Random): { persona: Persona; rhythm: readonly number[] } {
  let left = random.next()
  for (const choice of personas) {
    left -= choice.share
    if (left < 0) return choice
  }
  return { persona: 'cut-women', rhythm: [28] }
}
