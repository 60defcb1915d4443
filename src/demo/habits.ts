import type { Catalog, Client, Service } from '../salon/salon.ts'
import { mensNames } from './client-names.ts'
import { danaIds } from './make-client.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import type { Random } from '../salon/seeded-random.ts'

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

/** Shares of clients by kind, so that visits come out close to the mix of a real hair salon (women's cuts two in five, men's one in five, styling one in six, color one in six). */
const womensKinds: [number, Persona][] = [[0.56, 'cut-women'], [0.11, 'blowdry'], [0.24, 'color'], [0.09, 'mixed']]
const mensKinds: [number, Persona][] = [[0.92, 'cut-men'], [0.08, 'color']]

const rhythms: Record<Persona, number[]> = {
  'cut-women': [21, 28, 28, 35, 42, 49],
  'cut-men': [14, 21, 28, 28, 35, 42],
  'blowdry': [7, 7, 14],
  'color': [28, 35, 42, 42, 56],
  'mixed': [28, 42, 56],
}

/** Ordinary clients, careless ones (about one in six) and those who chronically fail (one in twenty). */
const failing: [number, number][] = [[0.78, 0.023], [0.17, 0.065], [0.05, 0.28]]

/** How this client behaves; the same for the same seed, id and first name. */
export function habitsOf({ client, seed, catalog }: { client: Pick<Client, 'id' | 'firstName'>; seed: string; catalog: Catalog }): Habits {
  const random = seededRandom(`${seed} habits ${client.id}`)
  const dana = danaIds.indexOf(client.id)
  const persona = dana < 0 ? draw(mensNames.has(client.firstName) ? mensKinds : womensKinds, random) : 'cut-women'
  const colorist = persona === 'color' || persona === 'mixed'
  const able = catalog.staff.filter((member) => member.active && (!colorist || member.serviceIds.includes('color-full')))
  // The Danas are the regulars of the two people a newcomer to the demo meets first.
  const person = dana < 0 ? random.pick(able) : (catalog.staff.find(({ name }) => name === (dana === 0 ? 'Maya' : 'Jamie')) ?? random.pick(able))
  return {
    persona,
    locationId: person.locationIds[0] ?? '',
    staffId: person.id,
    rhythmDays: dana < 0 ? random.pick(rhythms[persona]) : 28,
    failing: draw(failing, random),
    rebooks: random.chance(0.4),
    staysFor: dana < 0 && random.chance(0.3) ? 1 : random.whole(6, 120),
  }
}

/** What this client asks for on this visit, in order: one service or two. */
export function chooseServices({ habits, random, catalog, firstVisit }: { habits: Habits; random: Random; catalog: Catalog; firstVisit: boolean }): Service[] {
  if (random.chance(firstVisit ? 0.4 : 0.022)) return byId(catalog, ['consult'])
  return byId(catalog, draw(wishes[habits.persona], random))
}

/** Short visits only: what still fits into the gaps of a full day. */
export function chooseShortService({ habits, random, catalog }: { habits: Habits; random: Random; catalog: Catalog }): Service[] {
  return byId(catalog, [habits.persona === 'cut-men' ? 'cut-men' : random.pick(['blowdry-express', 'cut-fringe', 'treat-deep', 'cut-child'])])
}

export function byId(catalog: Catalog, ids: string[]): Service[] {
  return ids.flatMap((id) => catalog.services.filter((service) => service.id === id))
}

/** What each kind of client asks for, with its share of their visits. */
const wishes: Record<Persona, [number, string[]][]> = {
  'cut-women': [[0.74, ['cut-women']], [0.05, ['cut-women', 'treat-deep']], [0.04, ['cut-women', 'blowdry-express']], [0.04, ['cut-curly']], [0.04, ['cut-restyle']], [0.04, ['cut-fringe']], [0.04, ['blowdry']], [0.01, ['cut-women', 'color-gloss']]],
  'cut-men': [[0.72, ['cut-men']], [0.21, ['cut-men', 'beard']], [0.07, ['treat-scalp']]],
  'blowdry': [[0.55, ['blowdry']], [0.3, ['blowdry-express']], [0.09, ['cut-women', 'blowdry-express']], [0.06, ['updo']]],
  'color': [[0.42, ['color-root']], [0.18, ['color-root', 'cut-women']], [0.08, ['color-full']], [0.08, ['color-gloss']], [0.08, ['color-partial']], [0.08, ['cut-women']], [0.04, ['color-foils']], [0.02, ['color-balayage']], [0.02, ['color-correction']]],
  'mixed': [[0.25, ['cut-child']], [0.13, ['silk-press']], [0.13, ['updo']], [0.13, ['treat-scalp']], [0.12, ['treat-keratin']], [0.12, ['bridal-trial']], [0.12, ['cut-women']]],
}

/** One of the values, by shares that add up to one (the last takes what rounding leaves). */
function draw<T>(choices: [number, T][], random: Random): T {
  let left = random.next()
  const chosen = choices.find(([share]) => (left -= share) < 0) ?? choices.at(-1)
  if (chosen === undefined) throw new RangeError('nothing to draw from')
  return chosen[1]
}
