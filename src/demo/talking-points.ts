import { money } from '../salon/money.ts'
import type { AppointmentHistory, Client, Holding, Note } from '../salon/salon.ts'
import { addDays, localDate } from '../salon/time.ts'
import type { Instant, LocalDate, Zone } from '../salon/time.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import type { Random } from '../salon/seeded-random.ts'

const products = ['Juniper clarifying shampoo', 'Sage repair mask', 'Sea salt texture spray', 'Argan finishing oil', 'Color-safe conditioner', 'Curl defining cream', 'Heat protect mist', 'Matte styling clay', 'Purple toning shampoo', 'Scalp serum']
/** Package by the beginning of the service id that the client had last. */
const packages: [string, string][] = [['blowdry', '10 blowdries'], ['color-', '6 root touch-ups'], ['treat-', '4 treatments'], ['cut-men', "6 men's cuts"], ['cut-', '5 cuts'], ['', '5 blowdries']]
const memberships = ['Sage Circle', 'Blowdry Club']
const remarks = [
  'Prefers a quiet appointment.', 'Sensitive scalp; use the fragrance-free line.', 'Cowlick at the left temple.', 'Likes it a little shorter than asked for.',
  'Allergic to coconut.', 'Comes by bus, often five minutes late.', 'Takes an oat milk latte.', 'Growing it out.', 'Needs the step-free entrance.', 'Often works from the chair, seat near a plug.',
  'Asked about going lighter for the summer.', 'Sometimes brings a child along.', 'Please call, does not read texts at work.',
]
const tags = ['vip', 'referral', 'student', 'new parent']

/** The same client with what they hold, owe, last bought and what the team wrote about them. Clients with a visit today more often have something worth a word. */
export function withTalkingPoints({ client, visits, today, now, zone, seed }: {
  client: Client
  visits: AppointmentHistory[]
  today: LocalDate
  now: Instant
  zone: Zone
  seed: string
}): Client {
  const random = seededRandom(`${seed} talking points ${client.id}`)
  const comesToday = visits.some(({ appointment }) => appointment.status !== 'cancelled' && localDate(appointment.start, zone) === today)
  const kept = visits.filter(({ appointment }) => appointment.status === 'completed')
  return {
    ...client,
    ...(comesToday && random.chance(0.1) ? { birthday: addDays(today, random.whole(0, 4)).slice(5) } : {}),
    tags: random.chance(0.12) ? [random.pick(tags)] : [],
    notes: notesFor({ client, kept, now, random }),
    holdings: [...promised({ random, comesToday, today, visits }), ...bought({ kept, random, zone }), ...patchTest({ visits, random, zone })],
  }
}

function promised({ random, comesToday, today, visits }: { random: Random; comesToday: boolean; today: LocalDate; visits: AppointmentHistory[] }): Holding[] {
  const held: Holding[] = []
  if (random.chance(comesToday ? 0.22 : 0.1)) {
    held.push({ kind: 'package', name: packageFor(visits), remaining: random.whole(1, 4), expires: addDays(today, comesToday ? random.whole(2, 13) : random.whole(3, 120)) })
  }
  if (random.chance(0.09)) held.push({ kind: 'membership', name: random.pick(memberships), since: addDays(today, -random.whole(40, 900)) })
  if (random.chance(0.05)) held.push({ kind: 'credit', amount: money(500 * random.whole(2, 10), 'USD'), expires: addDays(today, random.whole(10, 200)) })
  if (random.chance(comesToday ? 0.09 : 0.03)) held.push({ kind: 'balance', amount: money(100 * random.whole(12, 90), 'USD') })
  return held
}

function packageFor(visits: AppointmentHistory[]): string {
  const latest = visits.at(-1)?.appointment.segments[0]?.serviceId ?? ''
  return packages.find(([start]) => latest.startsWith(start))?.[1] ?? '5 blowdries'
}

function bought({ kept, random, zone }: { kept: AppointmentHistory[]; random: Random; zone: Zone }): Holding[] {
  const visit = kept.slice(-3)[random.whole(0, 2)]
  return visit !== undefined && random.chance(0.6) ? [{ kind: 'product', name: random.pick(products), bought: localDate(visit.appointment.start, zone) }] : []
}

/** Most clients whose color is done have a test on file from before their first; one in six has none. */
function patchTest({ visits, random, zone }: { visits: AppointmentHistory[]; random: Random; zone: Zone }): Holding[] {
  const color = visits.find(({ appointment }) => appointment.segments.some(({ serviceId }) => serviceId.startsWith('color-')))
  if (color === undefined || color.appointment.status !== 'completed' || random.chance(0.17)) return []
  return [{ kind: 'patch_test', done: addDays(localDate(color.appointment.start, zone), -random.whole(3, 20)) }]
}

function notesFor({ client, kept, now, random }: { client: Client; kept: AppointmentHistory[]; now: Instant; random: Random }): Note[] {
  if (!random.chance(0.28)) return []
  const written = kept[random.whole(0, Math.max(0, kept.length - 1))]?.appointment.end ?? client.createdAt ?? now
  return [{ id: `${client.id}-note`, at: written, by: 'front desk', text: random.pick(remarks) }]
}
