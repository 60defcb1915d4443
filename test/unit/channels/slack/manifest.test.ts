import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { commandWords } from '../../../../src/channels/slack/commands.ts'
import type { Connection } from '../../../../src/channels/slack/connection.ts'
import { slackListeners } from '../../../../src/channels/slack/listeners.ts'
import type { SlackRoom } from '../../../../src/channels/slack/slack-room.ts'
import { scopeOfEvent, scopeOfMethod, SlackManifest } from '../../../support/slack-manifest.ts'

const root = join(import.meta.dirname, '../../../..')
const manifest = SlackManifest.parse(parse(readFileSync(join(root, 'manifest.yml'), 'utf8')))
const { bot, bot_optional: optional = [] } = manifest.oauth_config.scopes
const listeners = slackListeners({} as SlackRoom, {} as Connection)

/** Every method of Slack's that our code calls; the table of their limits knows more. */
const methods = [...new Set(readdirSync(join(root, 'src/channels/slack'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && name !== 'limits.ts')
  .flatMap((name) => [...readFileSync(join(root, 'src/channels/slack', name), 'utf8').matchAll(/'((?:apps|assistant|auth|chat|conversations|files|reactions|usergroups|users|views)\.[a-zA-Z.]+)'/g)].map(([, method]) => String(method))))].sort()

test('the manifest is what Slack takes: keys, lengths, patterns, the agent view and Socket Mode on', () => {
  expect(manifest.features.agent_view.suggested_prompts).toHaveLength(4)
  expect(manifest.features.app_home).toEqual({ home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false })
  expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } })
})

test('every method we call has its scope', () => {
  expect(methods).toContain('chat.postMessage')
  expect(methods.filter((method) => !(method in scopeOfMethod))).toEqual([])
  expect(methods.filter((method) => ![...bot, ...optional, null].includes(scopeOfMethod[method] ?? null))).toEqual([])
})

test('every event has its scope, and somebody who listens', () => {
  const events = manifest.settings.event_subscriptions.bot_events
  expect(events.filter((event) => !(event in scopeOfEvent))).toEqual([])
  expect(events.filter((event) => ![...bot, null].includes(scopeOfEvent[event] ?? null))).toEqual([])
  // What somebody looks at comes with their messages; the subscription is what makes Slack say so.
  expect(events.filter((event) => event !== 'app_context_changed' && !(event.replace(/^message\..*/, 'message') in listeners.events))).toEqual([])
  expect(Object.keys(listeners.events).filter((name) => !events.some((event) => event.replace(/^message\..*/, 'message') === name))).toEqual([])
})

test('every scope is needed: by a method, an event, a command', () => {
  const used = new Set([...methods.map((method) => scopeOfMethod[method]), ...manifest.settings.event_subscriptions.bot_events.map((event) => scopeOfEvent[event]), 'commands'])
  expect(bot.filter((scope) => !used.has(scope))).toEqual([])
})

test('every command and shortcut has its listener, and the hint names every word', () => {
  expect(Object.keys(listeners.commands)).toEqual(manifest.features.slash_commands.map(({ command }) => command))
  expect(Object.keys(listeners.shortcuts)).toEqual(manifest.features.shortcuts.map(({ callback_id: id }) => id))
  const hint = manifest.features.slash_commands[0]?.usage_hint ?? ''
  expect(commandWords.filter((word) => !hint.includes(word))).toEqual([])
})

test('a manifest with a misspelt key or too long a text is found', () => {
  const broken = structuredClone(manifest) as Record<string, Record<string, unknown>>
  expect(SlackManifest.safeParse({ ...broken, features: { ...broken['features'], assistant_view: {} } }).success).toBe(false)
  expect(SlackManifest.safeParse({ ...broken, display_information: { ...broken['display_information'], name: 'x'.repeat(36) } }).success).toBe(false)
})
