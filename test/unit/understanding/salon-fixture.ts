import type { Location, Service, StaffMember } from '../../../src/salon/salon.ts'
import { makeDirectory } from '../../../src/understanding/make-directory.ts'

/** Wednesday 18 November 2026, 8:00 in Los Angeles. */
export const now = '2026-11-18T16:00:00.000Z'
export const zone = 'America/Los_Angeles'

export const hours: Location['hours'] = [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '09:00', close: weekday === 4 ? '20:00' : '18:00' }))

const clientNames = [
  'Dana Reyes', 'Dana Wu', 'Priya Nair', 'Ana Silva', 'Maria Gonzalez', 'Maria Lopez', 'Tom Baker', 'Olivia Chen', 'Jamie Fox', 'Maya Johnson', 'Grace Kim', 'Sofia Rossi',
  'Marisol Vega', 'Ruth Abara', 'Keisha Brown', 'Noor Haddad', "Hannah O'Brien", 'Liam Walsh', 'Bea Thompson', 'Chloe Martin', 'Elena Petrova', 'Will Parker', 'Mark Stone',
  'April Dunn', 'May Wong', 'Joan Miller', 'Joanna Miller', 'Lily Tran', 'Rosa Delgado', 'Yusuf Ali', 'Ingrid Larsen', 'Mei-Ling Zhao', 'Jean-Luc Moreau', 'Beth Carter', 'Nina Kowalski',
].map((name, i) => {
  const [firstName = '', lastName = ''] = name.split(' ')
  return { id: `client-${i + 1}`, firstName, lastName }
})

const staff: Pick<StaffMember, 'id' | 'name'>[] = ['Jamie Ortiz', 'Maya Patel', 'Lena Novak', 'Theo Grant', 'Sam Rivera', 'Zoe Adler'].map((name, i) => ({ id: `staff-${i + 1}`, name }))

const services: Pick<Service, 'id' | 'name' | 'category'>[] = (
  [
    ["Women's Haircut", 'cut'], ["Men's Haircut", 'cut'], ["Kids' Cut", 'cut'], ['Root Touch-Up', 'color'], ['Full Highlights', 'color'], ['Balayage', 'color'], ['Gloss', 'color'],
    ['Blowout', 'style'], ['Updo', 'style'], ['Keratin Treatment', 'treatment'], ['Olaplex Treatment', 'treatment'], ['Color Consultation', 'consultation'], ['Bikini Wax', 'wax'],
    ['Brow Shaping', 'brow'], ['Facial', 'skin'], ['Manicure', 'nails'], ['Gel Manicure', 'nails'], ['Deep Tissue Massage', 'massage'],
  ] as const
).map(([name, category], i) => ({ id: `service-${i + 1}`, name, category }))

export const salon = {
  clientNames,
  staff,
  services,
  locations: [
    { id: 'hawthorne', name: 'Hawthorne', hours },
    { id: 'pearl', name: 'Pearl District', hours },
  ],
}

export const directory = makeDirectory(salon)
