import { DeskError } from '../salon/errors.ts'
import { policyWords, sayMinutes } from './approving/offers-facts.ts'
import { usualWaitlistSettings, type WaitlistSettings } from './waitlist-settings.ts'

/** How a location fills its chairs, in words: a row for each thing that can be set, in the order of the form. */
export function sayWaitlistSettings({ on, policy, delayMin, windowMin, most, mostOffers, noticeMin, perClientPerWeek, chainDepth, blackouts, managerAbove, lineUpAbove }: WaitlistSettings): { name: keyof WaitlistSettings; label: string; value: string }[] {
  return [
    { name: 'on', label: 'Free chairs', value: on ? 'are offered to the waitlist' : 'are left alone' },
    { name: 'policy', label: 'Who comes first', value: policyWords[policy] },
    { name: 'delayMin', label: 'The desk has a chair to itself for', value: delayMin === 0 ? 'no time' : sayMinutes(delayMin) },
    { name: 'windowMin', label: 'Each may think', value: windowMin === null ? 'as the time that is left allows' : sayMinutes(windowMin) },
    { name: 'most', label: 'Asked at the same time, at most', value: String(most) },
    { name: 'mostOffers', label: 'Asked about one chair, at most', value: String(mostOffers) },
    { name: 'noticeMin', label: 'Notice a client needs', value: sayMinutes(noticeMin) },
    { name: 'perClientPerWeek', label: 'Offers to one client in seven days, at most', value: String(perClientPerWeek) },
    { name: 'chainDepth', label: 'Chairs freed by the waitlist itself', value: chainDepth === 0 ? 'are not offered' : chainDepth === 1 ? 'are offered, once' : `are offered, ${chainDepth} in a row at most` },
    { name: 'blackouts', label: 'Days without offers', value: blackouts.length === 0 ? 'none' : blackouts.join(', ') },
    { name: 'managerAbove', label: 'A manager approves', value: managerAbove === null ? 'no chair in particular' : `chairs worth more than ${managerAbove}` },
    { name: 'lineUpAbove', label: 'Somebody is lined up above a risk of', value: `${Math.round(lineUpAbove * 100)} %` },
  ]
}

const whole = new Set<string>(['delayMin', 'windowMin', 'most', 'mostOffers', 'noticeMin', 'perClientPerWeek', 'chainDepth', 'managerAbove'])
const mayBeNone = new Set<string>(['windowMin', 'managerAbove'])

/**
 * What somebody wrote for a setting ("on", "30", "none", "25 %", "2026-12-24, 2026-12-31"), as `changeWaitlistSettings` takes it;
 * what cannot be read is passed on as it is and refused there. Throws `DeskError('invalid_input')` for a name that is none.
 */
export function readWaitlistSetting(name: string, text: string): Partial<WaitlistSettings> {
  const words = text.trim()
  if (!(name in usualWaitlistSettings)) throw new DeskError('invalid_input', { message: 'no such waitlist setting', userMessage: `There is no setting "${name.slice(0, 40)}". Settings: ${Object.keys(usualWaitlistSettings).join(', ')}.`, detail: { field: name } })
  return { [name]: valueOf(name, words) }
}

function valueOf(name: string, words: string): unknown {
  if (name === 'on') return /^(?:on|yes|true)$/i.test(words) ? true : /^(?:off|no|false)$/i.test(words) ? false : words
  if (name === 'policy') return words.toLowerCase().replaceAll(/[\s-]+/g, '_')
  if (name === 'blackouts') return /^none$/i.test(words) ? [] : words.split(/[\s,;]+/).filter((day) => day !== '')
  if (mayBeNone.has(name) && /^(?:none|auto)?$/i.test(words)) return null
  const number = /^(\d+(?:\.\d+)?) ?%?$/.exec(words)?.[1]
  if (number === undefined) return words
  if (name !== 'lineUpAbove') return whole.has(name) ? Number(number) : words
  return words.endsWith('%') || Number(number) > 1 ? Number(number) / 100 : Number(number)
}
