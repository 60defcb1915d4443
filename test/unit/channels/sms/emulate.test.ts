import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { checkTwilio } from '../../../../src/channels/sms/check-twilio.ts'
import { listInbound } from '../../../../src/channels/sms/list-inbound.ts'
import { settledAfterMinutes } from '../../../../src/channels/sms/look-for-text.ts'
import { openTwilioCalls } from '../../../../src/channels/sms/twilio-client.ts'
import { twilioTransport } from '../../../../src/channels/sms/twilio-transport.ts'
import type { TwilioSettings } from '../../../../src/config.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { addMinutes, systemClock } from '../../../../src/salon/time.ts'
import type { TextTransport } from '../../../../src/messages/messages.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { type Door, openDoor, type Recorder, recorder } from './sms-door.ts'

// Somebody else's idea of Twilio (emulate 0.12), so that ours is not the only one that is pleased. It takes any Body and any
// StatusCallback, does not act on STOP or START, knows no OptOutType, no DateSent filter and no retries of webhooks, and pages
// without a token; what depends on those is tried against ours.
const accountSid = `AC${'0'.repeat(32)}`
const token = 'a-made-up-token-of-32-characters'
const from = '+13035550100'
const dana = '+13035550142'
const serviceSid = `MG${'0'.repeat(32)}`
let store: Store
let twilio: Emulator
let desk: Recorder
let door: Door
let settings: TwilioSettings
let transport: TextTransport

beforeAll(async () => {
  store = await createTestStore()
  desk = recorder()
  const [port, deskPort] = [await freePort(), await freePort()]
  // It signs for the address that it calls, so here the desk is outside where it is inside.
  const at = `http://127.0.0.1:${deskPort}`
  settings = { accountSid, authTokens: [token], from, messagingServiceSid: undefined, apiUrl: `http://127.0.0.1:${port}` }
  door = await openDoor({ settings, store, clock: systemClock, messages: desk, port: deskPort, at })
  twilio = await createEmulator({ service: 'twilio', port, seed: { twilio: { account: { sid: accountSid, auth_token: token }, phone_numbers: [{ phone_number: from, sms_url: `${at}/sms/inbound` }], messaging_services: [{ sid: serviceSid, friendly_name: 'Texts', phone_numbers: [from] }] } } })
  transport = twilioTransport({ settings, publicUrl: at, clock: systemClock, store, logger: silentLogger })
})
afterAll(async () => {
  await twilio.close()
  await door.close()
  await store.close()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

/** What the emulator does at our word, in place of a phone or a network. */
async function simulate(what: string, form: Record<string, string>): Promise<{ sid: string }> {
  const response = await fetch(`${settings.apiUrl}/_twilio/simulate/${what}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}` }, body: new URLSearchParams(form) })
  expect(response.ok).toBe(true)
  return z.object({ sid: z.string() }).parse(await response.json())
}

test('on an emulated Twilio a text is sent and looked up, its reports arrive signed and with its key', async () => {
  const text = { key: 'text:emulated', to: dana, body: 'Hi Dana — it’s 3:00 pm' }
  const sent = await transport.send(text)
  expect(sent).toMatchObject({ state: 'sent', status: 'queued' })
  const id = sent.state === 'sent' ? sent.id ?? '' : ''
  expect(await transport.look?.({ ...text, attemptedAt: systemClock.now() })).toEqual({ state: 'sent', id })
  const before = addMinutes(systemClock.now(), -settledAfterMinutes)
  expect(await transport.look?.({ ...text, body: 'Never sent', attemptedAt: before })).toEqual({ state: 'not_sent' })
  await simulate('message-status', { MessageSid: id, Status: 'delivered' })
  await door.sms.work()
  expect(desk.reports).toEqual(['queued', 'delivered'].map((status) => ({ providerId: id, status, key: 'text:emulated' })))
  expect(door.sms.refused()).toBe(0)
})

test('on an emulated Twilio a client\'s text comes in signed, once', async () => {
  const { sid } = await simulate('inbound-message', { From: dana, To: from, Body: 'Sí 👍 & more' })
  await door.sms.work()
  expect(desk.texts).toMatchObject([{ externalId: sid, from: dana, body: 'Sí 👍 & more' }])
  expect(door.sms.refused()).toBe(0)
})

test.each(['number', 'service'])('on an emulated Twilio the list of what came in is read, by %s', async (by) => {
  const { sid } = await simulate('inbound-message', { From: '+13035550143', To: from, Body: `by ${by}` })
  const given = by === 'number' ? settings : { ...settings, from: undefined, messagingServiceSid: serviceSid }
  const listed = await listInbound({ call: openTwilioCalls({ settings }), settings: given, since: addMinutes(systemClock.now(), -60) })
  expect(listed.at(-1)).toMatchObject({ externalId: sid, from: '+13035550143', body: `by ${by}` })
})

test('on an emulated Twilio a wrong token and a number that is not ours are refused', async () => {
  const other = (more: Partial<TwilioSettings>) => twilioTransport({ settings: { ...settings, ...more }, publicUrl: 'https://desk.example.com', clock: systemClock, store, logger: silentLogger })
  expect(await other({ authTokens: ['not-the-token'] }).send({ key: 'a', to: dana, body: 'Hi' })).toEqual({ state: 'failed', code: '20003', failure: 'not_set_up' })
  expect(await other({ from: '+13035550999' }).send({ key: 'a', to: dana, body: 'Hi' })).toEqual({ state: 'failed', code: '21606', failure: 'not_set_up' })
  expect(await other({ authTokens: ['not-the-token', token] }).send({ key: 'b', to: dana, body: 'Hi' })).toMatchObject({ state: 'sent' })
})

test('on an emulated Twilio doctor finds the account, and the address for what clients answer', async () => {
  const at = door.url
  await door.sms.reconcile()
  const findings = await checkTwilio({ settings, publicUrl: at, store, clock: systemClock })
  expect(findings.map(({ what, state }) => [what, state])).toEqual([['Twilio', 'ok'], ['Twilio webhooks', 'note'], ['Twilio replies', 'ok']])
  expect(findings[1]?.says).toContain(`should be ${at}/sms/inbound/again#rc=5&rp=all`)
})
