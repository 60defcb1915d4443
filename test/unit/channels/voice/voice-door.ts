import { openVoice, type Voice } from '../../../../src/channels/voice/open-voice.ts'
import { openCounters } from '../../../../src/channels/web/counters.ts'
import { listen, webApp } from '../../../../src/channels/web/web-server.ts'
import type { TwilioSettings, VoiceSettings } from '../../../../src/config.ts'
import { type Logger, silentLogger } from '../../../../src/logger.ts'
import type { Phone } from '../../../../src/phone/phone.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { signedWebhook } from '../../../support/fake-twilio-webhooks.ts'
import type { StepScheduler } from '../../../support/step-scheduler.ts'

export const publicUrl = 'https://desk.example.com'
export const twilio: TwilioSettings = { accountSid: `AC${'5'.repeat(32)}`, authTokens: ['a-made-up-token-of-32-characters', 'the-other-token-of-32-characters'], from: '+13035550100', messagingServiceSid: undefined, apiUrl: 'http://127.0.0.1:1' }
export const voiceSettings: VoiceSettings = { number: '+13035550100', mode: 'relay', deskPhone: '+13035550111', recording: false }
export const callSid = `CA${'1'.repeat(32)}`

/** A desk's web server with the door for calls, as it stands behind a proxy. */
export type VoiceDoor = {
  voice: Voice
  url: string
  metrics(): Promise<string>
  /** A signed webhook; answers the status and the TwiML. */
  post(path: string, params?: Record<string, string>, token?: string): Promise<{ status: number; twiml: string }>
  close(): Promise<void>
}

type Parts = { phone: Phone; store: Store; clock: { now(): string }; scheduler: StepScheduler; settings?: Partial<VoiceSettings>; account?: Partial<TwilioSettings>; logger?: Logger; names?: () => Promise<string[]> }

export async function openVoiceDoor({ phone, store, clock, scheduler, settings = {}, account = {}, logger = silentLogger, names = async () => [] }: Parts): Promise<VoiceDoor> {
  const counters = openCounters()
  const voice = openVoice({ twilio: { ...twilio, ...account }, settings: { ...voiceSettings, ...settings }, publicUrl, store, clock, logger, phone, names, scheduler, onRefusedSocket: () => counters.signatureRefused() })
  const app = webApp({ status: async () => ({ salon: '', paused: false, openProposals: 0 }), predictRisk: async () => { throw new Error('not here') }, apiToken: undefined, onError: () => {}, counters, voice })
  const web = await listen({ app, host: '127.0.0.1', port: 0, upgrades: voice })
  return {
    voice, url: web.url,
    metrics: () => counters.text(),
    async post(path, params = {}, token = twilio.authTokens[0]) {
      const { headers, body } = signedWebhook({ url: publicUrl + path, params: { CallSid: callSid, AccountSid: twilio.accountSid, CallStatus: 'in-progress', From: '+13035550142', To: '+13035550100', Direction: 'inbound', ApiVersion: '2010-04-01', ...params }, token })
      const response = await fetch(web.url + path, { method: 'POST', headers, body })
      return { status: response.status, twiml: await response.text() }
    },
    async close() {
      await voice.stop()
      await web.close()
    },
  }
}
