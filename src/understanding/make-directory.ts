import type { Location, Service, StaffMember } from '../salon/salon.ts'
import { indexNames, type NameIndex, type PersonName } from './name-index.ts'
import { indexServices, type ServiceIndex } from './service-index.ts'

/** Everything the reader knows of the salon, indexed once and used for every reading. */
export type Directory = {
  clients: NameIndex
  staff: NameIndex
  services: ServiceIndex
  locations: Pick<Location, 'id' | 'name' | 'hours'>[]
}

export type DirectoryInput = {
  clientNames: PersonName[]
  staff: Pick<StaffMember, 'id' | 'name'>[]
  services: Pick<Service, 'id' | 'name' | 'category'>[]
  locations: Pick<Location, 'id' | 'name' | 'hours'>[]
}

/** Builds the look-ups; 100,000 clients take about a second. Make a new one when names change. */
export function makeDirectory({ clientNames, staff, services, locations }: DirectoryInput): Directory {
  return {
    clients: indexNames(clientNames),
    staff: indexNames(staff.map(({ id, name }) => {
      const [firstName = '', ...rest] = name.trim().split(/\s+/)
      return { id, firstName, lastName: rest.join(' ') }
    })),
    services: indexServices(services),
    locations,
  }
}
