import { isPaused, readRollout } from '../../approvals/rollout.ts'
import { reachClient } from '../../messages/consent/reach-client.ts'
import { numberZones } from '../../messages/sending/number-zone.ts'
import { nextAllowed } from '../../messages/sending/quiet-hours.ts'
import { readTextSettings } from '../../messages/sending/text-settings.ts'
import { salonName } from '../../messages/words/compose-text.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { clientName, liveStatuses } from '../../salon/salon.ts'
import { languageOf } from '../../salon/say-value.ts'
import { type Clock, localDate, sayTime, type Zone } from '../../salon/time.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import type { CallFacts } from './call-facts.ts'
import { sayVoicemail, sayWhisper } from './call-words.ts'

/** The kind of effect that calling a client is, among those whose mode a salon sets. */
export const callKind = 'call'

/** 8 am to 9 pm where the called party is (47 CFR 64.1200(c)(1)); nobody is rung earlier or later about a visit either. */
const callingHours = { from: '08:00', to: '21:00' }

/** What a call is about, when it may be made now. */
export type CallPlan = Pick<CallFacts, 'whisper' | 'client' | 'clientPhone' | 'message'>

/**
 * Reads who is to be called about which visit, and refuses in words when it may not be now. `own`: the number we call from;
 * `anyHour` for the demo, which rings nobody. Throws `DeskError`: `invalid_input` (no number), `stale` (nothing to call
 * about), `not_allowed` (hours), or what the platform refuses.
 */
export async function planCall({ store, clock, platform, own, anyHour, appointmentId, clientId, locationId }: { store: Store; clock: Clock; platform: BookingPlatform; own: string | undefined; anyHour: boolean; appointmentId: string; clientId: string; locationId: string }): Promise<CallPlan> {
  const now = clock.now()
  const [{ client, phone, barred }, appointment, catalog, settings, salon] = await Promise.all([
    reachClient({ store, platform, clientId }), platform.appointment({ id: appointmentId }).then(unwrap), platform.catalog().then(unwrap), readTextSettings(store.db, { locationId }), salonName({ platform, locationId }),
  ])
  const name = clientName(client)
  const location = catalog.locations.find(({ id }) => id === locationId)
  const zone = location?.zone ?? 'UTC'
  if (appointment.clientId !== clientId || !liveStatuses.includes(appointment.status) || appointment.start <= now) throw new DeskError('stale', { message: 'nothing to call about', userMessage: `That visit of ${name}'s is not ahead any more: no call is needed.` })
  if (phone === undefined) throw new DeskError('invalid_input', { message: 'no number on file', userMessage: `${name} has no phone number on file.` })
  if (!/^\+[1-9]\d{6,14}$/.test(phone)) throw new DeskError('invalid_input', { message: 'a number nobody can dial', userMessage: `The number on ${name}'s record cannot be dialled. Correct it in the booking system first.` })
  if (barred === 'wrong_person') throw new DeskError('not_allowed', { message: 'the number is somebody else\'s', userMessage: `Whoever has ${name}'s number says they are somebody else. Please check the number first.` })
  if (!anyHour) mustBeDay({ now, zone, phone, name })
  const callBack = location?.phone ?? own
  return {
    client: name,
    clientPhone: phone,
    whisper: sayWhisper({ client, appointment, catalog, zone, now }),
    // Who wants no texts wants no machine's voice either (47 CFR 64.1200(a)(10): one refusal counts for both).
    ...(barred !== undefined || callBack === undefined ? {} : { message: await sayVoicemail({ salon, phone: callBack, languages: [languageOf(client.language), settings.language] }) }),
  }
}

function mustBeDay({ now, zone, phone, name }: { now: string; zone: Zone; phone: string; name: string }): void {
  const next = nextAllowed({ now, salonZone: zone, numberZones: numberZones(phone), hours: callingHours })
  if (next === now) return
  const day = next === undefined || localDate(next, zone) === localDate(now, zone) ? '' : ' tomorrow'
  throw new DeskError('not_allowed', { message: 'outside calling hours', userMessage: `Clients are called from 8 am to 9 pm where they are, and it is too early or too late for ${name} now.${next === undefined ? '' : ` It can be${day} from ${sayTime(next, zone)} on.`}` })
}

/** While the desk is paused or only records, nobody is rung. Throws `DeskError`. */
export async function mustAct(db: Db | Trx, { locationId }: { locationId: string }): Promise<void> {
  if (await isPaused(db)) throw new DeskError('paused', { message: 'paused', userMessage: 'The desk is paused: it rings nobody. A manager can resume it.' })
  if ((await readRollout(db, { kind: callKind, locationId })).mode === 'shadow') throw new DeskError('not_allowed', { message: 'calls are in shadow mode', userMessage: 'Calls are set to "only records" here: the desk rings nobody. A manager can change that.' })
}
