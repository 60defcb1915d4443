import { money } from '../salon/money.ts'
import type { Catalog, Location, OpeningHours, Service, Shift, StaffMember } from '../salon/salon.ts'
import type { LocalTime } from '../salon/time.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const pearl = 'loc-pearl'
const hawthorne = 'loc-hawthorne'

const hours: OpeningHours[] = everyDay.map((weekday) =>
  weekday === 7 ? { weekday, open: '09:00', close: '18:00' } : weekday === 6 ? { weekday, open: '08:30', close: '18:30' } : { weekday, open: '09:00', close: '20:00' })

const locations: Location[] = [
  { id: pearl, name: 'Pearl District', zone: 'America/Los_Angeles', currency: 'USD', phone: '+15035550198', address: '1120 NW Everett St, Portland, OR 97209', hours, closures: [] },
  { id: hawthorne, name: 'Hawthorne', zone: 'America/Los_Angeles', currency: 'USD', phone: '+15035550199', address: '3550 SE Hawthorne Blvd, Portland, OR 97214', hours, closures: [] },
]

type Extra = Partial<Pick<Service, 'processing' | 'patchTestHours' | 'depositPercent'>>

function service(id: string, name: string, category: string, durationMin: number, dollars: number, extra: Extra = {}): Service {
  return { id, name, category, durationMin, price: money(dollars * 100, 'USD'), active: true, consultation: category === 'consultation', ...extra }
}

const dye = (afterMin: number, lengthMin: number, depositPercent?: number): Extra =>
  ({ processing: { afterMin, lengthMin }, patchTestHours: 48, ...(depositPercent === undefined ? {} : { depositPercent }) })

const services: Service[] = [
  service('cut-women', "Women's cut", 'cut', 45, 78),
  service('cut-men', "Men's cut", 'cut', 30, 48),
  service('cut-child', "Child's cut", 'cut', 30, 35),
  service('cut-fringe', 'Fringe trim', 'cut', 15, 18),
  service('cut-restyle', 'Restyle cut', 'cut', 60, 98),
  service('cut-curly', 'Curly cut', 'cut', 75, 110),
  service('beard', 'Beard trim', 'cut', 15, 22),
  service('blowdry', 'Blowdry', 'style', 45, 52),
  service('blowdry-express', 'Express blowdry', 'style', 30, 40),
  service('silk-press', 'Silk press', 'style', 75, 95),
  service('updo', 'Updo', 'style', 60, 95),
  service('bridal-trial', 'Bridal trial', 'style', 90, 160, { depositPercent: 30 }),
  service('color-root', 'Root touch-up', 'color', 90, 95, dye(20, 35)),
  service('color-full', 'Full color', 'color', 120, 140, dye(35, 40)),
  service('color-gloss', 'Gloss', 'color', 45, 65, dye(15, 15)),
  service('color-partial', 'Partial highlights', 'color', 120, 165, dye(50, 30)),
  service('color-foils', 'Full highlights', 'color', 150, 225, dye(70, 35)),
  service('color-balayage', 'Balayage', 'color', 165, 260, dye(75, 40, 20)),
  service('color-correction', 'Color correction', 'color', 210, 340, dye(90, 45, 30)),
  service('treat-deep', 'Deep conditioning', 'treatment', 30, 42),
  service('treat-scalp', 'Scalp treatment', 'treatment', 45, 60),
  service('treat-keratin', 'Keratin smoothing', 'treatment', 150, 280, { depositPercent: 20 }),
  service('consult', 'Consultation', 'consultation', 30, 0),
]

const everySkill = services.map(({ id }) => id)
const noColor = everySkill.filter((id) => !id.startsWith('color-'))

function staff(id: string, name: string, locationId: string, serviceIds: string[]): StaffMember {
  return { id, name, locationIds: [locationId], serviceIds, active: true }
}

const team: StaffMember[] = [
  staff('staff-maya', 'Maya', pearl, everySkill),
  staff('staff-priya', 'Priya', pearl, everySkill.filter((id) => id !== 'beard')),
  staff('staff-marcus', 'Marcus', pearl, noColor.filter((id) => id !== 'bridal-trial')),
  staff('staff-jamie', 'Jamie', hawthorne, noColor),
  staff('staff-sofia', 'Sofia', hawthorne, everySkill.filter((id) => id !== 'beard' && id !== 'color-correction')),
  staff('staff-theo', 'Theo', hawthorne, everySkill.filter((id) => id !== 'bridal-trial')),
]

/** Weekdays per person, so that each location has a colorist every day, everybody is there on Fridays, and only Marcus works six. `early` people open the shop. */
const rota: { name: string; early: boolean; weekdays: number[] }[] = [
  { name: 'Maya', early: true, weekdays: [1, 3, 4, 5, 6] },
  { name: 'Priya', early: false, weekdays: [2, 3, 5, 6, 7] },
  { name: 'Marcus', early: false, weekdays: [1, 2, 4, 5, 6, 7] },
  { name: 'Jamie', early: true, weekdays: [1, 2, 4, 5, 6] },
  { name: 'Sofia', early: false, weekdays: [1, 3, 4, 5, 7] },
  { name: 'Theo', early: true, weekdays: [2, 3, 5, 6, 7] },
]

function shiftTimes(weekday: number, early: boolean): { start: LocalTime; end: LocalTime } {
  if (weekday === 7) return { start: '09:00', end: '18:00' }
  if (weekday === 6) return early ? { start: '08:30', end: '17:30' } : { start: '09:30', end: '18:30' }
  return early ? { start: '09:00', end: '18:30' } : { start: '10:30', end: '20:00' }
}

/** The demo salon itself: two shops in Portland, Oregon, six staff members, their services and prices. */
export const demoCatalog: Catalog = { business: { id: 'demo', name: 'Juniper & Sage', demo: true }, locations, staff: team, services }

/** Who works when, every week the same. */
export const demoShifts: Shift[] = rota.flatMap(({ name, early, weekdays }) => {
  const person = team.find((member) => member.name === name)
  return person === undefined ? [] : weekdays.map((weekday) => ({ staffId: person.id, locationId: person.locationIds[0] ?? pearl, weekday, ...shiftTimes(weekday, early) }))
})
