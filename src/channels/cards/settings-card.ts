import { type CallSettings, readCallSettings } from '../../calls/call-settings.ts'
import { mayActAs, type Person } from '../../approvals/roles.ts'
import { isPaused, readRollout, type Rollout } from '../../approvals/rollout.ts'
import { textKind } from '../../messages/sending/text-action.ts'
import { callKind } from '../../phone/outgoing/may-call.ts'
import type { Location } from '../../salon/salon.ts'
import type { Button, Card, Part } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts } from './fit-parts.ts'

/** Changes without a mode that a manager would look for: the way back of another, and words of a person's own, which the desk never sends alone. */
const withoutMode = new Set(['remove_note', 'waitlist_unfill', textKind])

const kindNames: Record<string, string> = { reschedule: 'Moving visits', cancel: 'Cancelling', book: 'Booking', set_status: 'Check-ins and no-shows', note: 'Notes', waitlist_fill: 'Filling from the waitlist', confirmation_texts: 'Confirmation texts', waitlist_offers: 'Offers to the waitlist', waitlist_join: 'Joining the waitlist', waitlist_leave: 'Leaving the waitlist' }

/** The kinds of change whose mode can be set, with their names. */
export function kindsOf({ actions, outgoing }: Pick<CardRoom, 'actions' | 'outgoing'>): { kind: string; name: string }[] {
  const changes = [...actions.values()].filter(({ kind }) => !withoutMode.has(kind)).map(({ kind, verb }) => ({ kind, name: kindNames[kind] ?? verb }))
  return outgoing === undefined ? changes : [...changes, { kind: callKind, name: 'Calls to clients' }]
}

/** How the desk works: for everybody whether it is acting, and how to stop it; for managers how far it goes, and how the list is made. */
export async function settingsCard({ room, person, locations }: { room: CardRoom; person: Person; locations: Location[] }): Promise<Card> {
  const { store, tokens } = room
  const paused = await isPaused(store.db)
  const isManager = mayActAs(person, 'manager')
  const button = (action: string, label: string, { ref = [], ...more }: Partial<Omit<Button, 'action' | 'token' | 'label'>> & { ref?: string[] } = {}): Button => ({ action, token: tokens.make({ action, ref }), label, ...more })
  const managed = isManager ? await managerParts({ room, button, locations }) : { parts: [], buttons: [] }
  return {
    subject: 'settings',
    title: 'How the desk works',
    tone: paused ? 'stopped' : 'plain',
    parts: [
      { kind: 'text', text: paused ? `The desk is paused: nothing is changed or sent. ${isManager ? 'Resume when you are ready.' : 'A manager can resume it.'}` : 'The desk is acting: what is approved is done at once.' },
      ...managed.parts,
    ],
    buttons: [...(paused ? (isManager ? [button('resume', 'Resume', { style: 'primary' })] : []) : [button('pause', 'Pause everything', { style: 'danger' })]), ...managed.buttons],
  }
}

type MakeButton = (action: string, label: string, more?: { opensForm?: boolean; ref?: string[] }) => Button

async function managerParts({ room, button, locations }: { room: CardRoom; button: MakeButton; locations: Location[] }): Promise<{ parts: Part[]; buttons: Button[] }> {
  if (locations.length === 0) return { parts: [], buttons: [] }
  const settings = await readCallSettings({ db: room.store.db, locationIds: locations.map(({ id }) => id) })
  const modes = await Promise.all(kindsOf(room).map(async ({ kind, name }) => {
    const perLocation = await Promise.all(locations.map(async (location) => ({ name: location.name, mode: sayRollout(await readRollout(room.store.db, { kind, locationId: location.id })) })))
    const same = perLocation.every(({ mode }) => mode === perLocation[0]?.mode)
    return { label: name, value: same ? perLocation[0]?.mode ?? '' : perLocation.map((one) => `${one.name}: ${one.mode}`).join('; ') }
  }))
  return {
    parts: fitParts([
      { kind: 'facts', rows: modes },
      { kind: 'facts', rows: locations.map(({ id, name }) => ({ label: `Call list, ${name}`, value: sayCallSettings(settings.get(id) as CallSettings) })) },
    ]).parts,
    buttons: [
      button('mode', 'How far it may go…', { opensForm: true }),
      button('show', 'Texts to clients…', { ref: ['texting'] }),
      ...(room.waitlist === undefined ? [] : [button('show', 'The waitlist…', { ref: ['waitlist'] })]),
      ...locations.map(({ id, name }) => button('call_settings', locations.length === 1 ? 'Call list…' : `Call list, ${name.slice(0, 50)}…`, { opensForm: true, ref: [id] })),
    ],
  }
}

export function sayRollout(rollout: Rollout): string {
  switch (rollout.mode) {
    case 'shadow':
      return 'only records, changes nothing'
    case 'assisted':
      return 'asks a person first'
    case 'autonomous': // below, so that every path returns
  }
  return `acts alone, up to ${rollout.perDay} a day`
}

function sayCallSettings({ minimumBand, atLeast, atMost, confirmed }: CallSettings): string {
  const band = minimumBand === 'low' ? 'everybody' : minimumBand === 'medium' ? 'medium and high risk' : 'high risk only'
  return `${band}, ${atLeast} to ${atMost} calls, confirmed ones ${confirmed === 'leave-out' ? 'left out' : 'last'}`
}
