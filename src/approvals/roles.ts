/** Who may do what, from least to most. */
export const roles = ['front_desk', 'manager', 'owner'] as const
export type Role = (typeof roles)[number]

/** Somebody who talks to the desk. `id` is from a verified source (a Slack user id, `terminal:NAME`, `rule:autonomous`). */
export type Person = { id: string; name: string; role: Role }

export function mayActAs(person: Person, needed: Role): boolean {
  return roles.indexOf(person.role) >= roles.indexOf(needed)
}

export const roleNames: Record<Role, string> = { front_desk: 'front desk', manager: 'manager', owner: 'owner' }

/** The least role that may decide a change: that of its kind, or more where the change itself asks for more. */
export function roleFor({ action, facts }: { action: { role: Role } | undefined; facts: { needs?: Role } }): Role {
  const [kind, own] = [action?.role ?? 'owner', facts.needs ?? 'front_desk'] as const
  return roles.indexOf(own) > roles.indexOf(kind) ? own : kind
}
