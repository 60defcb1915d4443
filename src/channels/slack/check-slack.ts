import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { SlackSettings } from '../../config.ts'
import type { Logger } from '../../logger.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { type CallResult, openSlackCalls, type SlackCalls } from './calls.ts'
import { deskChannels } from './desk-channels.ts'

/** One thing that works, is worth knowing, or does not work with what to do about it. */
type Finding = { what: string; state: 'ok' | 'note' | 'problem'; says: string }

type Checked = { settings: SlackSettings; store: Store; clock: Clock; logger: Logger; platform: BookingPlatform; publicUrl: string | undefined }

const manifestFile = join(import.meta.dirname, '../../../manifest.yml')
const Manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) })
const Identity = z.object({ team: z.string(), user: z.string() })
const Scopes = z.object({ response_metadata: z.object({ scopes: z.array(z.string()) }) })

/** For `desk doctor`: tries the tokens, compares scopes with manifest.yml, and looks whether the desk is in its channels. Posts nothing. */
export async function checkSlack(checked: Checked): Promise<Finding[]> {
  const { settings, store, clock, logger } = checked
  const calls = openSlackCalls({ token: settings.botToken, apiUrl: settings.apiUrl, store, clock, logger })
  const tested = await calls.call('auth.test', {})
  if (!tested.ok) return [{ what: 'Slack', state: 'problem', says: sayToken(tested) }]
  const { team, user } = Identity.parse(tested.response)
  return [
    { what: 'Slack', state: 'ok', says: `in ${team}, as ${user}` },
    await checkScopes(tested.response),
    await checkWayIn(checked),
    await checkChannels(checked, calls),
    ...await sayLost(store),
    sayRoles(settings),
  ]
}

function sayToken(result: Exclude<CallResult, { ok: true }>): string {
  if (result.kind !== 'refused') return 'does not answer. Check the network (and SLACK_API_URL, when it is set).'
  return `does not accept SLACK_BOT_TOKEN (${result.code}). Copy the "Bot User OAuth Token" of the app (OAuth & Permissions); after an uninstall, install it again first.`
}

async function checkScopes(response: unknown): Promise<Finding> {
  const what = 'Slack scopes'
  const wanted = Manifest.parse(parse(await readFile(manifestFile, 'utf8'))).oauth_config.scopes.bot
  const given = Scopes.safeParse(response)
  if (!given.success) return { what, state: 'note', says: 'Slack does not say which scopes the app has' }
  const missing = wanted.filter((scope) => !given.data.response_metadata.scopes.includes(scope))
  return missing.length === 0
    ? { what, state: 'ok', says: 'as in manifest.yml' }
    : { what, state: 'problem', says: `missing: ${missing.join(', ')}. Paste manifest.yml into the app's "App Manifest" page, save, and install the app to the workspace again.` }
}

async function checkWayIn({ settings, store, clock, logger, publicUrl }: Checked): Promise<Finding> {
  const what = 'Slack way in'
  if (settings.appToken === undefined) {
    return publicUrl === undefined
      ? { what, state: 'note', says: 'HTTP: set PUBLIC_URL to the https address Slack reaches the desk at, and enter PUBLIC_URL/slack/events as request URL for events, interactivity and /desk' }
      : { what, state: 'ok', says: `HTTP, at ${new URL('/slack/events', publicUrl).href}; it must be the app's request URL for events, interactivity and /desk` }
  }
  const opened = await openSlackCalls({ token: settings.appToken, apiUrl: settings.apiUrl, store, clock, logger }).call('apps.connections.open', {})
  if (opened.ok) return { what, state: 'ok', says: 'Socket Mode' }
  if (opened.kind !== 'refused') return { what, state: 'problem', says: 'Socket Mode: Slack does not answer. Check the network.' }
  return { what, state: 'problem', says: `Socket Mode: Slack does not accept SLACK_APP_TOKEN (${opened.code}). Make an app-level token with the scope connections:write (Basic Information), and switch Socket Mode on.` }
}

async function checkChannels({ settings, store, platform }: Checked, calls: SlackCalls): Promise<Finding> {
  const what = 'Slack channels'
  const chosen = await deskChannels(store.db)
  const { locations } = unwrap(await platform.catalog())
  const problems: string[] = []
  for (const channel of new Set([...chosen.values(), ...(settings.channel === undefined ? [] : [settings.channel])])) {
    const seen = await calls.call('conversations.history', { channel, limit: 1 })
    if (!seen.ok && seen.kind === 'refused' && seen.code !== 'missing_scope') problems.push(sayChannel(channel, seen.code))
  }
  if (problems.length > 0) return { what, state: 'problem', says: problems.join(' ') }
  const without = settings.channel === undefined ? locations.filter(({ id }) => !chosen.has(id) && !chosen.has('')).map(({ name }) => name) : []
  return without.length === 0
    ? { what, state: 'ok', says: 'every location has one, and the desk is in it' }
    : { what, state: 'note', says: `none yet for ${without.join(', ')}: type "/desk here NAME" in the channel that shall get the morning list, or set SLACK_CHANNEL` }
}

/** Posts that got no answer and could not be looked for: they are never sent again, so that none is there twice (F12). */
async function sayLost({ db }: Store): Promise<Finding[]> {
  const lost = await db.selectFrom('slack_posts').select(['channel']).where('state', '=', 'lost').execute()
  if (lost.length === 0) return []
  const channels = [...new Set(lost.map(({ channel }) => channel))].join(', ')
  return [{ what: 'Slack posts', state: 'note', says: `${lost.length === 1 ? 'one message' : `${lost.length} messages`} may not have arrived in ${channels}: Slack gave no answer, and the desk could not look. What waits for approval is in the Home tab and at "desk proposals".` }]
}

function sayChannel(channel: string, code: string): string {
  if (code === 'not_in_channel') return `The desk is not in ${channel}: type "/invite @Front desk" there.`
  return `${channel} cannot be read (${code}): choose another with "/desk here NAME" in it, or invite the desk where the channel is private.`
}

function sayRoles({ roles: { owners, managers, frontDesk } }: SlackSettings): Finding {
  const listed = owners.length + managers.length + frontDesk.length > 0
  return { what: 'Slack roles', state: 'ok', says: listed
    ? `by SLACK_OWNERS (${owners.length}), SLACK_MANAGERS (${managers.length}), SLACK_FRONT_DESK (${frontDesk.length}); nobody else`
    : 'by the workspace: its owners are owners, its admins managers, its other full members front desk. SLACK_FRONT_DESK, SLACK_MANAGERS and SLACK_OWNERS take ids of users and user groups instead.' }
}
