import type { Named } from '../../understanding/reading.ts'
import { ask, type Choosable, type Plan, type Room, type Task } from './plan.ts'

type Listed = { id: string; name: string }

/** The service a task is about; asks when none was named or several fit. */
export function* whichService(task: Task, room: Room): Plan<Listed> {
  const named = task.slots.service
  const active = room.catalog.services.filter(({ active: isActive }) => isActive)
  const service = yield* settle(task, 'service', named, active, 'service')
  if (service !== undefined) return service
  const known = named === undefined ? 'For which service?' : `We have no "${named.text}". Which service?`
  return yield* ask({ text: known, question: { kind: 'missing', slot: 'service', intent: task.intent, slots: task.slots }, task })
}

/** The staff member named, undefined when nobody was; asks when several fit. */
export function* whichStaff(task: Task, room: Room): Plan<Listed | undefined> {
  const named = task.slots.staff
  const staff = yield* settle(task, 'staff', named, room.catalog.staff.filter(({ active }) => active), 'person')
  if (staff !== undefined || named === undefined) return staff
  return yield* ask({ text: `Nobody called "${named.text}" works here. With whom?`, question: { kind: 'missing', slot: 'staff', intent: task.intent, slots: task.slots }, task })
}

/** The location named, or the one the person stands in; undefined for all of them. */
export function* whichLocation(task: Task, room: Room): Plan<string | undefined> {
  const location = yield* settle(task, 'location', task.slots.location, room.catalog.locations, 'location')
  return location?.id ?? room.locationId
}

/** As `whichLocation`, where one is needed: the only one, the only one of the staff member named, or asked for. */
export function* oneLocation(task: Task, room: Room, staffId: string | undefined): Plan<string> {
  const known = yield* whichLocation(task, room)
  if (known !== undefined) return known
  const theirs = room.catalog.staff.find(({ id }) => id === staffId)?.locationIds
  const possible = room.catalog.locations.filter(({ id }) => theirs === undefined || theirs.includes(id))
  const [only] = possible
  if (possible.length === 1 && only !== undefined) return only.id
  return yield* choose(task, 'location', possible, `At which location, ${possible.map(({ name }) => name).join(' or ')}?`)
}

function* settle(task: Task, key: Choosable, named: Named | undefined, all: Listed[], word: string): Plan<Listed | undefined> {
  const chosen = task.chosen[key]
  if (chosen !== undefined) return chosen
  const fit = all.filter(({ id }) => named?.ids.includes(id) === true)
  if (fit.length <= 1) return fit[0]
  return yield* choose(task, key, fit.slice(0, 8), [`Which ${word}?`, ...fit.slice(0, 8).map(({ name }, index) => `${index + 1}. ${name}`)].join('\n'))
}

function* choose(task: Task, key: Choosable, fit: Listed[], text: string): Plan {
  const options = fit.map(({ id, name }) => ({ id, label: name }))
  return yield* ask({ text, question: { kind: key === 'staff' ? 'which_staff' : 'which_service', options }, task, fills: key, names: Object.fromEntries(fit.map(({ id, name }) => [id, name])) })
}
