import { z } from 'zod'
import { type Person, type Role, roles as allRoles } from '../../approvals/roles.ts'
import type { Logger } from '../../logger.ts'
import { type Clock, minutesBetween } from '../../salon/time.ts'
import type { Ask } from './ask.ts'

/** Who a Slack user is to the desk, at this moment; `why` is said to them. */
type Known =
  | { kind: 'person'; person: Person }
  | { kind: 'nobody'; why: string }
  /** Slack could not be asked, and what we knew is too old to go by. */
  | { kind: 'unsure'; why: string }

/** Ids of users (U…, W…) and user groups (S…) by role; all empty: by the workspace's own roles. */
export type RoleLists = Record<Role, string[]>

export type Roles = {
  /** `fresh` asks Slack again, whatever is remembered: for a click that approves something (SLK-10, F07). */
  whoIs(userId: string, options?: { fresh?: boolean }): Promise<Known>
  /** Forgets a user, a group, or (without) everything, when Slack says that something changed. */
  forget(id?: string): void
}

/** What is remembered is used this long at most (SLK-10). */
const mostMinutes = 5

const User = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  enterprise_user: z.object({ teams: z.array(z.string()).optional() }).optional(),
  is_owner: z.boolean().optional(),
  is_primary_owner: z.boolean().optional(),
  is_admin: z.boolean().optional(),
  profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
})
type User = z.infer<typeof User>

/** Groups that cannot be had (a free plan, no scope, an id that is gone) have no members; that is an answer, not silence. */
const noSuchGroup = /^(plan_upgrade_required|missing_scope|no_such_subteam|subteam_not_found|invalid_arguments|not_allowed_token_type)$/

/** Reads roles from Slack, each person and group at most every five minutes unless somebody approves. Never throws. */
export function openRoles({ ask, teamId, lists, clock, logger }: {
  ask: Ask
  /** The workspace the desk is in; undefined while Slack does not say. */
  teamId: () => Promise<string | undefined>
  lists: RoleLists
  clock: Clock
  logger: Logger
}): Roles {
  const remembered = new Map<string, { at: string; value: unknown }>()
  const warned = new Set<string>()
  const listed = allRoles.some((role) => lists[role].length > 0)

  /** What Slack says now, or what it said up to five minutes ago when it does not answer; undefined when neither is there. */
  const read = async <T>({ key, fresh, load }: { key: string; fresh: boolean; load: () => Promise<{ value: T } | undefined> }): Promise<{ value: T } | undefined> => {
    const now = clock.now()
    const before = remembered.get(key)
    const usable = before !== undefined && minutesBetween(before.at, now) < mostMinutes ? { value: before.value as T } : undefined
    if (!fresh && usable !== undefined) return usable
    const loaded = await load()
    if (loaded === undefined) return usable
    remembered.set(key, { at: now, value: loaded.value })
    return loaded
  }

  const userOf = (id: string, fresh: boolean): Promise<{ value: User | null } | undefined> => read({ key: id, fresh, load: async () => {
    const answer = await ask('users.info', { user: id })
    if (answer.ok) {
      const parsed = User.safeParse(answer.data.user)
      return parsed.success ? { value: parsed.data } : undefined
    }
    return answer.error === 'user_not_found' || answer.error === 'user_not_visible' ? { value: null } : undefined
  } })

  const membersOf = (group: string, fresh: boolean): Promise<{ value: string[] } | undefined> => read({ key: group, fresh, load: async () => {
    const answer = await ask('usergroups.users.list', { usergroup: group })
    if (answer.ok) {
      const parsed = z.array(z.string()).safeParse(answer.data.users)
      return parsed.success ? { value: parsed.data } : undefined
    }
    if (!noSuchGroup.test(answer.error)) return undefined
    if (!warned.has(group)) logger.warn({ group, code: answer.error }, 'a user group cannot be read: nobody has a role by it')
    warned.add(group)
    return { value: [] }
  } })

  /** The highest role a list gives; `unsure` when a group that may give one could not be asked. */
  const listedRole = async (id: string, fresh: boolean): Promise<Role | 'none' | 'unsure'> => {
    for (const role of allRoles.toReversed()) {
      if (lists[role].includes(id)) return role
      for (const group of lists[role].filter((entry) => entry.startsWith('S'))) {
        const members = await membersOf(group, fresh)
        if (members === undefined) return 'unsure'
        if (members.value.includes(id)) return role
      }
    }
    return 'none'
  }

  return {
    async whoIs(id, { fresh = false } = {}) {
      const [known, team] = await Promise.all([userOf(id, fresh), teamId()])
      if (known === undefined || team === undefined) return unsure
      const problem = cannotWork(known.value, team)
      if (problem !== undefined || known.value === null) return { kind: 'nobody', why: problem ?? notHere }
      const role = listed ? await listedRole(id, fresh) : workspaceRole(known.value)
      if (role === 'unsure') return unsure
      if (role === 'none') return { kind: 'nobody', why: 'You are not on the list of people who work with this desk. Ask the owner to add you to SLACK_FRONT_DESK, or to its user group.' }
      return { kind: 'person', person: { id: `slack:${id}`, name: nameOf(known.value), role } }
    },
    forget(id) {
      if (id === undefined) remembered.clear()
      else remembered.delete(id)
    },
  }
}

const notHere = 'This desk works with the full members of its own workspace.'
const unsure: Known = { kind: 'unsure', why: 'Slack does not tell me at the moment who may do that, so nothing was done. Try again in a minute.' }

function cannotWork(user: User | null, team: string): string | undefined {
  // In a channel shared with another company its people can press too; somebody of an enterprise may be at home in another workspace of it.
  if (user === null || user.is_stranger === true || (user.team_id !== team && user.enterprise_user?.teams?.includes(team) !== true)) return notHere
  if (user.deleted === true) return 'This account is deactivated.'
  if (user.is_bot === true) return 'The desk works with people, not with bots.'
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'Guests cannot use this desk: it shows what clients have booked. Ask a member of the front desk.'
  return undefined
}

/** With no lists set: owners of the workspace are owners, its admins are managers, its other members are the front desk. */
function workspaceRole({ is_owner, is_primary_owner, is_admin }: User): Role {
  if (is_owner === true || is_primary_owner === true) return 'owner'
  return is_admin === true ? 'manager' : 'front_desk'
}

function nameOf({ profile, real_name, name, id }: User): string {
  return [profile?.display_name, profile?.real_name, real_name, name].find((given) => given !== undefined && given.trim() !== '') ?? id
}
