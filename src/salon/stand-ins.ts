/** The one stand-in for staff on platforms that do not know any: a place needs somebody for its bookings. */
export const theTeam = { id: 'team', name: 'The team' } as const

/** For a visit that names nobody who does it. */
export const someStaff = 'someone'

/** Whether a member of staff only stands for people who are not known: no name to tell a client, and busy any number of times at once. */
export function isStandIn(staffId: string): boolean {
  return staffId === someStaff || staffId.split('/')[0] === theTeam.id
}
