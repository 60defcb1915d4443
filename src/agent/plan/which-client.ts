import type { Named } from '../../understanding/reading.ts'
import type { ClientRef, FoundClients } from '../tool-results.ts'
import { placeSaid } from './place-said.ts'
import { ask, type Plan, type Room, speak, type Task, use } from './plan.ts'

type Key = 'client' | 'otherClient'

/** The one client a task is about; asks when nobody was named, nobody is found, or several fit. Never guesses. `implied`: with nobody named it is the one spoken of last ("ok, no answer"), whom the answer names. */
export function* whichClient(task: Task, room: Room, key: Key = 'client', { implied = false } = {}): Plan<{ id: string; name: string }> {
  const chosen = task.chosen[key]
  if (chosen !== undefined) return keep(room, chosen)
  const named = task.slots[key]
  if (named === undefined && task.slots.phone !== undefined) return keep(room, yield* byPhone(task, task.slots.phone))
  if (named === undefined) {
    const place = placeSaid(task.said)
    const listed = place === undefined ? undefined : room.focus.listed?.[place]
    if (listed !== undefined) {
      room.focus.client = listed.client
      room.focus.appointment = listed.appointment
      // The place names the visit, too.
      task.slots = { ...task.slots, refersBack: true }
      return listed.client
    }
    if (place === undefined && room.focus.client !== undefined && (task.slots.refersBack === true || implied)) return room.focus.client
    return yield* ask({ text: 'Which client?', question: { kind: 'missing', slot: 'client', intent: task.intent, slots: task.slots }, task })
  }
  const clients = yield* found(task, room, named)
  const [only] = clients
  if (only === undefined) return yield* nobody(task, named)
  // A name that only nearly fits may be somebody else: said back before anything is done.
  if (clients.length > 1 || named.match === 'fuzzy' || named.match === 'none') return yield* pick(task, key, named, clients)
  return keep(room, { id: only.clientId, name: only.name })
}

function keep(room: Room, client: { id: string; name: string }): { id: string; name: string } {
  if (room.focus.client?.id !== client.id) delete room.focus.appointment
  room.focus.client = client
  return client
}

function* byPhone(task: Task, phone: string): Plan<{ id: string; name: string }> {
  const { clients } = yield* use<FoundClients>('find_client', { phone })
  const [only] = clients
  if (only === undefined) return yield* speak('I find no client with that phone number.')
  if (clients.length > 1) return yield* pick(task, 'client', { text: 'that number', ids: [], match: 'exact' }, clients)
  return { id: only.clientId, name: only.name }
}

function* found(task: Task, room: Room, named: Named): Plan<ClientRef[]> {
  // A nickname or a typing error is looked up under the name it stands for.
  const meant = named.ids.length === 1 && named.match !== 'exact' ? room.names.get(named.ids[0] as string) : undefined
  const { clients } = yield* use<FoundClients>('find_client', { name: meant ?? named.text })
  const those = clients.filter(({ clientId }) => named.ids.includes(clientId))
  if (those.length > 0 || named.ids.length === 0) return those.length > 0 ? those : clients
  return named.ids.slice(0, 8).map((clientId) => ({ clientId, name: room.names.get(clientId) ?? task.said }))
}

function* nobody(task: Task, { text }: Named): Plan {
  return yield* ask({ text: `I find no client "${text}". What is the full name, or the phone number?`, question: { kind: 'missing', slot: 'client', intent: task.intent, slots: task.slots }, task })
}

function* pick(task: Task, key: Key, { text }: Named, clients: ClientRef[]): Plan {
  const options = clients.map((client) => ({ id: client.clientId, label: `${client.name} (${tellApart(client)})` }))
  const names = Object.fromEntries(clients.map(({ clientId, name }) => [clientId, name]))
  const [only] = options
  if (options.length === 1 && only !== undefined) {
    return yield* ask({ text: `I find no "${text}". Do you mean ${only.label}?`, question: { kind: 'which_client', options }, task, fills: key, names })
  }
  return yield* ask({ text: [`Which ${text.replace(/(?<!\p{L})\p{Ll}/gu, (letter) => letter.toUpperCase())}?`, ...options.map(({ label }, index) => `${index + 1}. ${label}`)].join('\n'), question: { kind: 'which_client', options }, task, fills: key, names })
}

function tellApart({ next, last, phoneEnding }: ClientRef): string {
  if (next !== undefined) return `next: ${next}`
  const ending = phoneEnding === undefined ? '' : `, phone ending ${phoneEnding}`
  return last === undefined ? `nothing booked${ending}` : `nothing booked, last here ${last}`
}
