import { beforeEach, describe, expect, test } from 'vitest'
import type { Answered } from '../../../../src/channels/slack/ask.ts'
import { openRoles, type RoleLists } from '../../../../src/channels/slack/roles.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { testClock } from '../../../support/tiny-book.ts'

const team = 'T0SALON01'
const none: RoleLists = { owner: [], manager: [], front_desk: [] }
const clock = testClock()
let users: Record<string, Record<string, unknown>>
let groups: Record<string, string[] | { error: string }>
let asked: string[]
let slackIsAway: boolean
let warned: string[]

beforeEach(() => {
  users = { U1: { id: 'U1', team_id: team, profile: { display_name: 'Maya' } } }
  groups = {}
  asked = []
  slackIsAway = false
  warned = []
})

const open = (lists: RoleLists = none) => openRoles({
  lists, clock, teamId: async () => team,
  logger: { ...silentLogger, warn: (_fields, message) => { warned.push(message) } },
  ask: async (method, args): Promise<Answered> => {
    asked.push(method)
    if (slackIsAway) return { ok: false, error: 'unreachable' }
    if (method === 'users.info') {
      const user = users[String(args['user'])]
      return user === undefined ? { ok: false, error: 'user_not_found' } : { ok: true, data: { user } }
    }
    const group = groups[String(args['usergroup'])] ?? { error: 'no_such_subteam' }
    return Array.isArray(group) ? { ok: true, data: { users: group } } : { ok: false, error: group.error }
  },
})

describe('with no lists, the workspace\'s own roles count', () => {
  test.each([
    [{ is_primary_owner: true }, 'owner'], [{ is_owner: true }, 'owner'], [{ is_admin: true }, 'manager'], [{}, 'front_desk'],
  ])('%o is %s', async (more, role) => {
    users['U1'] = { ...users['U1'], ...more }
    expect(await open().whoIs('U1')).toEqual({ kind: 'person', person: { id: 'slack:U1', name: 'Maya', role } })
  })

  test.each([
    ['a guest', { is_restricted: true, is_admin: true }], ['a single-channel guest', { is_ultra_restricted: true }], ['a bot', { is_bot: true }],
    ['somebody deactivated', { deleted: true, is_owner: true }], ['a stranger', { is_stranger: true }], ['somebody of another company in a shared channel', { team_id: 'T0OTHER01', is_owner: true }],
  ])('%s is nobody, and told why', async (_what, more) => {
    users['U1'] = { ...users['U1'], ...more }
    expect(await open().whoIs('U1')).toEqual({ kind: 'nobody', why: expect.any(String) as string })
  })

  test('somebody at home in another workspace of the same company counts', async () => {
    users['U1'] = { ...users['U1'], team_id: 'T0OTHER01', enterprise_user: { teams: [team] } }
    expect((await open().whoIs('U1')).kind).toBe('person')
  })

  test('an unknown user is nobody', async () => {
    expect((await open().whoIs('U9')).kind).toBe('nobody')
  })
})

describe('with lists, only who is on one has a role', () => {
  test('a user id, or a member of a group; the highest role counts', async () => {
    groups = { S1: ['U1', 'U2'] }
    users['U2'] = { ...users['U1'], id: 'U2' }
    const roles = open({ owner: [], manager: ['U2'], front_desk: ['S1'] })
    expect(await roles.whoIs('U1')).toMatchObject({ person: { role: 'front_desk' } })
    expect(await roles.whoIs('U2')).toMatchObject({ person: { role: 'manager' } })
  })

  test('an owner of the workspace who is on none is nobody', async () => {
    users['U1'] = { ...users['U1'], is_owner: true }
    expect(await open({ ...none, manager: ['U9'] }).whoIs('U1')).toMatchObject({ kind: 'nobody' })
  })

  test('somebody on a list who was deactivated is nobody', async () => {
    users['U1'] = { ...users['U1'], deleted: true }
    expect(await open({ ...none, owner: ['U1'] }).whoIs('U1')).toMatchObject({ kind: 'nobody' })
  })

  test.each(['plan_upgrade_required', 'missing_scope'])('groups that Slack does not give (%s) have no members, said in the log once', async (error) => {
    groups = { S1: { error } }
    const roles = open({ ...none, manager: ['S1'], front_desk: ['U1'] })
    expect(await roles.whoIs('U1')).toMatchObject({ person: { role: 'front_desk' } })
    await roles.whoIs('U1', { fresh: true })
    expect(warned).toHaveLength(1)
  })
})

describe('what is remembered', () => {
  const lists = { ...none, front_desk: ['S1'] }
  beforeEach(() => { groups = { S1: ['U1'] } })

  test('five minutes at most', async () => {
    const roles = open(lists)
    await roles.whoIs('U1')
    clock.advance(4)
    await roles.whoIs('U1')
    expect(asked).toHaveLength(2)
    clock.advance(1)
    await roles.whoIs('U1')
    expect(asked).toHaveLength(4)
  })

  test('F07: whoever lost the group is refused at the click, not five minutes later', async () => {
    const roles = open(lists)
    expect((await roles.whoIs('U1')).kind).toBe('person')
    groups['S1'] = []
    expect((await roles.whoIs('U1')).kind).toBe('person')
    expect((await roles.whoIs('U1', { fresh: true })).kind).toBe('nobody')
    // What was learned at the click holds for everything after it.
    expect((await roles.whoIs('U1')).kind).toBe('nobody')
  })

  test('dropped when Slack says that something changed', async () => {
    const roles = open(lists)
    await roles.whoIs('U1')
    groups['S1'] = []
    roles.forget('S1')
    expect((await roles.whoIs('U1')).kind).toBe('nobody')
  })

  test('F07: while Slack is away, what is younger than five minutes still counts; then nothing is guessed', async () => {
    const roles = open(lists)
    await roles.whoIs('U1')
    slackIsAway = true
    clock.advance(4)
    expect((await roles.whoIs('U1', { fresh: true })).kind).toBe('person')
    clock.advance(1)
    expect(await roles.whoIs('U1', { fresh: true })).toEqual({ kind: 'unsure', why: expect.stringContaining('nothing was done') as string })
    expect((await roles.whoIs('U1')).kind).toBe('unsure')
  })
})
