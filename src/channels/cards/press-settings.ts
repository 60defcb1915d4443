import { z } from 'zod'
import { type Rollout, setPause, setRollout } from '../../approvals/rollout.ts'
import { readBriefTime, writeBriefTime } from '../../calls/brief.ts'
import { type CallSettings, changeCallSettings, readCallSettings } from '../../calls/call-settings.ts'
import { callKind } from '../../phone/outgoing/may-call.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { LocalTime } from '../../salon/time.ts'
import type { Field, Press, PressAnswer } from './card.ts'
import { locationOf, type PressHandler, said } from './card-room.ts'
import { mustBeManager } from './must-be-manager.ts'
import { kindsOf, sayRollout } from './settings-card.ts'
import { trustedRef } from './trust-token.ts'

const redrawn = { subjects: ['settings', 'home'] }

/** The manager's controls. Anybody may stop the desk; only a manager may let it act again, or change how far it goes. */
export const settingsPresses: Record<string, PressHandler> = {
  async pause(press, room) {
    await trustedRef({ press, room })
    await setPause({ store: room.store, paused: true, by: press.person, now: room.clock.now() })
    return said('Paused. Nothing is changed or sent until a manager resumes the desk; the booking system goes on as ever.', redrawn)
  },

  async resume(press, room) {
    await trustedRef({ press, room })
    await mustBeManager({ press, room, to: 'let the desk act again' })
    await setPause({ store: room.store, paused: false, by: press.person, now: room.clock.now() })
    const held = await room.approvals.catchUp()
    return said(`Acting again.${held > 0 ? ` ${held} held ${held === 1 ? 'change was' : 'changes were'} settled.` : ''}`, redrawn)
  },

  async mode(press, room) {
    await trustedRef({ press, room })
    await mustBeManager({ press, room, to: 'change how far the desk goes' })
    const { locations } = unwrap(await room.platform.catalog())
    const kinds = kindsOf(room)
    if (press.values === undefined) return modeForm({ press, kinds, locations })
    const parsed = Mode.safeParse(press.values)
    const name = kinds.find(({ kind }) => kind === press.values?.['kind'])?.name
    if (!parsed.success || name === undefined || !['', ...locations.map(({ id }) => id)].includes(parsed.data.location === 'all' ? '' : parsed.data.location)) {
      return { kind: 'wrong', errors: { [String(parsed.error?.issues[0]?.path[0] ?? (name === undefined ? 'kind' : 'location'))]: 'Choose one of the list; a number of changes a day is a whole number from 1 on.' } }
    }
    const { kind, location, mode, perDay } = parsed.data
    if (mode === 'autonomous' && kind === callKind) return { kind: 'wrong', errors: { mode: 'A client is called by a person, never by the desk alone.' } }
    if (mode === 'autonomous' && perDay === undefined) return { kind: 'wrong', errors: { perDay: 'Say how many a day it may do alone.' } }
    const rollout: Rollout = mode === 'autonomous' ? { mode, perDay: perDay as number } : { mode }
    // A location's own mode goes before the salon's: "everywhere" must mean it.
    for (const locationId of location === 'all' ? ['', ...locations.map(({ id }) => id)] : [location]) await setRollout({ store: room.store, kind, locationId, rollout, by: press.person, now: room.clock.now() })
    return said(`${name}${location === 'all' ? '' : ` at ${locations.find(({ id }) => id === location)?.name}`}: the desk ${sayRollout(rollout)}.`, redrawn)
  },

  async call_settings(press, room) {
    const [locationId = ''] = await trustedRef({ press, room })
    await mustBeManager({ press, room, to: 'change how the list is made' })
    const location = await locationOf(room, locationId)
    const { store, clock } = room
    const [settings, briefAt] = await Promise.all([readCallSettings({ db: store.db, locationIds: [locationId] }), readBriefTime({ db: store.db, locationId })])
    const now = settings.get(locationId) as CallSettings
    if (press.values === undefined) return { kind: 'form', form: { action: press.action, token: press.token, title: 'The call list', submit: 'Save', intro: [{ kind: 'text', text: location.name }, { kind: 'small', text: 'Counts from the next list on; a list that is already posted stays.' }], fields: callFields(now, briefAt) } }
    const parsed = Calls.safeParse(press.values)
    if (!parsed.success) return { kind: 'wrong', errors: Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message])) }
    const { notCalled, briefAt: wanted, ...rest } = parsed.data
    if (rest.atLeast > rest.atMost) return { kind: 'wrong', errors: { atLeast: 'This is more than the most.' } }
    if (wanted !== briefAt) await writeBriefTime({ store, clock, locationId, time: wanted, by: press.person.id })
    await changeCallSettings({ store, clock, locationId, change: { ...rest, holdOutShare: notCalled / 100 }, by: press.person.id })
    return said(`Saved. The next list of ${location.name} is made like this.`, redrawn)
  },
}

const Mode = z.object({
  kind: z.string(),
  location: z.string(),
  mode: z.enum(['shadow', 'assisted', 'autonomous']),
  perDay: z.string().trim().regex(/^\d{0,3}$/).transform((text) => (text === '' ? undefined : Number(text))).pipe(z.number().min(1).max(500).optional()).optional(),
})

const whole = (min: number, max: number) => z.string().trim().regex(/^\d+$/, 'A whole number, please.').transform(Number).pipe(z.number().min(min, `At least ${min}.`).max(max, `At most ${max}.`))
const Calls = z.object({
  minimumBand: z.enum(['low', 'medium', 'high'], 'Choose one of the list.'),
  atLeast: whole(0, 500),
  atMost: whole(1, 500),
  confirmed: z.enum(['rank-low', 'leave-out'], 'Choose one of the list.'),
  notCalled: whole(0, 50),
  briefAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time like 07:30, please.'),
})

function modeForm({ press, kinds, locations }: { press: Press; kinds: { kind: string; name: string }[]; locations: { id: string; name: string }[] }): PressAnswer {
  const fields: Field[] = [
    { name: 'kind', kind: 'choice', label: 'For', options: kinds.map(({ kind, name }) => ({ value: kind, label: name })) },
    { name: 'location', kind: 'choice', label: 'Where', options: [{ value: 'all', label: 'Everywhere' }, ...locations.map(({ id, name }) => ({ value: id, label: name }))], value: 'all' },
    { name: 'mode', kind: 'choice', label: 'The desk', options: [{ value: 'assisted', label: 'Asks a person first' }, { value: 'shadow', label: 'Only records, changes nothing' }, { value: 'autonomous', label: 'Acts alone, up to a number a day' }], value: 'assisted' },
    { name: 'perDay', kind: 'number', min: 1, max: 500, label: 'How many a day, when it acts alone', optional: true },
  ]
  return { kind: 'form', form: { action: press.action, token: press.token, title: 'How far it may go', submit: 'Save', intro: [{ kind: 'text', text: 'Acting alone never skips a check: what carries a warning still waits for a person.' }], fields } }
}

function callFields({ minimumBand, atLeast, atMost, confirmed, holdOutShare }: CallSettings, briefAt: LocalTime): Field[] {
  return [
    { name: 'briefAt', kind: 'time', label: 'When the list is made', value: briefAt },
    { name: 'minimumBand', kind: 'choice', label: 'Who is listed', options: [{ value: 'high', label: 'High risk only' }, { value: 'medium', label: 'Medium and high risk' }, { value: 'low', label: 'Everybody' }], value: minimumBand },
    { name: 'atLeast', kind: 'number', min: 0, max: 500, label: 'At least this many calls', hint: 'A shorter list is filled up with the next most valuable ones.', value: atLeast },
    { name: 'atMost', kind: 'number', min: 1, max: 500, label: 'At most this many calls', value: atMost },
    { name: 'confirmed', kind: 'choice', label: 'Who has confirmed already', options: [{ value: 'rank-low', label: 'Comes last' }, { value: 'leave-out', label: 'Is left out' }], value: confirmed },
    { name: 'notCalled', kind: 'number', min: 0, max: 50, label: 'Left uncalled, in percent', hint: 'A small random share shows what calling does. 0 switches it off.', value: Math.round(holdOutShare * 100) },
  ]
}
