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

/** The location named, or the one the person stands in. */
export function* whichLocation(task: Task, room: Room): Plan<string | undefined> {
  const location = yield* settle(task, 'location', task.slots.location, room.catalog.locations, 'location')
  return location?.id ?? room.locationId
}

function* settle(task: Task, key: Choosable, named: Named | undefined, all: Listed[], word: string): Plan<Listed | undefined> {
  const chosen = task.chosen[key]
  if (chosen !== undefined) return chosen
  const fit = all.filter(({ id }) => named?.ids.includes(id) === true)
  if (fit.length <= 1) return fit[0]
  const options = fit.slice(0, 8).map(({ id, name }) => ({ id, label: name }))
  return yield* ask({
    text: [`Which ${word}?`, ...options.map(({ label }, index) => `${index + 1}. ${label}`)].join('\n'),
    question: { kind: key === 'staff' ? 'which_staff' : 'which_service', options },
    task,
    fills: key,
    names: Object.fromEntries(options.map(({ id, label }) => [id, label])),
  })
}
