import type { TwilioSettings, VoiceSettings } from '../../config.ts'
import { openTwilioCalls, TwilioRefusal } from '../sms/twilio-client.ts'

/** One thing that works, is worth knowing, or does not work with what to do about it. */
type Finding = { what: string; state: 'ok' | 'note' | 'problem'; says: string }

/** The addresses that the number needs in the Twilio Console. */
export function voiceAddresses(publicUrl: string): { inbound: string; status: string } {
  return { inbound: `${publicUrl}/voice/inbound`, status: `${publicUrl}/voice/status` }
}

/** For `desk doctor`: compares what the number does with a call with what it should do. Calls nobody. */
export async function checkVoice({ twilio, settings, publicUrl, timeoutMs }: { twilio: TwilioSettings; settings: VoiceSettings; publicUrl: string; timeoutMs?: number }): Promise<Finding> {
  const what = 'Twilio calls'
  try {
    const call = openTwilioCalls({ settings: twilio, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
    const [number] = await call((rest) => rest.incomingPhoneNumbers.list({ phoneNumber: settings.number, limit: 1 }))
    if (number === undefined) return { what, state: 'problem', says: 'TWILIO_VOICE_NUMBER is not a number of this account. Set it to one that is, or VOICE_MODE=off.' }
    const { inbound, status } = voiceAddresses(publicUrl)
    const plain = (url: string | null | undefined): string => (url ?? '').split('#')[0] ?? ''
    if (plain(number.voiceUrl) !== inbound) return { what, state: 'problem', says: `calls do not come here: "A call comes in" of the number must be ${inbound} (POST). docs/voice.md has the other fields.` }
    if (settings.mode === 'relay' && !publicUrl.startsWith('https:')) return { what, state: 'problem', says: 'ConversationRelay connects to https addresses only (wss). Give PUBLIC_URL one, or set VOICE_MODE=gather.' }
    const missing = [
      ...(plain(number.statusCallback) === status ? [] : [`"Call status changes" should be ${status}, or calls look unfinished when somebody hangs up`]),
      ...(plain(number.voiceFallbackUrl) === '' ? ['"Primary handler fails" should be a TwiML Bin with what "desk voice --fallback" prints, or callers hear an error while this desk is away'] : []),
      ...(settings.deskPhone === undefined ? ['DESK_PHONE is not set: nobody can be rung, a message is taken instead'] : []),
    ]
    const says = `calls to our number are answered by the desk (${settings.mode === 'relay' ? 'ConversationRelay' : 'Gather'}), ${settings.recording ? 'recorded when the caller agrees' : 'not recorded'}`
    return missing.length === 0 ? { what, state: 'ok', says } : { what, state: 'note', says: `${says}. ${missing.join('; ')}.` }
  } catch (error) {
    return { what, state: 'problem', says: error instanceof TwilioRefusal ? `cannot be looked at: Twilio answers ${error.status}.` : 'cannot be looked at: Twilio does not answer.' }
  }
}
