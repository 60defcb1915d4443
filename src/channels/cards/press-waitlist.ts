import { DeskError } from '../../salon/errors.ts'
import { sayObstacle } from '../../waitlist/telling/opening-words.ts'
import { policyWords } from '../../waitlist/approving/offers-facts.ts'
import { readWaitlistSetting } from '../../waitlist/settings-in-words.ts'
import { changeWaitlistSettings, policies, readWaitlistSettings, type WaitlistSettings } from '../../waitlist/waitlist-settings.ts'
import type { Field } from './card.ts'
import { locationOf, type PressHandler, said } from './card-room.ts'
import { mustBeManager } from './must-be-manager.ts'
import { waitlistOf } from './opening-view.ts'
import { trustedRef } from './trust-token.ts'

/** The buttons of a free chair, and the manager's form for how chairs are filled. */
export const waitlistPresses: Record<string, PressHandler> = {
  /** One tap: whoever is asked is asked no more. A YES that was faster says so (F48). */
  async 'opening:close'(press, room) {
    const [openingId = ''] = await trustedRef({ press, room })
    await waitlistOf(room).close({ openingId, by: press.person })
    return said('Stopped. Nobody is asked about it any more; the time stays free in the book.', { subjects: shown(openingId) })
  },

  /** Without waiting for the time that the desk has it to itself. */
  async 'opening:offer'(press, room) {
    const [openingId = ''] = await trustedRef({ press, room })
    const came = await waitlistOf(room).propose({ openingId, approvals: room.approvals, by: press.person, reason: '' })
    if ('why' in came) throw new DeskError('not_found', { message: `no offers: ${came.why}`, userMessage: `Nothing can be offered: ${sayObstacle(came.why) ?? 'nobody fits'}.` })
    return said(`${came.id} waits for a yes: it shows who is asked, in which order, and the words.`, { subjects: [...shown(openingId), `proposal:${came.id}`] })
  },

  async waitlist_settings(press, room) {
    const [locationId = ''] = await trustedRef({ press, room })
    await mustBeManager({ press, room, to: 'change how chairs are filled' })
    const { store, clock } = room
    const { name } = await locationOf(room, locationId)
    const fields = fieldsOf(await readWaitlistSettings(store.db, { locationId }))
    if (press.values === undefined) return { kind: 'form', form: { action: press.action, token: press.token, title: 'The waitlist', submit: 'Save', intro: [{ kind: 'text', text: name }, { kind: 'small', text: 'Counts for chairs that come free from now on, and for offers that are prepared from now on. What was approved goes on as it was approved.' }], fields } }
    try {
      const given = fields.flatMap(({ name: field }) => (press.values?.[field] === undefined ? [] : [readWaitlistSetting(field, press.values[field])]))
      await changeWaitlistSettings({ store, clock, locationId, change: Object.assign({}, ...given) as Partial<WaitlistSettings>, by: press.person })
    } catch (error) {
      if (!(error instanceof DeskError) || error.code !== 'invalid_input') throw error
      const field = error.detail?.['field']
      return { kind: 'wrong', errors: { [typeof field === 'string' ? field : 'on']: error.userMessage } }
    }
    return said(`Saved. Chairs of ${name} are filled like this from now on.`, { subjects: ['waitlist', 'home'] })
  },
}

/** What shows an opening. */
export function shown(openingId: string): string[] {
  return [`opening:${openingId}`, `story:${openingId}`, 'waitlist', 'home']
}

function fieldsOf({ on, policy, delayMin, windowMin, most, mostOffers, noticeMin, perClientPerWeek, chainDepth, blackouts, managerAbove, lineUpAbove }: WaitlistSettings): Field[] {
  return [
    { name: 'on', kind: 'choice', label: 'Chairs that come free', options: [{ value: 'on', label: 'Are offered to the waitlist' }, { value: 'off', label: 'Are left alone' }], value: on ? 'on' : 'off' },
    { name: 'policy', kind: 'choice', label: 'Who comes first', options: policies.map((value) => ({ value, label: policyWords[value] })), value: policy },
    { name: 'delayMin', kind: 'number', min: 0, max: 1_440, label: 'Minutes in which the desk has a chair to itself', value: delayMin },
    { name: 'windowMin', kind: 'number', min: 10, max: 1_440, label: 'Minutes each may think', hint: 'Empty: as the time that is left allows.', optional: true, ...(windowMin === null ? {} : { value: windowMin }) },
    { name: 'most', kind: 'number', min: 1, max: 20, label: 'Asked at the same time, at most', value: most },
    { name: 'mostOffers', kind: 'number', min: 1, max: 50, label: 'Asked about one chair, at most', value: mostOffers },
    { name: 'noticeMin', kind: 'number', min: 15, max: 2_880, label: 'Minutes of notice a client needs to get here', value: noticeMin },
    { name: 'perClientPerWeek', kind: 'number', min: 1, max: 14, label: 'Offers to one client in seven days, at most', value: perClientPerWeek },
    { name: 'chainDepth', kind: 'number', min: 0, max: 5, label: 'How often in a row a chair is offered that the waitlist itself has freed', hint: '0: never.', value: chainDepth },
    { name: 'blackouts', kind: 'text', lines: 'one', max: 1_200, label: 'Days without offers', hint: 'Like 2026-12-24, 2026-12-31.', optional: true, ...(blackouts.length === 0 ? {} : { value: blackouts.join(', ') }) },
    { name: 'managerAbove', kind: 'number', min: 1, max: 100_000, label: 'A manager approves chairs worth more than', hint: 'In whole units of the location\'s currency. Empty: none in particular.', optional: true, ...(managerAbove === null ? {} : { value: managerAbove }) },
    { name: 'lineUpAbove', kind: 'number', min: 5, max: 95, label: 'Somebody is lined up for visits with a risk above, in percent', value: Math.round(lineUpAbove * 100) },
  ]
}
