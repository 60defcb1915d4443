import { z } from 'zod'
import { changeConfirmationSettings, type ConfirmationSettings, readConfirmationSettings } from '../../confirmations/confirmation-settings.ts'
import { changeTextSettings, readTextSettings, type TextSettings } from '../../messages/sending/text-settings.ts'
import { DeskError } from '../../salon/errors.ts'
import { languages } from '../../salon/say-value.ts'
import type { Field, PressAnswer } from './card.ts'
import { locationOf, type PressHandler, said } from './card-room.ts'
import { mustBeManager } from './must-be-manager.ts'
import { languageNames } from './texting-view.ts'
import { trustedRef } from './trust-token.ts'

const redrawn = { subjects: ['texting', 'home'] }

/** The manager's forms for texts: when they may go out and how many, and how visits are confirmed. */
export const textingPresses: Record<string, PressHandler> = {
  async text_settings(press, room) {
    const [locationId = ''] = await trustedRef({ press, room })
    await mustBeManager({ press, room, to: 'change how texts go out' })
    const { store, clock } = room
    const { name } = await locationOf(room, locationId)
    const settings = await readTextSettings(store.db, { locationId })
    if (press.values === undefined) return { kind: 'form', form: { action: press.action, token: press.token, title: 'Hours and limits', submit: 'Save', intro: [{ kind: 'text', text: name }, { kind: 'small', text: 'Outside these hours a text waits until the next allowed minute, by the clock of the salon and of the number. An answer to a client who has just written goes out at once.' }], fields: textFields(settings) } }
    const parsed = Texts.safeParse(press.values)
    if (!parsed.success) return wrong(parsed.error)
    const { from, to, offersFrom, offersTo, ...rest } = parsed.data
    if (from >= to) return { kind: 'wrong', errors: { to: 'This must be later than the beginning.' } }
    if (offersFrom >= offersTo) return { kind: 'wrong', errors: { offersTo: 'This must be later than the beginning.' } }
    return saved(async () => {
      await changeTextSettings({ store, clock, locationId, change: { ...rest, hours: { from, to }, promotionalHours: { from: offersFrom, to: offersTo } }, by: press.person })
      return said(`Saved. Texts of ${name} go out like this from now on.`, redrawn)
    })
  },

  async confirmation_settings(press, room) {
    const [locationId = ''] = await trustedRef({ press, room })
    await mustBeManager({ press, room, to: 'change how visits are confirmed' })
    const { store, clock } = room
    const { name } = await locationOf(room, locationId)
    const settings = (await readConfirmationSettings({ db: store.db, locationIds: [locationId] })).get(locationId)
    if (settings === undefined) throw new DeskError('not_found', { message: 'no confirmation settings', userMessage: 'There is nothing to set here.' })
    if (press.values === undefined) return { kind: 'form', form: { action: press.action, token: press.token, title: 'Confirmations', submit: 'Save', intro: [{ kind: 'text', text: name }, { kind: 'small', text: 'Visits of low risk get one text; those of medium and high risk an earlier and a later one that asks for a YES or a better time.' }], fields: confirmationFields(settings) } }
    const parsed = Confirmations.safeParse(press.values)
    if (!parsed.success) return wrong(parsed.error)
    const { on, ...rest } = parsed.data
    return saved(async () => {
      await changeConfirmationSettings({ store, clock, locationId, change: { ...rest, on: on === 'on' }, by: press.person })
      return said(`Saved. Visits of ${name} are confirmed like this from now on; cards that wait already stay as they are.`, redrawn)
    })
  },
}

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time like 09:00, please.')
const whole = (min: number, max: number) => z.string().trim().regex(/^\d+$/, 'A whole number, please.').transform(Number).pipe(z.number().min(min, `At least ${min}.`).max(max, `At most ${max}.`))
const Texts = z.object({ from: time, to: time, offersFrom: time, offersTo: time, perDay: whole(1, 20), perWeek: whole(1, 60), holdMinutes: whole(0, 120), language: z.enum(languages, 'Choose one of the list.') })
const Confirmations = z.object({ on: z.enum(['on', 'off'], 'Choose one of the list.'), from: time, until: time, standardHours: whole(1, 336), earlyHours: whole(1, 336), lastHours: whole(1, 336), touches: whole(1, 3), mergeHours: whole(0, 72) })

function textFields({ hours, promotionalHours, perDay, perWeek, holdMinutes, language }: TextSettings): Field[] {
  return [
    { name: 'from', kind: 'time', label: 'Texts about visits, from', value: hours.from },
    { name: 'to', kind: 'time', label: 'Until', value: hours.to },
    { name: 'offersFrom', kind: 'time', label: 'Offers of the waitlist, from', value: promotionalHours.from },
    { name: 'offersTo', kind: 'time', label: 'Until', hint: 'Never wider than 9:00 to 20:00, whatever is set.', value: promotionalHours.to },
    { name: 'perDay', kind: 'number', min: 1, max: 20, label: 'At most so many in 24 hours to one number', hint: 'Counts what the desk sends by its own rules; answers and what a person writes are not counted.', value: perDay },
    { name: 'perWeek', kind: 'number', min: 1, max: 60, label: 'At most so many in seven days', value: perWeek },
    { name: 'holdMinutes', kind: 'number', min: 0, max: 120, label: 'Minutes between two texts', value: holdMinutes },
    { name: 'language', kind: 'choice', label: 'Language, where a client\'s own is not known', options: languages.map((value) => ({ value, label: languageNames[value] })), value: language },
  ]
}

function confirmationFields({ on, from, until, standardHours, earlyHours, lastHours, touches, mergeHours }: ConfirmationSettings): Field[] {
  return [
    { name: 'on', kind: 'choice', label: 'Confirmation texts', options: [{ value: 'on', label: 'Are prepared' }, { value: 'off', label: 'Switched off' }], value: on ? 'on' : 'off' },
    { name: 'from', kind: 'time', label: 'Prepared from', value: from },
    { name: 'until', kind: 'time', label: 'Until', value: until },
    { name: 'standardHours', kind: 'number', min: 1, max: 336, label: 'Low risk: hours before the visit', value: standardHours },
    { name: 'earlyHours', kind: 'number', min: 1, max: 336, label: 'Medium and high risk: hours before, first text', value: earlyHours },
    { name: 'lastHours', kind: 'number', min: 1, max: 336, label: 'Medium and high risk: hours before, last text', value: lastHours },
    { name: 'touches', kind: 'number', min: 1, max: 3, label: 'At most so many texts about one visit', value: touches },
    { name: 'mergeHours', kind: 'number', min: 0, max: 72, label: 'One text for several visits within so many hours', value: mergeHours },
  ]
}

function wrong(error: z.ZodError): PressAnswer {
  return { kind: 'wrong', errors: Object.fromEntries(error.issues.map(({ path, message }) => [String(path[0]), message])) }
}

/** What the settings themselves refuse is said in the form. */
async function saved(work: () => Promise<PressAnswer>): Promise<PressAnswer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DeskError) || error.code !== 'invalid_input') throw error
    const field = error.detail?.['field']
    return { kind: 'wrong', errors: { [typeof field === 'string' ? field : 'from']: error.userMessage } }
  }
}
