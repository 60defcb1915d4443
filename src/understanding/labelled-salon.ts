import { z } from 'zod'
import type { LabelledRequest } from './evaluate-requests.ts'
import { type Directory, type DirectoryInput, makeDirectory } from './make-directory.ts'
import { fold } from './words.ts'

const name = z.string().min(1)

/** The salon that labelled requests speak of, when it is not the one in the book: a JSON file beside them. */
export const LabelledSalon = z.object({
  /** When the requests were said; days in the labels count from here. */
  now: z.iso.datetime({ offset: true }).optional(),
  zone: name.optional(),
  clients: z.array(name),
  staff: z.array(name),
  services: z.array(z.object({ name, category: name })),
  locations: z.array(z.object({ id: name, name, hours: z.array(z.object({ weekday: z.number(), open: z.string(), close: z.string() })) })),
})

export type LabelledSalon = z.output<typeof LabelledSalon>

/** The directory of a salon given in a file. */
export function directoryOf(salon: LabelledSalon): Directory {
  return makeDirectory(namesOf(salon))
}

/** Everybody and everything a salon in a file names, with ids by their place in it. */
export function namesOf({ clients, staff, services, locations }: LabelledSalon): DirectoryInput {
  return {
    clientNames: clients.map(person),
    staff: staff.map((each, i) => ({ id: `staff-${i + 1}`, name: each })),
    services: services.map((service, i) => ({ id: `service-${i + 1}`, ...service })),
    locations,
  }
}

/**
 * For lines that bring no salon and name people who are not in the book: the salon as the labels name it. Services and
 * locations of the book stay; those it does not have are added.
 */
export function directoryFromLabels({ lines, book }: { lines: LabelledRequest[]; book: DirectoryInput }): Directory {
  const named = (slot: 'client' | 'staff' | 'service' | 'location') => [...new Set(lines.flatMap(({ slots }) => slots?.[slot] ?? []))]
  const unknown = (names: string[], known: { name: string }[]) => names.filter((each) => !known.some((one) => fold(one.name).includes(fold(each))))
  return makeDirectory({
    clientNames: people(named('client')).map(person),
    staff: people(named('staff')).map((each, i) => ({ id: `staff-${i + 1}`, name: each })),
    services: [...book.services, ...unknown(named('service'), book.services).map((each, i) => ({ id: `labelled-service-${i + 1}`, name: each, category: 'other' }))],
    locations: [...book.locations, ...unknown(named('location'), book.locations).map((each, i) => ({ id: `labelled-location-${i + 1}`, name: each, hours: [] }))],
  })
}

/** Whether everybody the labels name is among these people. */
export function knowsEverybody({ lines, book }: { lines: LabelledRequest[]; book: DirectoryInput }): boolean {
  const words = new Set([...book.clientNames.flatMap(({ firstName, lastName }) => [firstName, lastName, `${firstName} ${lastName}`]), ...book.staff.flatMap((one) => [one.name, ...one.name.split(/\s+/)])].map(fold))
  return lines.every(({ slots }) => [slots?.client, slots?.staff].every((each) => each === undefined || words.has(fold(each))))
}

/** A first name that stands alone means those who have it, and is a person of its own only when nobody has. */
function people(names: string[]): string[] {
  const whole = names.filter((each) => each.includes(' '))
  const parts = new Set(whole.flatMap((each) => each.split(/\s+/)).map(fold))
  return [...whole, ...names.filter((each) => !each.includes(' ') && !parts.has(fold(each)))]
}

function person(full: string, index: number): { id: string; firstName: string; lastName: string } {
  const [firstName = '', ...rest] = full.trim().split(/\s+/)
  return { id: `client-${index + 1}`, firstName, lastName: rest.join(' ') }
}
