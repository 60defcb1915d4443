import { readConfig } from '../../../config.ts'
import { DeskError } from '../../../salon/errors.ts'
import { voiceAddresses } from '../../voice/check-voice.ts'
import { fallbackTwiml, thanksTwiml } from '../../voice/fallback-twiml.ts'
import type { Terminal } from '../terminal.ts'

/** `desk voice`: which addresses go where in the Twilio Console. Opens no desk. Throws `DeskError('config')` where calls are not set up, `DeskError('invalid_input')` for a `--thanks` that is no address. */
export function voice({ terminal, options: { fallback = false, thanks } }: { terminal: Terminal; options: { fallback?: boolean; thanks?: string } }): void {
  const { voice: settings, publicUrl } = readConfig()
  if (settings === undefined || publicUrl === undefined) throw new DeskError('config', { message: 'calls are not set up', userMessage: 'Calls do not come in: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM (or TWILIO_VOICE_NUMBER) and PUBLIC_URL, and leave VOICE_MODE=off out. docs/voice.md has the steps.' })
  if (thanks !== undefined && !/^https:\/\/\S+$/.test(thanks)) throw new DeskError('invalid_input', { message: 'bad --thanks', userMessage: 'Give --thanks the address of the second TwiML Bin, which begins with https://' })
  if (fallback) return terminal.out(fallbackTwiml({ ...settings, done: thanks ?? `${publicUrl}/voice/done` }))
  const { inbound, status } = voiceAddresses(publicUrl)
  terminal.out([
    `Twilio Console, Phone Numbers, ${settings.number}, "Voice Configuration":`,
    `  A call comes in         Webhook, ${inbound}, HTTP POST`,
    '  Primary handler fails   TwiML Bin, with what "desk voice --fallback" prints',
    `  Call status changes     ${status}, HTTP POST`,
    '',
    settings.mode === 'relay' ? `Carried by ConversationRelay, whose socket comes to ${publicUrl.replace(/^http/, 'ws')}/voice/relay: a proxy on the way must pass WebSockets. VOICE_MODE=gather needs none.` : 'Carried by Gather: a request a turn. VOICE_MODE=relay answers faster.',
    settings.deskPhone === undefined ? 'DESK_PHONE is not set: nobody is rung when a caller wants a person, a message is taken.' : `Rings ${settings.deskPhone} when a caller wants a person.`,
    settings.recording ? 'Calls are recorded at Twilio when the caller agrees.' : 'Calls are not recorded.',
    '',
    'A second Bin ends calls after a message also while this desk is away ("desk voice --fallback --thanks URL-OF-IT"):',
    thanksTwiml(),
  ].join('\n'))
}
