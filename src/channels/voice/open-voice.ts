import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TwilioSettings, VoiceSettings } from '../../config.ts'
import { errorFields, type Logger } from '../../logger.ts'
import type { Phone } from '../../phone/phone.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { openTwilioCalls } from '../sms/twilio-client.ts'
import { type CallsReconciled, reconcileCalls } from './reconcile-calls.ts'
import { openRecordings } from './recordings.ts'
import { openRelaySession } from './relay-session.ts'
import { openRelaySockets } from './relay-socket.ts'
import { type Scheduler, systemScheduler, within } from './scheduler.ts'
import { openWebhooks, type VoiceRequest, type VoiceResponse } from './voice-webhooks.ts'

/** The desk's end of the telephone line. */
export type Voice = {
  /** Answers one request to `/voice/…`. */
  receive(request: VoiceRequest): Promise<VoiceResponse>
  /** Where sockets come to. */
  path: string
  /** Takes or refuses one request to become a socket there. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** To be called every five minutes: finds calls that never reached the desk. Throws when Twilio does not answer. */
  reconcile(): Promise<CallsReconciled>
  /** Ends the conversations over sockets, so that Twilio asks what to do instead, and waits until recordings are seen to. */
  stop(): Promise<void>
}

/** How much whoever listens is told beforehand, in characters. */
const mostHints = 1_000

/** A caller does not wait for names, nor the end of the desk for Twilio, in ms. */
const [namesMs, settleMs] = [500, 5_000]

type Parts = {
  twilio: TwilioSettings
  settings: VoiceSettings
  publicUrl: string
  store: Store
  clock: Clock
  logger: Logger
  phone: Phone
  /** Names that callers say and few people know: of services and staff. */
  names?: () => Promise<string[]>
  /** Somebody who is not Twilio asked for a socket. */
  onRefusedSocket?: () => void
  scheduler?: Scheduler
}

/** Calls as Twilio carries them, for the salon's side of them (`phone`). */
export function openVoice({ twilio, settings, publicUrl, store, clock, logger, phone, names = async () => [], onRefusedSocket = () => {}, scheduler = systemScheduler }: Parts): Voice {
  const call = openTwilioCalls({ settings: twilio })
  const recordings = openRecordings({ call, scheduler, logger })
  const record = (callId: string, what: 'start' | 'drop'): void => { if (settings.recording) recordings.record(callId, what) }
  // The signature over the socket's address is the same for every call: this is what only the call's own TwiML carries.
  const proofOf = (callId: string): string => store.seal.lookup(`voice call ${callId}`)
  const busy = new Set<string>()
  let refused = 0
  const onRefused = (): void => {
    refused++
    // Somebody who knocks all night must not fill the disk.
    if (refused === 1 || refused % 100 === 0) logger.warn({ refused }, 'requests about calls that were not from Twilio')
  }
  const sockets = openRelaySockets({
    authTokens: twilio.authTokens, publicUrl, scheduler, logger,
    openSession: (line) => openRelaySession({
      ...line, phone, accountSid: twilio.accountSid, scheduler, logger, record,
      admit({ callId, proof }) {
        if (proof !== proofOf(callId) || busy.has(callId)) return false
        busy.add(callId)
        return true
      },
      release: (callId) => { busy.delete(callId) },
    }),
    onRefused() {
      onRefused()
      onRefusedSocket()
    },
  })
  const hints = async (): Promise<string> => {
    const came = await within(names(), { ms: namesMs, scheduler })
    if (came.state !== 'done') logger.warn(came.state === 'failed' ? errorFields(came.error) : {}, 'a call goes on without the salon\'s names')
    const known = came.state === 'done' ? came.value : []
    // A comma parts two of them.
    const whole = [...new Set(known.map((name) => name.replace(/[,\s]+/g, ' ').trim()))].filter((name) => name !== '')
    return whole.reduce((hints, name) => (hints.length + name.length + 1 > mostHints ? hints : `${hints},${name}`), '').slice(1)
  }
  return {
    receive: openWebhooks({ phone, settings, authTokens: twilio.authTokens, publicUrl, scheduler, logger, proofOf, hints, record, onRefused }),
    path: '/voice/relay',
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    reconcile: () => reconcileCalls({ call, settings, store, clock, logger, phone }),
    async stop() {
      await sockets.stop()
      await within(recordings.settled(), { ms: settleMs, scheduler })
    },
  }
}
