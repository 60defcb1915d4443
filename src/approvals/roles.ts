/** Who may do what, from least to most. */
export const roles = ['front_desk', 'manager', 'owner'] as const
export type Role = (typeof roles)[number]

/** Somebody who talks to the desk. `id` is from a verified source (a Slack user id, `terminal:NAME`, `rule:autonomous`). */
export type Person = { id: string; name: string; role: Role }

export function mayActAs(person: Person, needed: Role): boolean {
  return roles.indexOf(person.role) >= roles.indexOf(needed)
}

export const roleNames: Record<Role, string> = { front_desk: 'front desk', manager: 'manager', owner: 'owner' }
